// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import java.util.List;

/**
 * Plays the fuzzer's input as a story of a few clients with few names, topics and packet identifiers, so that they get
 * into each other's way: the first byte chooses the limits, then each step is a byte with its operands.
 */
final class FuzzStory {
    private static final int MOST_STEPS = 400;
    private static final int SLOTS = 4;
    private static final List<String> CLIENT_IDS = List.of("a", "b", "c", "d", "");
    private static final List<String> FILTERS = List.of("t", "t/+", "#", "t/1", "+/1", "r", "$SYS/#", "t/#");
    private static final List<String> TOPICS = List.of("t", "t/1", "t/2", "r", "$SYS/x", "r/1");
    private static final int[] SIZES = {0, 1, 20, 120, 400, 700};

    private final byte[] input;
    private final FuzzedServer server;
    private final FuzzedClient[] slots = new FuzzedClient[SLOTS];
    private int at;
    private boolean diskFailed;

    FuzzStory(byte[] input) {
        this.input = input;
        server = new FuzzedServer(next());
    }

    /** Plays all of it, and brings it to an end. */
    void play() {
        for (int step = 0; at < input.length && step < MOST_STEPS; step++) {
            play(FuzzStep.of(next()));
            server.work();
            server.check();
        }
        server.settle();
        server.end();
    }

    /** Whether the disk was made to fail, which the server may say to its log. */
    boolean diskFailed() {
        return diskFailed;
    }

    private int next() {
        return at < input.length ? input[at++] & 0xff : 0;
    }

    private <T> T one(List<T> of) {
        return of.get(next() % of.size());
    }

    private int packetId() {
        return next() % 5;   // 0 is wrong
    }

    /** The client in a slot that is still there, or one that just opened its connection. */
    private FuzzedClient client() {
        int slot = next() % SLOTS;
        if (slots[slot] == null || slots[slot].isGone()) {
            slots[slot] = server.open();
        }
        return slots[slot];
    }

    private void play(FuzzStep step) {
        switch (step) {
            case CONNECT, CONNECT_WITH_WILL -> connect(step);
            case SUBSCRIBE, SUBSCRIBE_TWO, UNSUBSCRIBE -> subscribe(step);
            case PUBLISH_0 -> publish(0, false);
            case PUBLISH_1 -> publish(1, false);
            case PUBLISH_2 -> publish(2, false);
            case RETAIN -> publish(next() % 3, true);
            case RELEASE, ACKNOWLEDGE, ACKNOWLEDGE_ALL, PUBACK, PUBREC, PUBCOMP -> acknowledge(step);
            case PING -> client().say(Packets.PINGREQ, "PINGRESP");
            case DISCONNECT -> client().say(Packets.DISCONNECT, "");
            case ABORT -> client().abort();
            case STALL -> client().stalled(true);
            case GO_ON -> client().stalled(false);
            case RAW_BYTES -> client().sayAnything(bytes(next() % 40));
            case ANY_PACKET -> client().sayAnything(Packets.body().raw(bytes(next() % 40)).as(next()));
            default -> playServer(step);
        }
    }

    private void playServer(FuzzStep step) {
        switch (step) {
            case WRITE -> server.write();
            case READ -> server.read();
            case WRITE_AND_READ -> {
                server.write();
                server.read();
                server.write();
            }
            case WAIT -> server.letTimePass();
            case DISK_FULL -> {
                diskFailed = true;
                server.store().failing(true);
            }
            case DISK_FREE -> server.store().failing(false);
            case KILL -> {
                server.killAndRestart();
                java.util.Arrays.fill(slots, null);
            }
            case DROP_SESSION -> dropSession();
            default -> throw new IllegalStateException("no play for " + step);
        }
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) next();
        }
        return bytes;
    }

    private void connect(FuzzStep step) {
        FuzzedClient client = client();
        String clientId = one(CLIENT_IDS);
        int flags = next();
        boolean clean = (flags & 1) != 0;
        if (step == FuzzStep.CONNECT) {
            client.say(Packets.connect(clientId, clean, 0), "");
        } else {
            client.say(Packets.connectWithWill(clientId, clean, one(TOPICS), "w".repeat(SIZES[(flags >> 3) % SIZES.length]),
                    (flags >> 1 & 3) % 3, (flags & 64) != 0), "");
        }
    }

    private void subscribe(FuzzStep step) {
        FuzzedClient client = client();
        int packetId = packetId();
        String filter = one(FILTERS);
        switch (step) {
            case SUBSCRIBE -> client.say(Packets.subscribe(packetId, filter, next() % 3), "SUBACK " + packetId + " 1");
            case SUBSCRIBE_TWO -> client.say(Packets.subscribe(packetId, filter, next() % 3, one(FILTERS), next() % 3),
                    "SUBACK " + packetId + " 2");
            default -> client.say(Packets.unsubscribe(packetId, filter), "UNSUBACK " + packetId);
        }
    }

    private void publish(int qos, boolean retain) {
        FuzzedClient client = client();
        String topic = one(TOPICS);
        int size = next();
        int packetId = qos == 0 ? 0 : packetId();
        String answer = qos == 0 ? "" : (qos == 1 ? "PUBACK " : "PUBREC ") + packetId;
        client.say(Packets.publish(topic, new byte[SIZES[size % SIZES.length]], qos, packetId, qos > 0 && size > 200, retain),
                answer);
    }

    private void acknowledge(FuzzStep step) {
        FuzzedClient client = client();
        switch (step) {
            case ACKNOWLEDGE -> client.acknowledgeOldest();
            case ACKNOWLEDGE_ALL -> {
                for (int i = 0; i < 20; i++) {
                    client.acknowledgeOldest();
                    server.work();
                }
            }
            case RELEASE -> {
                int packetId = packetId();
                client.say(Packets.pubrel(packetId), "PUBCOMP " + packetId);
            }
            case PUBACK -> client.puback(deliveredId());
            case PUBREC -> client.pubrec(deliveredId());
            default -> client.pubcomp(deliveredId());
        }
    }

    /** Identifiers of deliveries grow with the messages' numbers; the first ones are small. */
    private int deliveredId() {
        return next() % 30;
    }

    /** As an administrator does. */
    private void dropSession() {
        Session session = server.broker().session(one(CLIENT_IDS));
        if (session == null || session.isInTransition()) {
            return;
        }
        if (session.connection() != null) {
            session.connection().close("the administrator ends its session");
        }
        if (session.isDurable()) {
            server.broker().removeSession(session, failure -> { });
        }
    }
}
