// SPDX-License-Identifier: Apache-2.0
package io.lintel.bench.internal;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Requests over MQTT, so many outstanding: each response lets the next request go, until the time is over or the wanted
 * number is sent. Its state belongs to the peer's event loop.
 */
final class RequestLoad {
    private static final long PATIENCE_SECONDS = 30;
    private static final byte[] STATUS = "\"rsc\":".getBytes(StandardCharsets.US_ASCII);

    private final MqttPeer peer;
    private final String topic;
    private final Template request;
    private final String run = "b" + Long.toString(System.nanoTime(), 36) + "-";
    private final Map<String, Long> sent = new HashMap<>();
    private final List<Double> milliseconds = new ArrayList<>();
    private final CompletableFuture<Void> finished = new CompletableFuture<>();
    private byte[] lastResponse = new byte[0];
    private long count;
    private long most = Long.MAX_VALUE;
    private long end;

    RequestLoad(MqttPeer peer, String topic, Template request) {
        this.peer = peer;
        this.topic = topic;
        this.request = request;
    }

    /** @param milliseconds of each request */
    record Result(long requests, double seconds, List<Double> milliseconds, byte[] lastResponse) {
        double rate() {
            return requests / seconds;
        }

        double p50() {
            return Samples.median(milliseconds);
        }
    }

    Result during(int outstanding, double seconds) throws IOException, InterruptedException {
        return run(outstanding, Long.MAX_VALUE, (long) (seconds * 1e9));
    }

    /** One after the other. */
    Result times(long requests) throws IOException, InterruptedException {
        return run(1, requests, TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS));
    }

    private Result run(int outstanding, long requests, long nanos) throws IOException, InterruptedException {
        long started = System.nanoTime();
        most = requests;
        end = started + nanos;
        peer.loop().execute(() -> {
            peer.receiver(this::received);
            for (int i = 0; i < outstanding; i++) {
                next();
            }
            peer.flush();
        });
        try {
            finished.get(TimeUnit.NANOSECONDS.toSeconds(nanos) + PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new IOException("requests on " + topic + " are not answered", e);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e);
        }
        return new Result(milliseconds.size(), (System.nanoTime() - started) / 1e9, milliseconds, lastResponse);
    }

    private void next() {
        if (System.nanoTime() < end && count < most) {
            String identifier = run + count++;
            sent.put(identifier, System.nanoTime());
            peer.publish(topic, request.with(identifier));
        } else if (sent.isEmpty()) {
            finished.complete(null);
        }
    }

    private void received(ByteBuf payload) {
        Long at = sent.remove(Template.identifier(payload));
        if (at == null) {
            return;
        }
        milliseconds.add((System.nanoTime() - at) / 1e6);
        int status = ByteBufUtil.indexOf(io.netty.buffer.Unpooled.wrappedBuffer(STATUS), payload);
        if (status < 0 || payload.getByte(payload.readerIndex() + status + STATUS.length) != '2') {
            finished.completeExceptionally(new IOException("no success: " + payload.toString(StandardCharsets.UTF_8)));
            return;
        }
        if (sent.isEmpty()) {
            lastResponse = ByteBufUtil.getBytes(payload);
        }
        next();
    }
}
