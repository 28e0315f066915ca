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

    /** Numbers that some peers give to media types of theirs: which serialisation it is shows in the content only. */
    static boolean isAmbiguous(int format) {
        return format == 10015 || format == 10016;
    }

    /** What a content without a number looks like: JSON begins with a brace and XML with an angle; else it is CBOR. */
    static Serialization guess(byte[] body) {
        for (byte b : body) {
            if (b != ' ' && b != '\t' && b != '\r' && b != '\n') {
                boolean cbor = b < 0 || b < ' ';
                return b == '<' ? Serialization.XML : cbor ? Serialization.CBOR : Serialization.JSON;
            }
        }
        return Serialization.JSON;
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
