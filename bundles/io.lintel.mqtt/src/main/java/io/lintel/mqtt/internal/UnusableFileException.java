// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import java.io.IOException;

/** A file that the configuration names cannot be used. The message is a sentence for an operator and says it all. */
final class UnusableFileException extends IOException {
    private static final long serialVersionUID = 1L;

    UnusableFileException(String sentence) {
        this(sentence, null);
    }

    UnusableFileException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
