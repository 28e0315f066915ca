// SPDX-License-Identifier: Apache-2.0
package io.lintel.management.internal;

import io.lintel.cse.api.NodeManagement.ManagedObject;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Timestamps;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * {@code [deviceInfo]} (TS-0001 D.8): what the machine says of itself, read once; where a setting says otherwise, that. What
 * nobody knows is {@code unknown} where the attribute is mandatory, and missing elsewhere.
 */
final class DeviceInfo implements Part {
    private static final String UNKNOWN = "unknown";
    private static final String DMI = "sys/class/dmi/id/";
    private static final String TREE = "proc/device-tree/";

    private final Attributes known;
    private final Clock clock;

    /**
     * What the configuration says; empty where it leaves it to the machine.
     */
    record Given(String label, String manufacturer, String model, String type, String hardware) {
    }

    DeviceInfo(Kernel kernel, Given given, String software, Clock clock) {
        this.clock = clock;
        Attributes.Builder info = Attributes.builder()
                .set("dlb", first(given.label(), kernel.said(TREE + "serial-number", DMI + "product_serial",
                        DMI + "board_serial")).orElse(UNKNOWN))
                .set("man", first(given.manufacturer(), kernel.said(DMI + "sys_vendor", DMI + "board_vendor")).orElse(UNKNOWN))
                .set("mod", first(given.model(), kernel.said(TREE + "model", DMI + "product_name", DMI + "board_name"))
                        .orElse(UNKNOWN))
                .set("dty", first(given.type(), Optional.empty()).orElse(UNKNOWN))
                .set("fwv", kernel.said(DMI + "bios_version").orElse(UNKNOWN))
                .set("swv", software)
                .set("hwv", first(given.hardware(), kernel.said(DMI + "product_version", DMI + "board_version"))
                        .orElse(UNKNOWN));
        kernel.said("proc/sys/kernel/hostname").ifPresent(name -> info.set("dvnm", name));
        operatingSystem(kernel).ifPresent(name -> info.set("osv", name));
        known = info.build();
    }

    private static Optional<String> first(String given, Optional<String> found) {
        return given.isBlank() ? found : Optional.of(given.strip());
    }

    /** The distribution's name and the kernel's version. */
    private static Optional<String> operatingSystem(Kernel kernel) {
        Optional<String> name = kernel.text("etc/os-release").flatMap(text -> text.lines()
                .filter(line -> line.startsWith("PRETTY_NAME=")).findFirst())
                .map(line -> line.substring("PRETTY_NAME=".length()).replace("\"", "").strip()).filter(text -> !text.isEmpty());
        Optional<String> release = kernel.said("proc/sys/kernel/osrelease").map(text -> "Linux " + text);
        return name.isPresent() && release.isPresent() ? Optional.of(name.get() + ", " + release.get()) : name.or(() -> release);
    }

    @Override
    public List<ManagedObject> objects() {
        return List.of(new ManagedObject("deviceInfo", "m2m:dvi", known.toBuilder().set("syst", Timestamps.now(clock)).build(),
                Attributes.empty(), Set.of("syst")));
    }
}
