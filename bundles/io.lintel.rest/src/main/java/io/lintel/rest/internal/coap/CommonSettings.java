// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/**
 * The settings of plain CoAP for those that have a configuration of their own and follow them in everything else: CoAP with
 * DTLS. Any thread.
 */
@Component(service = CommonSettings.class, configurationPid = "io.lintel.coap")
public final class CommonSettings {
    private final CoapSettings settings;

    @Activate
    public CommonSettings(CoapSettings settings) {
        this.settings = settings;
    }

    CoapSettings settings() {
        return settings;
    }
}
