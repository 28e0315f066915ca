// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.lintel.mqtt.server.MqttServerAdministration;
import io.lintel.mqtt.server.SessionStore;
import io.lintel.mqtt.server.TopicPolicy;
import io.lintel.mqtt.server.TraceEvent;
import io.lintel.mqtt.server.TraceFilter;
import io.lintel.mqtt.server.internal.users.Users;
import io.lintel.tls.NodeTls;
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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.osgi.framework.BundleContext;
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
 * The MQTT 3.1.1 server as a component: reads the store, opens the listeners, and answers the administrator. It needs a
 * {@link SessionStore} and is restarted when that is replaced; the {@link TopicPolicy} may come and go while it runs. All
 * work is done on one event loop; the methods of this class may be called on any other thread.
 */
@Component(service = MqttServerAdministration.class, immediate = true, configurationPid = "io.lintel.mqttserver")
public final class MqttServer implements MqttServerAdministration {
    private static final Logger LOG = LoggerFactory.getLogger(MqttServer.class);
    private static final String SERVING = "serving";
    private static final String UNREADABLE = "closed: the sessions could not be read: ";
    private static final long READ_AGAIN_MILLIS = 1_000;
    private static final long DRAIN_SECONDS = 5;

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
    private volatile Administration administration;
    private volatile boolean ended;

    /** Called by the component runtime; {@link #open} follows when the policy and the listeners are known. */
    @Activate
    public MqttServer(MqttServerConfig config, @Reference LoopbackSecurity security, @Reference SessionStore store,
            @Reference NodeTls tls, BundleContext context) {
        this(Settings.of(Path.of(Optional.ofNullable(context.getProperty("lintel.home")).orElse(".")), config, security),
                store, tls);
    }

    MqttServer(Settings settings, SessionStore store) {
        this(settings, store, new NodeTls(settings.home()));
    }

    private MqttServer(Settings settings, SessionStore store, NodeTls tls) {
        this.settings = settings;
        this.store = store;
        this.group = new MultiThreadIoEventLoopGroup(1, (ThreadFactory) MqttServer::loopThread,
                NioIoHandler.newFactory());
        this.loop = group.next();
        this.listeners = new Listeners(settings, tls);
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
        if (!settings.problems().isEmpty()) {
            refuse(String.join("; ", settings.problems()));
            return;
        }
        users.prepare();
        begin();
    }

    /** Takes over what the store has and opens the listeners; as long as it cannot be read, tries again. */
    private void begin() {
        try {
            SessionStore.Snapshot snapshot = store.load();
            broker = loop.submit(() -> new Broker(loop, settings.limits(), counters, store, snapshot, () -> policy,
                    settings.loopbackIsOpen(), users, new StoreReader(store, loop, settings.limits().connections().most())))
                    .get();
            administration = new Administration(broker);
            loop.execute(() -> new SysTopics(broker).start(settings.sysSeconds()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            state = "interrupted while starting";
            return;
        } catch (ExecutionException | RuntimeException e) {
            if (!state.startsWith(UNREADABLE)) {
                LOG.error("The MQTT server does not open yet: the sessions could not be read; it tries again every {} ms",
                        READ_AGAIN_MILLIS, e);
            }
            state = UNREADABLE + e.getMessage();
            loop.schedule(() -> DaemonThreads.create("lintel-mqttserver-begin", () -> {
                if (!ended) {
                    begin();
                }
            }).start(), READ_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
            return;
        }
        state = SERVING;
        LOG.info("MQTT server with {} durable sessions", administration.call(broker::durableSessions, 0));
        listeners.open(broker);
    }

    private void refuse(String why) {
        state = "closed: " + why;
        LOG.error("The MQTT server does not start: {}", why);
    }

    /** Closes the listeners and all connections; what they left is on disk when it returns, if the store works. */
    @Deactivate
    void close() {
        if (ended) {
            return;
        }
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
    public Page<SessionView> sessions(SessionQuery query) {
        return asked(administration -> administration.sessions(query), new Page<>(List.of(), 0));
    }

    @Override
    public Optional<SessionView> session(String clientId) {
        return asked(administration -> administration.session(clientId), Optional.empty());
    }

    @Override
    public List<QueueEntry> queue(String clientId, long after, int limit) {
        return asked(administration -> administration.queue(clientId, after, limit), List.of());
    }

    @Override
    public boolean disconnect(String clientId) {
        return asked(administration -> administration.disconnect(clientId), false);
    }

    @Override
    public boolean dropSession(String clientId) {
        return asked(administration -> administration.dropSession(clientId), false);
    }

    @Override
    public boolean unsubscribe(String clientId, String topicFilter) {
        return asked(administration -> administration.unsubscribe(clientId, topicFilter), false);
    }

    @Override
    public Page<RetainedView> retained(String topicFilter, int offset, int limit) {
        return asked(administration -> administration.retained(topicFilter, offset, limit), new Page<>(List.of(), 0));
    }

    @Override
    public boolean clearRetained(String topic) {
        return asked(administration -> administration.clearRetained(topic), false);
    }

    @Override
    public List<LimitView> limits() {
        return asked(Administration::limits, List.of());
    }

    @Override
    public List<String> warnings() {
        List<String> all = new ArrayList<>(listeners.warnings());
        all.addAll(asked(Administration::warnings, List.of()));
        return all;
    }

    @Override
    public Trace trace(TraceFilter filter, Consumer<TraceEvent> consumer) {
        Trace trace = asked(administration -> administration.trace(filter, consumer), null);
        if (trace == null) {
            throw new IllegalStateException("the MQTT server is not open");
        }
        return trace;
    }

    private <T> T asked(Function<Administration, T> question, T whenClosed) {
        Administration administrator = administration;
        return administrator == null || ended ? whenClosed : question.apply(administrator);
    }
}
