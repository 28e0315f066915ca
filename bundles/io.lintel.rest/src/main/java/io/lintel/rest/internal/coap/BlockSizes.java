// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import org.eclipse.californium.core.coap.BlockOption;

/** Block sizes as RFC 7959 2.2 writes them: the exponent less four, 0 for 16 bytes to 6 for 1024; 7 is reserved. */
final class BlockSizes {
    static final int LARGEST_SZX = 6;

    private BlockSizes() {
    }

    /** @throws IllegalArgumentException if the size is none that a block can have */
    static int szx(int blockSize) {
        if (blockSize < 16 || blockSize > 1024 || Integer.bitCount(blockSize) != 1) {
            throw new IllegalArgumentException("coap.blockSize is 16, 32, 64, 128, 256, 512 or 1024, not " + blockSize);
        }
        return BlockOption.size2Szx(blockSize);
    }

    static int bytes(int szx) {
        return 1 << szx + 4;
    }
}
