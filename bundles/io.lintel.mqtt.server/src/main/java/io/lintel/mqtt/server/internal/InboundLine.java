// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.netty.channel.Channel;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The packets of one client in the order they came. While one of them waits for something ({@link #hold}), or the client
 * was faster than it may be, those behind it stay here, and when these are many the channel is not read any more.
 * Belongs to the event loop.
 */
final class InboundLine {
    /** Packets, and payload bytes, that stay here before the channel is not read any more. */
    private static final int MOST_BEHIND = 64;
    private static final int MOST_BYTES_BEHIND = 65_536;

    private static final long LOOK_SECONDS = 2;
    private static final int MOST_LOOKS = 8;
    private static final long MOST_UNREAD_NANOS = TimeUnit.MINUTES.toNanos(10);

    private final Broker broker;
    private final Channel channel;
    private final Consumer<MqttMessage> worker;
    private final Deque<MqttMessage> behind = new ArrayDeque<>(1);
    private final Consumer<String> end;
    private PublishRate rate;
    private int bytesBehind;
    private boolean held;
    private boolean resting;
    private boolean working;
    private boolean closed;
    private long stoppedAt;
    private int looks;
    private boolean looking;
    private boolean watched;

    /**
     * @param worker takes one packet after the other
     * @param end    closes the connection, for the reason given
     */
    InboundLine(Broker broker, Channel channel, Consumer<MqttMessage> worker, Consumer<String> end) {
        this.broker = broker;
        this.channel = channel;
        this.worker = worker;
        this.end = end;
    }

    /** The client is known: from now on it may be too fast. */
    void limitRate() {
        rate = broker.rateOfAll() == null ? null : PublishRate.ofOne(broker.limits().publishing());
    }

    void add(MqttMessage packet) {
        if (!held && !resting && !working && behind.isEmpty()) {
            work(packet);
            return;
        }
        behind.add(packet);
        waiting(payloadBytes(packet));
        if (behind.size() >= MOST_BEHIND || bytesBehind >= MOST_BYTES_BEHIND
                || broker.waitingBytes() >= broker.limits().publishing().waitingBytes()) {
            stopReading();
        }
    }

    private void stopReading() {
        if (channel.config().isAutoRead()) {
            channel.config().setAutoRead(false);
            stoppedAt = System.nanoTime();
            looks = 0;
            if (!watched) {
                watched = true;
                broker.loop().schedule(this::look, LOOK_SECONDS, TimeUnit.SECONDS);
            }
        }
    }

    /**
     * Whoever is not read could be gone without our knowing, so a little is read now and then, which ends the connection
     * if the client closed it. One that fills even that, or when all clients together fill too much, is given up after a
     * while: it may be gone, and would hold its place for ever.
     */
    private void look() {
        if (closed || channel.config().isAutoRead()) {
            watched = false;
            return;
        }
        if (!looking && looks < MOST_LOOKS && broker.waitingBytes() < 2 * broker.limits().publishing().waitingBytes()) {
            looking = true;
            channel.read();
        } else if (!looking && System.nanoTime() - stoppedAt > MOST_UNREAD_NANOS) {
            end.accept("it could not be read for long, since a queue it publishes to is full");
            return;
        }
        broker.loop().schedule(this::look, LOOK_SECONDS, TimeUnit.SECONDS);
    }

    /** Something was read. */
    void readComplete() {
        if (looking) {
            looking = false;
            looks++;
        }
    }

    /** Stops working on packets until {@link #proceed}. */
    void hold() {
        held = true;
    }

    void proceed() {
        held = false;
        if (!working) {
            work(null);
        }
    }

    boolean isHoldingBack() {
        return held || resting;
    }

    /** Works on this packet and on those behind it, until one holds. */
    private void work(MqttMessage first) {
        working = true;
        try {
            MqttMessage packet = first == null ? nextBehind() : first;
            while (packet != null && !closed) {
                int bytes = rate == null ? 0 : size(packet);
                worker.accept(packet);
                if (rate != null && !closed) {
                    restAfter(bytes);
                }
                packet = nextBehind();
            }
        } finally {
            working = false;
        }
        if (!closed && !channel.config().isAutoRead() && behind.size() < MOST_BEHIND / 2
                && bytesBehind < MOST_BYTES_BEHIND / 2) {
            channel.config().setAutoRead(true);
        }
    }

    private MqttMessage nextBehind() {
        MqttMessage packet = held || resting || closed ? null : behind.poll();
        if (packet != null) {
            waiting(-payloadBytes(packet));
        }
        return packet;
    }

    private static int payloadBytes(MqttMessage packet) {
        return packet instanceof MqttPublishMessage publish ? publish.payload().readableBytes() : 0;
    }

    /** About what the packet took on its way. */
    private static int size(MqttMessage packet) {
        return packet instanceof MqttPublishMessage publish
                ? publish.payload().readableBytes() + publish.variableHeader().topicName().length() : 0;
    }

    private void waiting(int moreBytes) {
        bytesBehind += moreBytes;
        broker.waiting(moreBytes);
    }

    /** A client that sends faster than it may has its next packets worked on later. */
    private void restAfter(int packetBytes) {
        long now = System.nanoTime();
        long rest = Math.max(rate.rest(packetBytes, now), broker.rateOfAll().rest(packetBytes, now));
        if (rest > 0) {
            resting = true;
            broker.counters().add(Counter.CLIENTS_SLOWED, 1);
            broker.loop().schedule(this::rested, rest, TimeUnit.NANOSECONDS);
        }
    }

    private void rested() {
        resting = false;
        if (!working && !closed) {
            work(null);
        }
    }

    void close() {
        closed = true;
        behind.forEach(ReferenceCountUtil::release);
        behind.clear();
        waiting(-bytesBehind);
    }
}
