// SPDX-License-Identifier: Apache-2.0
package io.lintel.adapter;

import io.lintel.primitive.Identifiers;
import java.util.Map;
import java.util.Objects;

/**
 * How one part of a device is, on its way to a flexContainer below the device's AE: a module class of TS-0023 or another
 * definition that the CSE knows.
 *
 * @param device     names the device within its adapter, as in {@link Reading}
 * @param module     the flexContainer's name below the device's AE
 * @param element    its element, such as {@code cod:binSh}
 * @param definition its {@code cnd}, such as {@code org.onem2m.common.moduleclass.binarySwitch}
 * @param values     its attributes by their short names; each value is a Boolean, a Long, a Double or a String
 * @param writable   whether applications may change it; a change comes to {@link DeviceAdapter#change}
 */
public record ModuleReading(String device, String module, String element, String definition, Map<String, Object> values,
        boolean writable) {
    public ModuleReading {
        if (!Identifiers.isElement(device) || !Identifiers.isElement(module)) {
            throw new IllegalArgumentException("device and module are names of letters, digits, '-', '.', '_': " + device + ", "
                    + module);
        }
        Objects.requireNonNull(element);
        Objects.requireNonNull(definition);
        values = Map.copyOf(values);
    }
}
