// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/**
 * What the area {@code security}, which all doors share, says about loopback clients. A component of its own, because
 * Felix SCR stops at the first of several configuration PIDs that has no configuration, and would ignore this one.
 */
@Component(service = LoopbackSecurity.class, configurationPid = "io.lintel.security")
public final class LoopbackSecurity {
    private final boolean open;

    /** A key is {@code security.<name>}. */
    @interface Config {
        /** Whether loopback clients may do everything while no policy is there: {@code open} or {@code closed}. */
        String loopback() default "open";
    }

    @Activate
    public LoopbackSecurity(Config config) {
        open = "open".equals(config.loopback());
    }

    /** False for anything but {@code open}, a misspelling included. */
    boolean isOpen() {
        return open;
    }
}
