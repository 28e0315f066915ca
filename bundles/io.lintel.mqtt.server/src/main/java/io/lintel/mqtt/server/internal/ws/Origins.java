// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal.ws;

import java.net.URI;
import java.util.List;
import java.util.Locale;

/**
 * Which web pages may open a WebSocket here (RFC 6455 10.2). Browsers let any page connect to any address and say where
 * the page is from; other clients may say nothing. Without configuration a page of the same host is welcome, on any of
 * its ports, such as the console's. On a listener without TLS that host must be an address or a local name: a page of a
 * foreign name whose owner lets it point to this machine (DNS rebinding) has the same host, too, and only the
 * certificate of a TLS listener would tell. Stateless.
 */
public final class Origins {
    private static final String ANY = "*";

    private final List<String> allowed;
    private final boolean secure;

    /**
     * @param allowed such as {@code https://page.example:8443}, or {@code *} for all; empty for pages of this host alone
     * @param secure  whether the listener has TLS
     */
    public Origins(List<String> allowed, boolean secure) {
        this.allowed = allowed.stream().map(Origins::normal).toList();
        this.secure = secure;
    }

    /**
     * @param origin the Origin header, null if there is none
     * @param host   the Host header
     */
    boolean admit(String origin, String host) {
        if (origin == null) {
            return true;
        }
        if (allowed.contains(ANY) || allowed.contains(normal(origin))) {
            return true;
        }
        if (!allowed.isEmpty() || host == null) {
            return false;
        }
        String page = hostOf(origin);
        String here = hostOf("ws://" + host);
        return !page.isEmpty() && page.equals(here) && (secure || isLocal(here));
    }

    private static String normal(String origin) {
        String text = origin.trim().toLowerCase(Locale.ROOT);
        return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    }

    private static String hostOf(String uri) {
        try {
            String host = URI.create(uri).getHost();
            return host == null ? "" : host.toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    private static boolean isLocal(String host) {
        return host.equals("localhost") || host.endsWith(".localhost") || host.startsWith("[") || host.matches("[0-9.]+");
    }
}
