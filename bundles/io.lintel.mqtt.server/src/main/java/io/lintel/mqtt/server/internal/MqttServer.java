// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.lintel.mqtt.server.MqttServerAdministration;
import io.lintel.mqtt.server.SessionStore;
import io.lintel.mqtt.server.TopicPolicy;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The MQTT 3.1.1 server as a component: reads the store, opens the listener, and answers the administrator. It needs a
 * {@link SessionStore} and is restarted when that is replaced; the {@link TopicPolicy} may come and go while it runs. All
 * work is done on one event loop; the methods of this class may be called on any other thread.
 */
@Component(service = MqttServerAdministration.class, immediate = true, configurationPid = "io.lintel.mqttserver")
public final class MqttServer implements MqttServerAdministration {
    private static final Logger LOG = LoggerFactory.getLogger(MqttServer.class);
    private static final long CALL_SECONDS = 5;
    private static final long BIND_AGAIN_MILLIS = 2_000;
    private static final long DRAIN_SECONDS = 5;

    private final Settings settings;
    private final SessionStore store;
    private final Counters counters = new Counters();
    private final EventLoopGroup group;
    private final EventLoop loop;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile TopicPolicy policy;

    private volatile String state = "starting";
    private volatile Listener listener;
    private volatile Broker broker;
    private volatile boolean ended;

    /** Called by the component runtime; {@link #open} follows when the policy is known. */
    @Activate
    public MqttServer(MqttServerConfig config, @Reference LoopbackSecurity security, @Reference SessionStore store) {
        this(Settings.of(config, security), store);
    }

    MqttServer(Settings settings, SessionStore store) {
        this.settings = settings;
        this.store = store;
        this.group = new MultiThreadIoEventLoopGroup(1, (ThreadFactory) MqttServer::loopThread,
                NioIoHandler.newFactory());
        this.loop = group.next();
    }

    private static Thread loopThread(Runnable task) {
        Thread thread = new FastThreadLocalThread(task, "lintel-mqttserver-loop");
        thread.setDaemon(true);
        return thread;
    }

    /** Reads the store and opens the listener; a reason not to is the {@link #state}. */
    @Activate
    void open() {
        if (!settings.enabled()) {
            state = "closed: switched off by mqttserver.enabled";
            LOG.info("There is no MQTT server here: it is switched off by mqttserver.enabled");
            return;
        }
        if (!settings.problems().isEmpty()) {
            refuse(String.join("; ", settings.problems()));
            return;
        }
        InetSocketAddress address;
        try {
            InetAddress host = InetAddress.getByName(settings.host());
            if (!host.isLoopbackAddress()) {
                refuse("mqttserver.host is " + settings.host() + ", which is not a loopback address: a listener without TLS "
                        + "stays on this machine");
                return;
            }
            address = new InetSocketAddress(host, settings.port());
        } catch (UnknownHostException e) {
            refuse("mqttserver.host is " + settings.host() + ", which has no address");
            return;
        }
        try {
            SessionStore.Snapshot snapshot = store.load();
            broker = loop.submit(() -> new Broker(loop, settings.limits(), counters, store, snapshot, () -> policy,
                    settings.loopbackIsOpen())).get();
            loop.execute(() -> new SysTopics(broker).start(settings.sysSeconds()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            state = "interrupted while starting";
            return;
        } catch (ExecutionException | RuntimeException e) {
            state = "closed: the sessions could not be read: " + e.getMessage();
            LOG.error("The MQTT server does not start: the sessions could not be read", e);
            return;
        }
        listen(address);
    }

    private void refuse(String why) {
        state = "closed: " + why;
        LOG.error("The MQTT server does not start: {}", why);
    }

    private void listen(InetSocketAddress address) {
        try {
            Listener opened = Listener.plain(broker, address);
            listener = opened;
            state = "serving";
            LOG.info("MQTT server listening on {}, {} durable sessions", opened.address(), onLoop(broker::durableSessions, 0));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            state = "interrupted while starting";
        } catch (IllegalStateException e) {
            if (!state.equals("closed: " + e.getMessage())) {
                LOG.error("The MQTT server tries again every {} ms: {}", BIND_AGAIN_MILLIS, e.getMessage());
            }
            state = "closed: " + e.getMessage();
            loop.schedule(() -> DaemonThreads.create("lintel-mqttserver-bind", () -> {
                if (!ended) {
                    listen(address);
                }
            }).start(), BIND_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** Closes the listener and all connections; what they left is on disk when it returns, if the store works. */
    @Deactivate
    void close() {
        ended = true;
        Listener open = listener;
        listener = null;
        if (open != null) {
            open.close();
        }
        Broker running = broker;
        if (running != null) {
            try {
                loop.submit(running::end).get(DRAIN_SECONDS, TimeUnit.SECONDS).get(DRAIN_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException | TimeoutException e) {
                LOG.error("The MQTT server ends before everything was written", e);
            }
            running.close();
        }
        state = "closed";
        group.shutdownGracefully(0, DRAIN_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly(DRAIN_SECONDS, TimeUnit.SECONDS);
        if (open != null) {
            LOG.info("MQTT server closed");
        }
    }

    int port() {
        return listener.port();
    }

    // ---- for the administrator --------------------------------------------------------------------------------------

    @Override
    public List<String> listeners() {
        Listener open = listener;
        return open == null ? List.of() : List.of(open.address());
    }

    @Override
    public String state() {
        return state;
    }

    @Override
    public boolean isOpen() {
        return listener != null;
    }

    @Override
    public Map<String, Long> counters() {
        return counters.all();
    }

    @Override
    public List<SessionView> sessions() {
        return onLoop(() -> {
            List<SessionView> views = new ArrayList<>();
            broker.sessions().forEach(session -> views.add(view(session)));
            return views;
        }, List.of());
    }

    private static SessionView view(Session session) {
        Optional<String> address = Optional.ofNullable(session.connection()).map(Connection::address)
                .map(a -> a.getAddress().getHostAddress() + ":" + a.getPort());
        List<SessionStore.StoredSubscription> subscriptions = new ArrayList<>();
        session.subscriptions().forEach((filter, qos) -> subscriptions.add(new SessionStore.StoredSubscription(filter, qos)));
        return new SessionView(session.clientId(), address, session.knownPrincipal(), session.isDurable(), subscriptions,
                session.queuedMessages(), session.queuedBytes(), session.outbound() == null ? 0 : session.outbound().inFlight());
    }

    @Override
    public void disconnect(String clientId) {
        onLoop(() -> {
            Session session = broker.session(clientId);
            if (session != null && session.connection() != null) {
                session.connection().close("the administrator disconnects it");
            }
            return true;
        }, false);
    }

    @Override
    public void dropSession(String clientId) {
        onLoop(() -> {
            Session session = broker.session(clientId);
            if (session == null || session.isInTransition()) {
                return false;
            }
            if (session.connection() != null) {
                session.connection().close("the administrator ends its session");
            }
            if (session.isDurable()) {
                broker.removeSession(session, failure -> { });
            }
            return true;
        }, false);
    }

    private <T> T onLoop(Callable<T> call, T whenClosed) {
        if (broker == null || ended) {
            return whenClosed;
        }
        try {
            return loop.inEventLoop() ? call.call() : loop.submit(call).get(CALL_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return whenClosed;
        } catch (Exception e) {
            LOG.error("The MQTT server did not answer its administrator", e);
            return whenClosed;
        }
    }
}
