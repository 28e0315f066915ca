// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import java.util.Optional;

import io.lintel.primitive.Serialization;

/** The numbers of Content-Format and Accept (TS-0008 6.2.2.5), all media types of both editions. */
final class ContentFormats {
    private ContentFormats() {
    }

    static Optional<Serialization> serialization(int format) {
        return switch (format) {
            case 41, 10000, 10002, 10004, 10006, 10008, 10014 -> Optional.of(Serialization.XML);
            case 50, 10001, 10003, 10005, 10007, 10009 -> Optional.of(Serialization.JSON);
            case 60, 10010, 10011, 10012, 10013 -> Optional.of(Serialization.CBOR);
            default -> Optional.empty();
        };
    }

    static int plain(Serialization serialization) {
        return switch (serialization) {
            case JSON -> 50;
            case XML -> 41;
            case CBOR -> 60;
        };
    }

    static int notification(Serialization serialization) {
        return switch (serialization) {
            case JSON -> 10003;
            case XML -> 10002;
            case CBOR -> 10011;
        };
    }
}
