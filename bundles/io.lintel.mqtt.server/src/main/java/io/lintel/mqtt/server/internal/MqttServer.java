// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.lintel.mqtt.server.MqttServerAdministration;
import io.lintel.mqtt.server.SessionStore;
import io.lintel.mqtt.server.TopicPolicy;
import io.lintel.mqtt.server.internal.users.Users;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The MQTT 3.1.1 server as a component: reads the store, opens the listeners, and answers the administrator. It needs a
 * {@link SessionStore} and is restarted when that is replaced; the {@link TopicPolicy} may come and go while it runs. All
 * work is done on one event loop; the methods of this class may be called on any other thread.
 */
@Component(service = MqttServerAdministration.class, immediate = true, configurationPid = "io.lintel.mqttserver")
public final class MqttServer implements MqttServerAdministration {
    private static final Logger LOG = LoggerFactory.getLogger(MqttServer.class);
    private static final String SERVING = "serving";
    private static final long CALL_SECONDS = 5;
    private static final long DRAIN_SECONDS = 5;

    /** Limits of the server; a key is {@code mqttserver.<name>}. */
    @ObjectClassDefinition(pid = "io.lintel.mqttserver", name = "Lintel MQTT server",
            description = "The co-located MQTT 3.1.1 server")
    @interface Config {
        @AttributeDefinition(description = "Whether there is a server at all: false where an independent one does its work")
        boolean enabled() default true;

        @AttributeDefinition(description = "Loopback address of the plain listener, named tcp")
        String host() default "127.0.0.1";

        @AttributeDefinition(description = "TCP port of the plain listener; 0 takes any free one")
        int port() default 1883;

        @AttributeDefinition(description = "File of users and their password hashes, as mosquitto_passwd writes it, relative to the home")
        String usersFile() default "etc/mqtt-users";

        @AttributeDefinition(description = "Milliseconds from the TCP connection to a complete CONNECT, a TLS handshake included")
        int connectTimeoutMillis() default 10_000;

        @AttributeDefinition(description = "Largest packet a client may send, in bytes")
        int maxPacketBytes() default 2_097_152;

        @AttributeDefinition(description = "Most connections at a time")
        int maxConnections() default 1_000;

        @AttributeDefinition(description = "Most durable sessions")
        int maxSessions() default 10_000;

        @AttributeDefinition(description = "Most QoS 1 and 2 messages sent to one client and not acknowledged by it")
        int maxInFlight() default 100;

        @AttributeDefinition(description = "Most messages taken from one client and not acknowledged to it")
        int maxUnacknowledged() default 100;

        @AttributeDefinition(description = "Most subscriptions of one session")
        int maxSubscriptions() default 1_000;

        @AttributeDefinition(description = "Most messages in the queue of a durable session, on disk")
        int sessionQueueMessages() default 100_000;

        @AttributeDefinition(description = "Most payload bytes in the queue of a durable session, on disk")
        long sessionQueueBytes() default 67_108_864;

        @AttributeDefinition(description = "Most messages waiting for one client with clean session 1, in memory")
        int memoryQueueMessages() default 2_000;

        @AttributeDefinition(description = "Most payload bytes waiting for one client with clean session 1, in memory")
        long memoryQueueBytes() default 1_048_576;

        @AttributeDefinition(description = "Messages of a connected durable session's queue that are kept in memory")
        int windowMessages() default 200;

        @AttributeDefinition(description = "Payload bytes of a connected durable session's queue that are kept in memory")
        long windowBytes() default 262_144;

        @AttributeDefinition(description = "Bytes written to a client that may wait in the server for the network")
        int outboundBufferBytes() default 131_072;

        @AttributeDefinition(description = "Milliseconds a publisher waits for a full queue before its connection is closed")
        long queueFullWaitMillis() default 30_000;

        @AttributeDefinition(description = "Milliseconds publishers wait for a client with clean session 1 before it is closed")
        long slowConsumerMillis() default 5_000;

