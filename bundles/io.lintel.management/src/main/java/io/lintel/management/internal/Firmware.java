// SPDX-License-Identifier: Apache-2.0
package io.lintel.management.internal;

import io.lintel.cse.api.NodeManagement.ManagedObject;
import io.lintel.primitive.Attributes;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * {@code [firmware]} (TS-0001 D.2): the distribution as a whole. It is a folder that a package manager or a person put there
 * and that the running process stands on; the process does not exchange it, so {@code ud} is refused. What can be exchanged
 * from within is software, bundle by bundle.
 */
final class Firmware implements Part {
    private final Attributes known;
    private final Attributes initial;

    /** @param folder where the distribution is, if the process was started from one */
    Firmware(String version, Optional<Path> folder) {
        initial = Attributes.of("url", folder.map(path -> path.toUri().toString()).orElse("about:blank"));
        known = Attributes.builder().set("vr", version).set("fwn", "Lintel").build();
    }

    @Override
    public List<ManagedObject> objects() {
        return List.of(new ManagedObject("firmware", "m2m:fwr", known, initial, Set.of()));
    }

    @Override
    public boolean executes(String memberName) {
        return memberName.equals("m2m:fwr");
    }

    @Override
    public void check(ManagedObject object, String executable) {
        throw notImplementedHere();
    }

    private static RuntimeException notImplementedHere() {
        return Part.notImplemented("the distribution is exchanged by the system's package manager, or by starting another one"
                + " with the same home; a running node does not exchange it");
    }
}
