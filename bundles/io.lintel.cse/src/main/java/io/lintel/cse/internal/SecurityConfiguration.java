// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * What the CSE asks of the configuration area {@code security}, which all doors share. A component of its own, so that a
 * changed value rebuilds the CSE; a wrong one keeps it from starting, never makes it laxer.
 */
@Component(service = SecurityConfiguration.class, configurationPid = "io.lintel.security")
public final class SecurityConfiguration {
    private final boolean loopbackOpen;

    /** The one key that concerns the CSE. */
    @ObjectClassDefinition(name = "Lintel security", description = "What senders on this machine may do.")
    @interface Config {
        @AttributeDefinition(name = "Loopback", description = "open serves unverified senders on loopback, closed does not.")
        String loopback() default "open";
    }

    @Activate
    public SecurityConfiguration(Config config) {
        loopbackOpen = switch (config.loopback().trim()) {
            case "open" -> true;
            case "closed" -> false;
            default -> throw new IllegalArgumentException("security.loopback must be open or closed: " + config.loopback());
        };
    }

    boolean loopbackOpen() {
        return loopbackOpen;
    }
}
