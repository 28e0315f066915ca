// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.ws;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Whether a host of a URI, already connected to, is this machine. Names are looked up once more, from the resolver's cache. */
final class LoopbackHosts {
    private LoopbackHosts() {
    }

    static boolean isLoopback(String host) {
        if (host == null) {
            return false;
        }
        try {
            return InetAddress.getByName(host.replace("[", "").replace("]", "")).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
