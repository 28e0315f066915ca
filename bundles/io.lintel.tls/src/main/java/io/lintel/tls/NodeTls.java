// SPDX-License-Identifier: Apache-2.0
package io.lintel.tls;

import io.lintel.tls.internal.NodeCertificates;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/**
 * The one owner of the node's own key, certificates and authority in {@code etc/tls} of its home, and of the keys that are
 * agreed beforehand. Every binding with TLS or DTLS asks this service, so that all listeners together decide what names the
 * node's certificate has, and a revoked certificate is refused everywhere. Any thread; the methods here touch no file.
 */
@Component(service = NodeTls.class)
public final class NodeTls {
    private final Path home;
    private final Path folder;
    private final NodeCertificates own;
    private final PskTable psks;

    @Activate
    public NodeTls(BundleContext context) {
        this(Path.of(Optional.ofNullable(context.getProperty("lintel.home")).orElse("")));
    }

    /** @param home the node's home, which file names of settings are relative to */
    public NodeTls(Path home) {
        this.home = home;
        folder = folder(home);
        own = new NodeCertificates(folder);
        psks = new PskTable(folder.resolve("psk"));
    }

    /** Where the node's own certificates are. */
    public static Path folder(Path home) {
        return home.resolve("etc").resolve("tls");
    }

    public Path home() {
        return home;
    }

    /** What clients need to know this node by; made with the first listener that uses it. */
    public Path authorityFile() {
        return own.authorityFile();
    }

    /**
     * The TLS of a listener.
     *
     * @param listener its name, for messages
     * @param worker   where files are read and certificates made, which may take a second
     */
    public ListenerTls listener(String listener, TlsSettings settings, Executor worker) {
        return new ListenerTls(listener, settings, own, worker);
    }

    /** Whom to believe as a client, and what to show, as {@link ClientTls} says. */
    public ClientTls client(Optional<Path> authorities, boolean system, Optional<Path> certificate, Optional<Path> key) {
        return new ClientTls(authorities, system, folder, certificate, key);
    }

    /** Keys that are agreed beforehand. */
    public PskTable psks() {
        return psks;
    }
}
