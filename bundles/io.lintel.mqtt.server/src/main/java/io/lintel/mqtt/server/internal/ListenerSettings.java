// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.lintel.mqtt.server.Identity.Method;
import io.lintel.tls.TlsSettings;
import io.lintel.tls.TlsSettings.ClientCertificates;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * One listener as configured, checked as far as that goes without opening it. A setting that is wrong keeps this
 * listener closed and is told to the administrator; it never makes the listener laxer.
 *
 * @param name    short and unique among the listeners, such as {@code tls}
 * @param port    0 for any
 * @param path    of the WebSocket
 * @param methods how clients may be verified, any of them; with {@code NONE} they need not be
 * @param origins pages that may open a WebSocket; see {@link io.lintel.mqtt.server.internal.ws.Origins}
 */
record ListenerSettings(String name, boolean enabled, String host, int port, Transport transport, String path,
        Set<Method> methods, List<String> origins, TlsSettings tls) {

    /** A wrong setting; its message says which and why. */
    static final class WrongSettingException extends Exception {
        private static final long serialVersionUID = 1L;

        WrongSettingException(String message) {
            super(message);
        }
    }

    /** The plain listener that {@code mqttserver.host} and {@code mqttserver.port} describe. */
    static ListenerSettings plainTcp(String host, int port) {
        return new ListenerSettings("tcp", true, host, port, Transport.TCP, "", EnumSet.of(Method.NONE), List.of(), null);
    }

    /** @param home what relative file names are relative to */
    static ListenerSettings of(String name, ConfiguredListener.Config config, Path home) throws WrongSettingException {
        Transport transport = Transport.of(config.transport())
                .orElseThrow(() -> new WrongSettingException("transport is tcp, tls, ws or wss, not " + config.transport()));
        if (config.port() < 0 || config.port() > 65_535) {
            throw new WrongSettingException("port is from 0 to 65535, not " + config.port());
        }
        if (transport.isWebSocket() && !config.path().startsWith("/")) {
            throw new WrongSettingException("path begins with /, unlike " + config.path());
        }
        Set<Method> methods = methods(config.authentication(), transport);
        return new ListenerSettings(name, config.enabled(), config.host(), config.port(), transport, config.path(), methods,
                list(config.origins()), transport.isSecure() ? tls(config, methods, home) : null);
    }

    private static Set<Method> methods(String text, Transport transport) throws WrongSettingException {
        Set<Method> methods = EnumSet.noneOf(Method.class);
        for (String name : list(text)) {
            methods.add(Arrays.stream(Method.values()).filter(method -> method.name().equals(name.toUpperCase(Locale.ROOT)))
                    .findFirst().orElseThrow(() -> new WrongSettingException("authentication is none, password, certificate or "
                            + "password,certificate, not " + text)));
        }
        if (methods.isEmpty()) {
            return transport.isSecure() ? EnumSet.of(Method.PASSWORD, Method.CERTIFICATE) : EnumSet.of(Method.NONE);
        }
        if (transport.isSecure() && methods.contains(Method.NONE)) {
            throw new WrongSettingException("authentication is none, which only a plain listener on loopback may have");
        }
        if (!transport.isSecure() && methods.contains(Method.CERTIFICATE)) {
            throw new WrongSettingException("authentication is certificate, which needs transport tls or wss");
        }
        return methods;
    }

    private static TlsSettings tls(ConfiguredListener.Config config, Set<Method> methods, Path home)
            throws WrongSettingException {
        ClientCertificates client = !methods.contains(Method.CERTIFICATE) ? ClientCertificates.NONE
                : methods.contains(Method.PASSWORD) ? ClientCertificates.WELCOME : ClientCertificates.REQUIRED;
        try {
            return TlsSettings.of(home, new TlsSettings.Texts(config.certificateFile(), config.keyFile(), config.clientCaFile(),
                    config.crlFile(), config.protocols(), config.cipherSuites(), config.names()), config.host(), client);
        } catch (IllegalArgumentException e) {
            throw new WrongSettingException(e.getMessage());
        }
    }

    private static List<String> list(String text) {
        return Arrays.stream(text.split(",")).map(String::trim).filter(name -> !name.isEmpty()).toList();
    }

    /** The address to listen on. */
    InetAddress address() throws WrongSettingException {
        InetAddress address;
        try {
            address = InetAddress.getByName(host.trim());
        } catch (UnknownHostException e) {
            throw new WrongSettingException("host is " + host + ", which has no address");
        }
        if (!transport.isSecure() && !address.isLoopbackAddress()) {
            throw new WrongSettingException("host is " + host + ", which is not a loopback address: a listener without TLS stays "
                    + "on this machine");
        }
        return address;
    }

    /** Where clients may stay anonymous, one that gives a name is verified all the same. */
    Access access() {
        Set<Method> effective = EnumSet.copyOf(methods);
        if (effective.contains(Method.NONE)) {
            effective.add(Method.PASSWORD);
        }
        return new Access(name, !transport.isSecure(), effective);
    }
}
