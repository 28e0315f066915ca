// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.lintel.mqtt.server.internal.tls.NettyTls;
import io.lintel.mqtt.server.internal.tls.TlsEntry;
import io.lintel.mqtt.server.internal.ws.Origins;
import io.lintel.mqtt.server.internal.ws.WebSocketEntry;
import io.lintel.tls.ListenerTls;
import io.lintel.tls.NodeTls;
import io.netty.channel.ChannelPipeline;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One configured listener from its coming to its going: opens it, tries again while that fails, knows why it is not
 * open, and ends its connections with it. TLS and HTTP are loaded when they are first used. Any thread but the event
 * loop; what it shows can be read on any.
 */
final class ListenerLife {
    private static final Logger LOG = LoggerFactory.getLogger(ListenerLife.class);
    private static final long AGAIN_MILLIS = 2_000;
    /** After the node is up: the certificates are looked at, and made at its first start. */
    private static final long LOOK_AT_CERTIFICATES_MILLIS = 1_000;
    private static final int MOST_FRAME_OVERHEAD_BYTES = 64;

    private final ListenerSettings settings;
    private final Broker broker;
    private final Access access;
    private final Executor tlsWorker;
    private final ListenerTls tls;
    private final NettyTls contexts;
    private volatile Listener listener;
    private volatile String problem = "starting";
    private volatile boolean ended;

    ListenerLife(ListenerSettings settings, Broker broker, NodeTls own, Executor tlsWorker) {
        this.settings = settings;
        this.broker = broker;
        this.access = settings.access();
        this.tlsWorker = tlsWorker;
        this.tls = settings.tls() == null ? null : own.listener(settings.name(), settings.tls(), tlsWorker);
        this.contexts = tls == null ? null : new NettyTls(tls);
    }

    String name() {
        return settings.name();
    }

    synchronized void open() {
        if (ended) {
            return;
        }
        try {
            listener = Listener.open(broker, new InetSocketAddress(settings.address(), settings.port()), access, this::transport);
            problem = "";
            LOG.info("MQTT listener {} on {}", name(), listener.address());
            if (tls != null) {
                broker.loop().schedule(tls::begin, LOOK_AT_CERTIFICATES_MILLIS, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            problem = "interrupted while opening";
        } catch (ListenerSettings.WrongSettingException e) {
            problem = e.getMessage();
            LOG.error("MQTT listener {} stays closed: {}", name(), problem);
        } catch (IllegalStateException e) {
            if (!problem.equals(e.getMessage())) {
                LOG.error("MQTT listener {} tries again every {} ms: {}", name(), AGAIN_MILLIS, e.getMessage());
            }
            problem = e.getMessage();
            broker.loop().schedule(() -> DaemonThreads.create("lintel-mqttserver-bind", this::open).start(), AGAIN_MILLIS,
                    TimeUnit.MILLISECONDS);
        }
    }

    private void transport(ChannelPipeline pipeline) {
        if (tls != null) {
            pipeline.addLast(new TlsEntry(contexts, tlsWorker, () -> broker.counters().add(Counter.TLS_HANDSHAKES_FAILED, 1)));
        }
        if (settings.transport().isWebSocket()) {
            WebSocketEntry.addTo(pipeline, settings.path(), new Origins(settings.origins(), tls != null),
                    broker.limits().connections().maxPacketBytes() + MOST_FRAME_OVERHEAD_BYTES);
        }
    }

    /** Stops listening, and ends the connections that came this way; their sessions stay. */
    synchronized void close() {
        ended = true;
        Listener open = listener;
        listener = null;
        problem = "closed";
        if (open != null) {
            open.close();
            broker.loop().execute(() -> List.copyOf(broker.connections()).stream()
                    .filter(connection -> connection.access() == access)
                    .forEach(connection -> connection.close("listener " + name() + " is closed")));
            LOG.info("MQTT listener {} closed", name());
        }
    }

    /** Looks for changed certificates. */
    void check() {
        if (tls != null) {
            tls.check();
        }
    }

    /** Why it does not serve; empty if it does. */
    String problem() {
        return !problem.isEmpty() || tls == null || !tls.isBroken() ? problem : tls.problem().orElse("");
    }

    /** What an administrator should mend although it serves; empty if there is nothing. */
    String warning() {
        return tls == null || tls.isBroken() ? "" : tls.problem().orElse("");
    }

    /** The address with the real port, and the transport if it is not plain TCP; empty while it is not open. */
    String address() {
        Listener open = listener;
        if (open == null) {
            return "";
        }
        return settings.transport() == Transport.TCP ? open.address() : open.address() + " (" + settings.transport().key() + ")";
    }

    int port() {
        return listener.port();
    }
}
