// SPDX-License-Identifier: Apache-2.0
package io.lintel.management.internal;

import io.lintel.cse.api.NodeManagement.ManagedObject;
import io.lintel.primitive.Attributes;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code [battery]} (TS-0001 D.7): one object for each battery that the kernel knows of and that says its level; a mains
 * powered machine has none. Looked at when it is asked for, once in five seconds at most.
 */
final class Batteries implements Part {
    private static final String FOLDER = "sys/class/power_supply";
    private static final long FRESH_MILLIS = 5000;
    private static final int NORMAL = 1;
    private static final int CHARGING = 2;
    private static final int COMPLETE = 3;
    private static final int DAMAGED = 4;
    private static final int LOW = 5;
    private static final int NOT_INSTALLED = 6;
    private static final int UNKNOWN = 7;

    private final Kernel kernel;
    private final Glance glance;

    Batteries(Kernel kernel, Clock clock) {
        this.kernel = kernel;
        this.glance = new Glance(this::look, clock, FRESH_MILLIS);
    }

    @Override
    public List<ManagedObject> objects() {
        return glance.objects();
    }

    private List<ManagedObject> look() {
        List<ManagedObject> found = new ArrayList<>();
        for (String name : kernel.names(FOLDER)) {
            String supply = FOLDER + '/' + name + '/';
            // The battery of a keyboard is a supply, too; the scope tells it from the machine's own.
            boolean own = kernel.text(supply + "type").filter("Battery"::equals).isPresent()
                    && kernel.text(supply + "scope").filter("Device"::equals).isEmpty();
            Optional<Long> level = kernel.number(supply + "capacity").filter(percent -> percent <= 100);
            if (own && level.isPresent() && name.matches("[A-Za-z0-9._-]+")) {
                found.add(new ManagedObject(found.isEmpty() ? "battery" : "battery-" + name, "m2m:bat",
                        Attributes.builder().set("btl", level.get()).set("bts", status(supply)).build()));
            }
        }
        return List.copyOf(found);
    }

    private int status(String supply) {
        if (kernel.number(supply + "present").filter(present -> present == 0).isPresent()) {
            return NOT_INSTALLED;
        }
        if (kernel.text(supply + "health").filter(health -> health.equals("Dead") || health.equals("Unspecified failure"))
                .isPresent()) {
            return DAMAGED;
        }
        return switch (kernel.text(supply + "status").orElse("")) {
            case "Charging" -> CHARGING;
            case "Full" -> COMPLETE;
            case "Discharging", "Not charging" -> kernel.text(supply + "capacity_level")
                    .filter(level -> level.equals("Low") || level.equals("Critical")).isPresent() ? LOW : NORMAL;
            default -> UNKNOWN;
        };
    }
}
