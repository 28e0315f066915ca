// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.ws;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Puts the frames of a message together (TS-0020 6.2.3 lets a primitive be fragmented) and refuses what no primitive of this
 * subprotocol can be: binary where text belongs or the reverse, too many bytes, ill-formed UTF-8 (RFC 6455 8.1). Of one
 * connection; used by the thread that reads.
 */
final class MessageAssembler {
    /** A message that ends its connection. */
    static final class Unacceptable extends Exception {
        private static final long serialVersionUID = 1L;
        private final int code;

        Unacceptable(int code, String reason) {
            super(reason);
            this.code = code;
        }

        /** The close code to say it with. */
        int code() {
            return code;
        }
    }

    private final boolean text;
    private final int maxBytes;
    private ByteArrayOutputStream begun = new ByteArrayOutputStream(0);

    MessageAssembler(boolean text, int maxBytes) {
        this.text = text;
        this.maxBytes = maxBytes;
    }

    /** The first frame of a message. */
    void begin(boolean isText) throws Unacceptable {
        if (isText != text) {
            throw new Unacceptable(Link.BAD_DATA, "this subprotocol has " + (text ? "text" : "binary") + " messages only");
        }
        begun = new ByteArrayOutputStream();
    }

    /** A part of the message; all of it when this was the last. */
    Optional<byte[]> add(ByteBuffer part, boolean last) throws Unacceptable {
        if (begun.size() + part.remaining() > maxBytes) {
            begun = new ByteArrayOutputStream(0);
            throw new Unacceptable(Link.TOO_LARGE, "a message may have " + maxBytes + " bytes");
        }
        byte[] bytes = new byte[part.remaining()];
        part.get(bytes);
        if (last && begun.size() == 0) {
            return Optional.of(checked(bytes));
        }
        begun.writeBytes(bytes);
        if (!last) {
            return Optional.empty();
        }
        byte[] whole = begun.toByteArray();
        begun = new ByteArrayOutputStream(0);
        return Optional.of(checked(whole));
    }

    private byte[] checked(byte[] message) throws Unacceptable {
        if (text) {
            try {
                StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(message));
            } catch (CharacterCodingException e) {
                throw new Unacceptable(Link.BAD_DATA, "a text message is no UTF-8");
            }
        }
        return message;
    }
}
