// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import io.lintel.cse.api.Cse;
import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.Door;
import io.lintel.cse.api.OutboundRequest;
import io.lintel.cse.api.PrimitiveSender;
import io.lintel.cse.api.Registrations;
import io.lintel.cse.api.UnreachableException;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.Serialization;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.AttributeType;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * The MQTT binding (TS-0010): this CSE as a client of its own MQTT server, of its registrar's, and of any others, all
 * at once. Connections to configured servers are opened as soon as there is a CSE to speak for, others when a request
 * has to be sent to them; all are kept.
 *
 * <p>The CSE may be replaced while this component stays: what arrives meanwhile is not acknowledged, and asked as soon
 * as there is a CSE again. Two threads: {@code lintel-mqtt-timer} connects and watches deadlines,
 * {@code lintel-mqtt-worker} turns responses into messages. References come and go on any thread.
 */
@Component(immediate = true, service = {PrimitiveSender.class, Door.class},
        configurationPid = "io.lintel.mqtt")
@Designate(ocd = MqttBinding.Config.class)
public final class MqttBinding implements PrimitiveSender, Door {
    private static final int MOST_SERVERS = 64;
    private static final java.util.logging.Logger PAHO_LOG = java.util.logging.Logger.getLogger("org.eclipse.paho.client.mqttv3");

    /** Settings of {@code io.lintel.mqtt}. */
    @ObjectClassDefinition(name = "Lintel MQTT binding", description = "oneM2M over MQTT (TS-0010), as client of MQTT servers")
    @interface Config {
        @AttributeDefinition(name = "MQTT servers", required = false, description = "mqtt: URIs, each with an optional path that"
                + " is put before the topics, separated by commas; auto or nothing: the own server; none: no server")
        String[] servers() default {};

        @AttributeDefinition(name = "Points of access", required = false, description = "mqtt: URIs to tell others, separated by"
                + " commas; nothing: the registrar's server and the MQTT servers above")
        String[] pointsOfAccess() default {};

        @AttributeDefinition(name = "Keep alive, s", description = "Seconds between signs of life; 0 for none")
        int keepAliveSeconds() default 30;

        @AttributeDefinition(name = "Request timeout, s", description = "Longest wait for the response to a request sent")
        int requestTimeoutSeconds() default 60;

        @AttributeDefinition(name = "Wait for a connection, ms",
                description = "How long a request to be sent waits for its server")
        int connectWaitMillis() default 5_000;

        @AttributeDefinition(name = "Serialisation", description = "json, xml or cbor, for receivers that state no wish")
        String defaultSerialization() default "json";

        @AttributeDefinition(name = "Form of AE-IDs in topics",
                description = "stem (CAE01) or spRelative (mn-cse:CAE01), for an AE"
                + " that has not used either itself")
        String idForm() default "stem";

        @AttributeDefinition(name = "Leniencies", required = false, description = "Deviations accepted from peers, separated by"
                + " commas: noSuffix, leadingColon, swappedResponses, wrappedJson, hexCbor, idAsCredential, qos0; none: none")
        String[] leniencies() default {"noSuffix", "leadingColon", "swappedResponses", "wrappedJson", "hexCbor", "idAsCredential",
                "qos0"};

        @AttributeDefinition(name = "Requests in progress",
                description = "Most requests of one server that are with the CSE at once")
        int maxInProgress() default 256;

        @AttributeDefinition(name = "Requests waiting",
                description = "Most requests of one server that wait in memory; beyond, the"
                + " connection is closed for a while and the server keeps them")
        int maxWaiting() default 1_000;

        @AttributeDefinition(name = "Bytes waiting", description = "Most bytes of requests of one server that wait in memory")
        int maxWaitingBytes() default 4 << 20;

        @AttributeDefinition(name = "Window of other MQTT servers",
                description = "Unacknowledged messages that servers other than"
                + " the own one allow a client (Mosquitto: max_inflight_messages)")
        int serverWindow() default 20;

        @AttributeDefinition(name = "User name", required = false)
        String userName() default "";

        @AttributeDefinition(name = "Password", required = false, type = AttributeType.PASSWORD)
        String password() default "";
    }

    /** The service property {@link PrimitiveSender#SCHEMES}, as the array that it has to be. */
    @interface Schemes {
        String[] io_lintel_schemes() default {"mqtt"};
    }

    private final Settings settings;
    private final OwnServer ownServer;
    private final List<MqttUri> configured;
    private final Optional<MqttUri> registrar;
    private final List<String> advertised;
    private final OwnSockets ownSockets;
    private final ScheduledThreadPoolExecutor timer;
    private final ThreadPoolExecutor worker;
    private final ServerAliases aliases;
    private volatile Registrations registrations;

    private final Map<ServerAddress, ServerConnection> connections = new LinkedHashMap<>();
    private Cse cse;
    private CseIdentity identity;
    private boolean ended;

