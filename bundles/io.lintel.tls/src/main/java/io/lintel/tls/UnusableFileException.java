// SPDX-License-Identifier: Apache-2.0
package io.lintel.tls;

import java.io.IOException;

/** A file that the configuration names cannot be used. The message is a sentence for an operator and says it all. */
public final class UnusableFileException extends IOException {
    private static final long serialVersionUID = 1L;

    public UnusableFileException(String sentence) {
        this(sentence, null);
    }

    public UnusableFileException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
