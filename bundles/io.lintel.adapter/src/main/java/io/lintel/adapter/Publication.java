// SPDX-License-Identifier: Apache-2.0
package io.lintel.adapter;

import java.util.Objects;

/** A message to a device; it goes out with QoS 1 and is not retained. */
public record Publication(String topic, byte[] payload) {
    public Publication {
        Objects.requireNonNull(topic);
        Objects.requireNonNull(payload);
    }
}