    @Activate
    public MqttBinding(Config config, Schemes schemes, @Reference OwnServer ownServer, @Reference RegistrarServer registrarServer,
            @Reference OwnSockets ownSockets) {
        this.ownSockets = ownSockets;
        this.settings = settings(config);
        this.ownServer = ownServer;
        this.configured = servers(words(config.servers()), ownServer.address());
        this.registrar = registrarServer.uri();
        this.advertised = advertised(words(config.pointsOfAccess()));
        // Paho reports a lost connection as SEVERE; MqttLink says it where it belongs.
        PAHO_LOG.setLevel(Level.OFF);
        this.timer = new ScheduledThreadPoolExecutor(1, task -> daemon(task, "lintel-mqtt-timer"),
                new ThreadPoolExecutor.DiscardPolicy());
        timer.setRemoveOnCancelPolicy(true);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        // Not a bounded queue, but bounded by the requests in progress: each has at most one task here.
        this.worker = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
                task -> daemon(task, "lintel-mqtt-worker"), new ThreadPoolExecutor.DiscardPolicy());
        this.aliases = new ServerAliases();
    }

    @Reference(policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.OPTIONAL)
    void bindCse(Cse arrived) {
        List<ServerConnection> current;
        List<ServerConnection> strangers = List.of();
        synchronized (this) {
            cse = arrived;
            CseIdentity now = arrived.identity();
            if (identity != null && !now.equals(identity)) {
                strangers = List.copyOf(connections.values());
                connections.clear();
            }
            identity = now;
            openConfigured();
            current = List.copyOf(connections.values());
        }
        strangers.forEach(connection -> timer.execute(connection::close));
        current.forEach(connection -> worker.execute(() -> introduce(connection, arrived)));
    }

    /** On the worker, by which time the CSE may be gone again. */
    private void introduce(ServerConnection connection, Cse arrived) {
        boolean present;
        synchronized (this) {
            present = cse == arrived;
        }
        if (present) {
            connection.cseArrived(arrived);
        }
    }

    void unbindCse(Cse left) {
        List<ServerConnection> current;
        synchronized (this) {
            if (cse != left) {
                return;
            }
            cse = null;
            current = List.copyOf(connections.values());
        }
        current.forEach(ServerConnection::cseLeft);
    }

    @Reference(policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.OPTIONAL)
    void bindRegistrations(Registrations arrived) {
        registrations = arrived;
    }

    void unbindRegistrations(Registrations left) {
        if (registrations == left) {
            registrations = null;
        }
    }

    @Deactivate
    void deactivate() {
        List<ServerConnection> current;
        synchronized (this) {
            ended = true;
            current = List.copyOf(connections.values());
            connections.clear();
        }
        current.forEach(ServerConnection::close);
        aliases.close();
        timer.shutdownNow();
        worker.shutdownNow();
    }

    @Override
    public CompletionStage<ResponsePrimitive> send(OutboundRequest outbound) {
        URI uri = outbound.pointOfAccess();
        MqttUri target;
        try {
            target = MqttUri.parse(uri);
        } catch (IllegalArgumentException e) {
            return unreachable(e.getMessage());
        }
        if (outbound.receiver().isEmpty() && target.path().isEmpty()) {
            return unreachable("a notification URI must have a path, which is the topic: " + uri);
        }
        CompletableFuture<ResponsePrimitive> response = new CompletableFuture<>();
        aliases.canonical(target.server(), this::knownServers).thenCompose(server -> sendTo(server, target, outbound))
                .whenComplete((answer, failure) -> {
                    if (failure == null) {
                        response.complete(answer);
                    } else {
                        // The caller is promised the failure itself, without the wrapper of a dependent stage.
                        response.completeExceptionally(failure instanceof CompletionException ? failure.getCause() : failure);
                    }
                });
        return response;
    }

    private CompletionStage<ResponsePrimitive> sendTo(ServerAddress server, MqttUri target, OutboundRequest outbound) {
        ServerConnection connection;
        synchronized (this) {
            if (ended || identity == null) {
                return unreachable("the MQTT binding has no CSE to speak for");
            }
            connection = connections.get(server);
            if (connection == null && connections.size() >= MOST_SERVERS) {
                return unreachable(MOST_SERVERS + " MQTT servers are in use already; none is added for " + server);
            }
            if (connection == null) {
                connection = open(server, List.of(""));
            }
        }
        Serialization format = outbound.serialization().or(target::contentType).orElse(settings.serialization());
        if (outbound.receiver().isEmpty()) {
            return connection.notify(outbound.request(), target.path(), format, outbound.deadline());
        }
        String prefix = target.path().isEmpty() ? "" : target.prefix();
        return connection.request(outbound.request(), prefix, outbound.receiver().get(), format, outbound.deadline());
    }

    @Override
    public String name() {
        return "mqtt";
    }

    @Override
    public synchronized boolean isOpen() {
        return identity != null && configured.stream().map(uri -> connections.get(uri.server()))
                .allMatch(connection -> connection != null && connection.isReady());
    }

    @Override
    public synchronized String detail() {
        if (identity == null) {
            return "waits for the CSE";
        }
        List<String> parts = new ArrayList<>();
        connections.values().forEach(connection -> parts.add(connection.detail()));
        return parts.isEmpty() ? "no MQTT server" : String.join(", ", parts);
    }

    @Override
    public List<String> pointsOfAccess() {
        return advertised;
    }

    /** With the lock held. */
    private void openConfigured() {
        Map<ServerAddress, List<String>> prefixes = new LinkedHashMap<>();
        configured.forEach(uri -> prefixes.computeIfAbsent(uri.server(), s -> new ArrayList<>()).add(uri.prefix()));
        registrar.ifPresent(uri -> prefixes.computeIfAbsent(uri.server(), s -> new ArrayList<>()).add(uri.prefix()));
        prefixes.forEach((server, paths) -> {
            if (!ended && !connections.containsKey(server)) {
                open(server, paths);
            }
        });
    }

    /** With the lock held. */
    private ServerConnection open(ServerAddress server, List<String> prefixes) {
        Segments segments = new Segments(identity, this::isKnownCse, settings.allows(Leniency.LEADING_COLON));
        boolean own = server.equals(ownServer.address());
        int window = own ? ownServer.window() : settings.serverWindow();
        ServerConnection opened = new ServerConnection(server, "C::" + identity.cseIdElement(), segments, settings, window, timer,
                worker, ownSockets, own ? ownServer.account() : OwnAccount.NONE);
        prefixes.stream().distinct().forEach(opened::listen);
        connections.put(server, opened);
        Cse present = cse;
        if (present != null) {
            worker.execute(() -> introduce(opened, present));
        }
        opened.open();
        return opened;
    }

    private boolean isKnownCse(String cseId) {
        Registrations known = registrations;
        return known != null && (known.cse(cseId).isPresent() || known.registrar().filter(cseId::equals).isPresent());
    }

    private synchronized List<ServerAddress> knownServers() {
        return List.copyOf(connections.keySet());
    }

    private List<String> advertised(List<String> wanted) {
        if (!wanted.isEmpty()) {
            return wanted.stream().map(uri -> MqttUri.parse(URI.create(uri)).toString()).toList();
        }
        List<String> uris = new ArrayList<>();
        registrar.ifPresent(uri -> uris.add(uri.toString()));
        configured.forEach(uri -> uris.add(uri.toString()));
        return uris.stream().distinct().toList();
    }

    private static Settings settings(Config config) {
        Serialization serialization = Serialization.ofSuffix(config.defaultSerialization()).orElseThrow(
                () -> new IllegalArgumentException("mqtt.defaultSerialization must be json, xml or cbor: "
                        + config.defaultSerialization()));
        boolean spRelative = config.idForm().equals("spRelative");
        if (!spRelative && !config.idForm().equals("stem")) {
            throw new IllegalArgumentException("mqtt.idForm must be stem or spRelative: " + config.idForm());
        }
        List<String> leniencies = words(config.leniencies());
        if (config.keepAliveSeconds() < 0 || config.requestTimeoutSeconds() < 1 || config.connectWaitMillis() < 0
                || config.maxInProgress() < 1 || config.maxWaiting() < 1 || config.maxWaitingBytes() < 1
                || config.serverWindow() < 1) {
            throw new IllegalArgumentException("mqtt: times and limits must be positive");
        }
        return new Settings(config.keepAliveSeconds(), Duration.ofSeconds(config.requestTimeoutSeconds()),
                Duration.ofMillis(config.connectWaitMillis()), serialization, spRelative,
                Leniency.of(leniencies.equals(List.of("none")) ? List.of() : leniencies),
                new RequestIntake.Limits(config.maxInProgress(), config.maxWaiting(), config.maxWaitingBytes()),
                config.serverWindow(),
                Optional.of(config.userName()).filter(s -> !s.isEmpty()),
                Optional.of(config.password()).filter(s -> !s.isEmpty()));
    }

    private static List<MqttUri> servers(List<String> words, ServerAddress ownServer) {
        if (words.equals(List.of("none"))) {
            return List.of();
        }
        MqttUri own = new MqttUri(ownServer, "", Optional.empty());
        return words.isEmpty() ? List.of(own)
                : words.stream().map(word -> word.equals("auto") ? own : MqttUri.parse(URI.create(word))).toList();
    }

    /** A configuration file holds a list as one text with commas. */
    private static List<String> words(String[] values) {
        return Arrays.stream(values).flatMap(value -> Arrays.stream(value.split("[,\\s]+"))).filter(word -> !word.isEmpty())
                .toList();
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    private static CompletionStage<ResponsePrimitive> unreachable(String why) {
        return CompletableFuture.failedStage(new UnreachableException(why, false, null));
    }
}
