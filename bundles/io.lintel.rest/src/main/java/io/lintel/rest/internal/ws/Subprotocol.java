// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.ws;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import io.lintel.primitive.Serialization;

/**
 * What two ends of a WebSocket agree on in the opening handshake (TS-0020 6.2.2): the serialisation of all that follows. The
 * names of both generations are spoken. Pure.
 *
 * @param name as it stands in {@code Sec-WebSocket-Protocol}
 */
record Subprotocol(String name, Serialization serialization) {
    private static final List<String> GENERATIONS = List.of("oneM2M.R2.0.", "oneM2M.");
    private static final List<Subprotocol> ALL = all();

    private static List<Subprotocol> all() {
        List<Subprotocol> all = new ArrayList<>();
        for (String generation : GENERATIONS) {
            for (Serialization serialization : Serialization.values()) {
                all.add(new Subprotocol(generation + serialization.suffix(), serialization));
            }
        }
        return List.copyOf(all);
    }

    /** The first that is offered and known: a client names the one it likes best first. */
    static Optional<Subprotocol> choose(List<String> offered) {
        return offered.stream().flatMap(name -> named(name).stream()).findFirst();
    }

    /** The subprotocol of this name, which is as good in other letters. */
    static Optional<Subprotocol> named(String name) {
        return ALL.stream().filter(known -> known.name.toLowerCase(Locale.ROOT).equals(name.trim().toLowerCase(Locale.ROOT)))
                .map(known -> new Subprotocol(name.trim(), known.serialization)).findFirst();
    }

    /** What a client offers that wants this serialisation, the registered names of Release 2 first. */
    static List<String> offers(Serialization serialization) {
        return ALL.stream().filter(known -> known.serialization == serialization).map(Subprotocol::name).toList();
    }

    /** All names, for a refusal. */
    static List<String> names() {
        return ALL.stream().map(Subprotocol::name).toList();
    }

    /** JSON and XML travel in text messages, CBOR in binary ones (TS-0020 6.2.3). */
    boolean isText() {
        return serialization != Serialization.CBOR;
    }
}
