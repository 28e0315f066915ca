// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.crash;

import io.lintel.mqtt.server.internal.Packets;

/** A client of the run, of which one or the other connection may be lost at any time. */
abstract class Client {
    protected final Model model;
    protected final String id;
    protected Wire wire;
    /** How many connections it began. */
    protected int connection;
    /** Whether the CONNACK of this connection came. */
    protected boolean accepted;
    protected boolean clean;
    /** What it knows of a durable session in the server. */
    private Known known = Known.NO;
    private Known before;

    private enum Known {
        NO, MAYBE, YES
    }

    Client(Model model, String id) {
        this.model = model;
        this.id = id;
    }

    final boolean isConnected() {
        return wire != null;
    }

    final boolean isAccepted() {
        return wire != null && accepted;
    }

    final void connect(int port, boolean cleanSession) {
        wire = Wire.open(port);
        if (wire == null) {
            return;
        }
        connection++;
        accepted = false;
        clean = cleanSession;
        before = known;
        known = clean ? known == Known.YES ? Known.MAYBE : known : known == Known.NO ? Known.MAYBE : known;
        trace("CONNECT " + connection + (clean ? " clean" : ""));
        wire.send(Packets.connect(id, clean, 0));
    }

    /** Takes what arrived; returns the number of packets. */
    final int pump() {
        int packets = 0;
        while (wire != null) {
            Incoming packet = wire.receive();
            if (packet == null) {
                if (wire.isOver()) {
                    end();
                }
                break;
            }
            packets++;
            if (accepted) {
                received(packet);
            } else {
                connack(packet);
            }
        }
        return packets;
    }

    private void connack(Incoming packet) {
        if (packet.type() != Incoming.CONNACK || packet.returnCode() != 0) {
            model.violation(id + " got " + packet + " instead of a CONNACK that accepts");
            return;
        }
        boolean present = packet.sessionPresent();
        trace("CONNACK" + (present ? " present" : ""));
        if (present && (clean || before == Known.NO)) {
            model.violation(id + ": session present, and there can be none [MQTT-3.2.2-1, -3]");
        }
        if (!present && !clean && before == Known.YES) {
            model.violation(id + ": its session is lost [MQTT-3.2.2-2]");
        }
        known = clean ? Known.NO : Known.YES;
        accepted = true;
        begun(present);
    }

    /** Ends the connection, with DISCONNECT or as one that dies. */
    final void leave(boolean politely) {
        trace(politely ? "DISCONNECT" : "aborts");
        if (politely) {
            wire.send(Packets.DISCONNECT);
        }
        end();
    }

    private void end() {
        trace("connection " + connection + " over");
        wire.close();
        wire = null;
        lost();
    }

    protected final void trace(String what) {
        model.trace(id, what);
    }

    /** The CONNACK came. */
    protected abstract void begun(boolean present);

    protected abstract void received(Incoming packet);

    /** The connection is over. */
    protected abstract void lost();
}
