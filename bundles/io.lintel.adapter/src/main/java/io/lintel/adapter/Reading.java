// SPDX-License-Identifier: Apache-2.0
package io.lintel.adapter;

import io.lintel.primitive.Identifiers;
import java.util.Objects;

/**
 * One thing that a device said, on its way to a contentInstance.
 *
 * @param device    names the device within its adapter; becomes part of its AE-ID, so letters, digits, {@code - . _}
 * @param container the container below the device's AE
 * @param content   the value, as {@code con} shall hold it
 * @param mediaType its media type, such as {@code text/plain} or {@code application/json}
 * @param state     true for a lasting state (switched on, reachable): it is stored only when it differs from the
 *                  newest one. False for a measurement: each is stored
 */
public record Reading(String device, String container, String content, String mediaType, boolean state) {
    public Reading {
        if (!Identifiers.isElement(device) || !Identifiers.isElement(container)) {
            throw new IllegalArgumentException("device and container are names of letters, digits, '-', '.', '_': " + device
                    + ", " + container);
        }
        Objects.requireNonNull(content);
        Objects.requireNonNull(mediaType);
    }
}