        @AttributeDefinition(description = "Most retained messages")
        int maxRetainedMessages() default 10_000;

        @AttributeDefinition(description = "Most payload bytes of retained messages, which are in memory")
        long maxRetainedBytes() default 4_194_304;

        @AttributeDefinition(description = "Milliseconds a topic policy may take for an answer")
        int policyTimeoutMillis() default 10_000;

        @AttributeDefinition(description = "Payload bytes on their way to disk before publishers wait")
        long journalBytes() default 4_194_304;

        @AttributeDefinition(description = "Seconds between two publications of the counters under $SYS; 0 for none")
        int sysSeconds() default 30;
    }

    private final Settings settings;
    private final SessionStore store;
    private final Counters counters = new Counters();
    private final EventLoopGroup group;
    private final EventLoop loop;
    private final Listeners listeners;
    private final Users users;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile TopicPolicy policy;

    private volatile String state = "starting";
    private volatile Broker broker;
    private volatile boolean ended;

    /** Called by the component runtime; {@link #open} follows when the policy and the listeners are known. */
    @Activate
    public MqttServer(Config config, @Reference LoopbackSecurity security, @Reference SessionStore store, BundleContext context) {
        this(Settings.of(Path.of(Optional.ofNullable(context.getProperty("lintel.home")).orElse(".")), config, security), store);
    }

    MqttServer(Settings settings, SessionStore store) {
        this.settings = settings;
        this.store = store;
        this.group = new MultiThreadIoEventLoopGroup(1, (ThreadFactory) MqttServer::loopThread,
                NioIoHandler.newFactory());
        this.loop = group.next();
        this.listeners = new Listeners(settings);
        this.users = new Users(settings.home().resolve(settings.usersFile()),
                settings.home().resolve("data").resolve("mqtt-accounts"), loop);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addListener(ConfiguredListener configured) {
        listeners.add(configured);
    }

    void removeListener(ConfiguredListener configured) {
        listeners.remove(configured);
    }

    private static Thread loopThread(Runnable task) {
        Thread thread = new FastThreadLocalThread(task, "lintel-mqttserver-loop");
        thread.setDaemon(true);
        return thread;
    }

    /** Reads the store and opens the listeners; a reason not to is the {@link #state}. */
    @Activate
    void open() {
        if (!settings.enabled()) {
            state = "closed: switched off by mqttserver.enabled";
            LOG.info("There is no MQTT server here: it is switched off by mqttserver.enabled");
            return;
        }
        users.prepare();
        try {
            SessionStore.Snapshot snapshot = store.load();
            broker = loop.submit(() -> new Broker(loop, settings.limits(), counters, store, snapshot, () -> policy,
                    settings.loopbackIsOpen(), users)).get();
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
        state = SERVING;
        listeners.open(broker);
        LOG.info("MQTT server with {} durable sessions", onLoop(broker::durableSessions, 0));
    }

    /** Closes the listeners and all connections; what they left is on disk when it returns, if the store works. */
    @Deactivate
    void close() {
        ended = true;
        listeners.close();
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
        users.close();
        group.shutdownGracefully(0, DRAIN_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly(DRAIN_SECONDS, TimeUnit.SECONDS);
        if (running != null) {
            LOG.info("MQTT server closed");
        }
    }

    /** The real port of a listener that is open. */
    int port(String listener) {
        return listeners.port(listener);
    }

    // ---- for the administrator --------------------------------------------------------------------------------------

    @Override
    public List<String> listeners() {
        return listeners.addresses();
    }

    @Override
    public String state() {
        List<String> problems = state.equals(SERVING) ? listeners.problems() : List.of();
        if (problems.isEmpty()) {
            return state;
        }
        return (listeners.addresses().isEmpty() ? "closed: " : SERVING + ", but ") + String.join("; ", problems);
    }

    @Override
    public boolean isOpen() {
        return state.equals(SERVING) && listeners.problems().isEmpty();
    }

    @Override
    public void reload() {
        listeners.check();
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
