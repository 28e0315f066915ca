// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

/** What can happen next to a {@link FuzzedServer} and its clients; a byte of the fuzzer's input each, before its operands. */
enum FuzzStep {
    CONNECT, CONNECT_WITH_WILL, SUBSCRIBE, SUBSCRIBE_TWO, UNSUBSCRIBE, PUBLISH_0, PUBLISH_1, PUBLISH_2, RETAIN, RELEASE,
    ACKNOWLEDGE, ACKNOWLEDGE_ALL, PUBACK, PUBREC, PUBCOMP, PING, DISCONNECT, ABORT, STALL, GO_ON, RAW_BYTES, ANY_PACKET,
    WRITE, READ, WAIT, DISK_FULL, DISK_FREE, KILL, DROP_SESSION, WRITE_AND_READ;

    private static final FuzzStep[] ALL = values();

    static FuzzStep of(int value) {
        return ALL[(value & 0xff) % ALL.length];
    }
}
