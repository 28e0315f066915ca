// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server;

import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * Who a client is, as far as the server verified it: by the certificate of the TLS handshake or the user name and password
 * of the CONNECT (MQTT 3.1.1 sections 3.1.3.4 and 5.4). Made once for each connection, before the {@link TopicPolicy} is
 * asked, and never changed; may be read on any thread.
 *
 * @param method how it was verified
 * @param name   what it is known by: the user name, or the most telling name of a certificate; empty for {@link Method#NONE}
 * @param names  all names of a certificate, each with its kind in front: {@code URI:} and {@code DNS:} for subject
 *               alternative names, {@code CN:} for the subject's common name; empty for the other methods
 */
public record Identity(Method method, String name, List<String> names) {
    /** A client that was not asked, or has nothing to show. */
    public static final Identity ANONYMOUS = new Identity(Method.NONE, "", List.of());

    /** How a client was verified. */
    public enum Method {
        NONE, PASSWORD, CERTIFICATE
    }

    public Identity {
        Objects.requireNonNull(method);
        names = List.copyOf(names);
        if (name.isEmpty() != (method == Method.NONE)) {
            throw new IllegalArgumentException("an identity by " + method + " named '" + name + "'");
        }
    }

    public static Identity user(String name) {
        return new Identity(Method.PASSWORD, name, List.of());
    }

    /** @param names each with its kind in front, the most telling first */
    public static Identity certificate(List<String> names) {
        String first = names.get(0);
        return new Identity(Method.CERTIFICATE, first.substring(first.indexOf(':') + 1), names);
    }

    public boolean isAnonymous() {
        return method == Method.NONE;
    }

    /** One text for the whole, such as {@code password:lamp}: sessions belong to it. Empty for anonymous clients. */
    public String key() {
        return isAnonymous() ? "" : method.name().toLowerCase(Locale.ROOT) + ":" + name;
    }
}
