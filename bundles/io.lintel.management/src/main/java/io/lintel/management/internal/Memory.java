// SPDX-License-Identifier: Apache-2.0
package io.lintel.management.internal;

import io.lintel.cse.api.NodeManagement.ManagedObject;
import io.lintel.primitive.Attributes;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * {@code [memory]} (TS-0001 D.4): the machine's main memory in bytes, and what of it programs could still have. Looked at when
 * it is asked for, once a second at most; not there where the kernel says nothing of it.
 */
final class Memory implements Part {
    private static final long KIB = 1024;
    private static final long FRESH_MILLIS = 1000;

    private final Kernel kernel;
    private final Glance glance;

    Memory(Kernel kernel, Clock clock) {
        this.kernel = kernel;
        this.glance = new Glance(this::look, clock, FRESH_MILLIS);
    }

    @Override
    public List<ManagedObject> objects() {
        return glance.objects();
    }

    private List<ManagedObject> look() {
        Optional<String> text = kernel.text("proc/meminfo");
        Optional<Long> total = text.flatMap(lines -> bytes(lines, "MemTotal:"));
        Optional<Long> available = text.flatMap(lines -> bytes(lines, "MemAvailable:").or(() -> bytes(lines, "MemFree:")));
        if (total.isEmpty() || available.isEmpty()) {
            return List.of();
        }
        return List.of(new ManagedObject("memory", "m2m:mem", Attributes.builder().set("mma", available.get())
                .set("mmt", total.get()).build(), Attributes.empty(), Set.of("mma")));
    }

    private static Optional<Long> bytes(String lines, String name) {
        return lines.lines().filter(line -> line.startsWith(name)).findFirst()
                .map(line -> line.substring(name.length()).replace("kB", "").strip()).filter(text -> text.matches("\\d{1,15}"))
                .map(text -> Long.parseLong(text) * KIB);
    }
}
