// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import io.lintel.cse.api.Cse;
import io.lintel.cse.api.Departure;
import io.lintel.cse.api.Door;
import io.lintel.cse.api.OutboundRequest;
import io.lintel.cse.api.PrimitiveSender;
import io.lintel.cse.api.Registrations;
import io.lintel.cse.api.UnreachableException;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.Serialization;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.logging.Level;
import org.osgi.service.cm.ConfigurationEvent;
import org.osgi.service.cm.ConfigurationListener;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The MQTT binding (TS-0010): this CSE as a client of its own MQTT server, of its registrar's, and of any others, all
 * at once. Which these are is {@link ConfiguredServers}' affair, the connections are {@link ServerConnections}'; this class
 * is the door that the CSE, the console and the configuration know.
 *
 * <p>The CSE may be replaced while this component stays: what arrives meanwhile is not acknowledged, and asked as soon
 * as there is a CSE again. Threads: see {@link MqttThreads}. References come and go on any thread.
 */
@Component(immediate = true, service = {PrimitiveSender.class, Door.class, Departure.class,
        ConfigurationListener.class},
        configurationPid = "io.lintel.mqtt")
@Designate(ocd = MqttBinding.Config.class)
public final class MqttBinding implements PrimitiveSender, Door, Departure, ConfigurationListener {
    private static final Logger LOG = LoggerFactory.getLogger(MqttBinding.class);
    /** After the registration, which may need these very sessions. */
    private static final int DEPARTS = 20;
    private static final java.util.logging.Logger PAHO_LOG = java.util.logging.Logger.getLogger("org.eclipse.paho.client.mqttv3");

    /** Settings of {@code io.lintel.mqtt}. */
    @ObjectClassDefinition(name = "Lintel MQTT binding", description = "oneM2M over MQTT (TS-0010), as client of MQTT servers")
    @interface Config {
        @AttributeDefinition(name = "MQTT servers", required = false, description = "mqtt: or mqtts: URIs, each with an optional "
                + "path that is put before the topics, separated by commas; auto or nothing: the own server; none: no server")
        String[] servers() default {};

        @AttributeDefinition(name = "Points of access", required = false, description = "mqtt: or mqtts: URIs to tell others, "
                + "separated by commas; nothing: the registrar's server and the MQTT servers")
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
                + " commas: noSuffix, leadingColon, swappedResponses, wrappedJson, hexCbor, qos0, idAsCredential, missingFrom,"
                + " receiverInPath, baseResourceId, registrationRetrieve; none: none")
        String[] leniencies() default {"noSuffix", "leadingColon", "swappedResponses", "wrappedJson", "hexCbor", "qos0",
                "idAsCredential", "missingFrom", "receiverInPath"};

        @AttributeDefinition(name = "Originators that reuse request identifiers", required = false, description = "As in topics,"
                + " with * as wildcard, separated by commas: an equal message of theirs is a new request, not a repetition")
        String[] reusedIdentifiers() default {};

        @AttributeDefinition(name = "Requests in progress",
                description = "Most requests of one server that are with the CSE at once")
        int maxInProgress() default 256;

        @AttributeDefinition(name = "Requests waiting",
                description = "Most requests of one server that wait in memory; beyond half"
                + " of them they wait on disk, and if there is no room either, at the server")
        int maxWaiting() default 1_000;

        @AttributeDefinition(name = "Bytes waiting", description = "Most bytes of requests of one server that wait in memory")
        int maxWaitingBytes() default 4 << 20;

        @AttributeDefinition(name = "Window of other MQTT servers",
                description = "Unacknowledged messages that servers other than"
                + " the own one allow a client (Mosquitto: max_inflight_messages)")
        int serverWindow() default 20;

        @AttributeDefinition(name = "Idle time, s", description = "How long a connection stays unused that was made because"
                + " there was something to send")
        int idleSeconds() default 300;

        @AttributeDefinition(name = "User name", required = false, description = "For the servers above and the registrar's")
        String userName() default "";

        @AttributeDefinition(name = "Password", required = false, type = AttributeType.PASSWORD)
        String password() default "";
    }

    /** The service property {@link PrimitiveSender#SCHEMES}, as the array that it has to be. */
    @interface Schemes {
        String[] io_lintel_schemes() default {"mqtt", "mqtts"};
    }

    private final Settings settings;
    private final ConfiguredServers.Simple simple;
    private final MqttThreads threads;
    private final ServerAliases aliases;
    private final ServerConnections connections;
    private final Map<String, ServerConfiguration> named = new TreeMap<>();
    /** Gone, changed or deleted, by name. */
    private final Map<String, ServerConfiguration> recent = new TreeMap<>();
    private final Set<String> deleted = new TreeSet<>();
    private volatile ConfiguredServers configured;
    private volatile Registrations registrations;
    private volatile Optional<OwnListeners> ownListeners = Optional.empty();

    @Activate
    public MqttBinding(Config config, Schemes schemes, @Reference OwnServer ownServer, @Reference RegistrarServer registrarServer,
            @Reference OwnSockets ownSockets) {
        this.settings = Settings.of(config);
        this.simple = new ConfiguredServers.Simple(settings, account(config), servers(Settings.words(config.servers()),
                ownServer.address()), registrarServer.uri(), points(Settings.words(config.pointsOfAccess())), ownServer,
                ownServer.home());
        this.configured = new ConfiguredServers(simple, List.of());
        // Paho reports a lost connection as SEVERE; MqttLink says it where it belongs.
        PAHO_LOG.setLevel(Level.OFF);
        this.threads = MqttThreads.start();
        this.aliases = new ServerAliases(ownServer.address(), () -> ownListeners.map(OwnListeners::ports).orElse(Set.of()));
        this.connections = new ServerConnections(threads, settings, ownSockets, this::isKnownCse, configured);
    }

    @Reference(policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.OPTIONAL)
    void bindCse(Cse arrived) {
        connections.cseArrived(arrived);
    }

    void unbindCse(Cse left) {
        connections.cseLeft(left);
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

    @Reference(policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.OPTIONAL)
    void bindOwnListeners(OwnListeners arrived) {
        ownListeners = Optional.of(arrived);
    }

    void unbindOwnListeners(OwnListeners left) {
        if (ownListeners.filter(left::equals).isPresent()) {
            ownListeners = Optional.empty();
        }
    }

    /** References are bound in the order of their names: this one before the CSE, with which connecting begins. */
    @Reference(name = "ConfiguredServer", policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.MULTIPLE)
    synchronized void bindServer(ServerConfiguration arrived) {
        named.put(arrived.name(), arrived);
        recent.remove(arrived.name());
        configure();
    }

    synchronized void unbindServer(ServerConfiguration gone) {
        if (named.remove(gone.name(), gone)) {
            configure();
            recent.put(gone.name(), gone);
            if (deleted.remove(gone.name())) {
                forget(gone.name());
            }
        }
    }

    /**
     * A server's configuration was deleted, which a stop of the node or of the bundle is not. Comes before or after the
     * component that held it is gone.
     */
    @Override
    public synchronized void configurationEvent(ConfigurationEvent event) {
        if (event.getType() == ConfigurationEvent.CM_DELETED && ServerConfiguration.PID.equals(event.getFactoryPid())) {
            deleted(ServerConfiguration.name(event.getPid()));
        }
    }

    synchronized void deleted(String name) {
        if (named.containsKey(name)) {
            deleted.add(name);
        } else {
            forget(name);
        }
    }

    private void forget(String name) {
        ServerConfiguration gone = recent.remove(name);
        try {
            if (gone != null) {
                connections.forget(gone.uri().server());
            }
        } catch (IllegalArgumentException e) {
            LOG.debug("there was no connection: {}", e.getMessage());
        }
    }

    private void configure() {
        List<String> before = configured.faults();
        configured = new ConfiguredServers(simple, named.values());
        configured.faults().stream().filter(fault -> !before.contains(fault)).forEach(LOG::error);
        connections.configured(configured);
    }

    @Deactivate
    void deactivate() {
        connections.close();
        aliases.close();
        threads.stop();
    }

    @Override
    public CompletionStage<ResponsePrimitive> send(OutboundRequest outbound) {
        MqttUri target;
        try {
            target = MqttUri.parse(outbound.pointOfAccess());
        } catch (IllegalArgumentException e) {
            return unreachable(e.getMessage());
        }
        Optional<String> receiver = outbound.receiver();
        Optional<String> inPath = settings.allows(Leniency.RECEIVER_IN_PATH) ? target.receiverInPath() : Optional.empty();
        String prefix = inPath.isPresent() || target.path().isEmpty() ? "" : target.prefix();
        if (receiver.isEmpty() && inPath.isEmpty() && target.path().isEmpty()) {
            return unreachable("a notification URI must have a path, which is the topic: " + outbound.pointOfAccess());
        }
        Serialization format = outbound.serialization().or(target::contentType).orElse(settings.serialization());
        CompletableFuture<ResponsePrimitive> response = new CompletableFuture<>();
        aliases.canonical(configured.canonical(target.server()), connections::addresses).thenCompose(server -> {
            try {
                if (receiver.isPresent() && outbound.credential().isPresent()) {
                    return connections.register(server, prefix, outbound.credential().get(), session -> session.request(
                            outbound.request(), receiver.get(), format, outbound.deadline()));
                }
                ServerConnection connection = connections.to(server);
                return receiver.or(() -> inPath)
                        .map(id -> connection.request(outbound.request(), prefix, id, format, outbound.deadline()))
                        .orElseGet(() -> connection.notify(outbound.request(), target.path(), format, outbound.deadline()));
            } catch (UnreachableException e) {
                return CompletableFuture.failedStage(e);
            }
        }).whenComplete((answer, failure) -> {
            if (failure == null) {
                response.complete(answer);
            } else {
                // The caller is promised the failure itself, without the wrapper of a dependent stage.
                response.completeExceptionally(failure instanceof CompletionException ? failure.getCause() : failure);
            }
        });
        return response;
    }

    @Override
    public String name() {
        return "mqtt";
    }

    @Override
    public boolean isOpen() {
        return connections.isOpen();
    }

    @Override
    public String detail() {
        return connections.detail();
    }

    @Override
    public List<String> pointsOfAccess() {
        return configured.pointsOfAccess();
    }

    @Override
    public int order() {
        return DEPARTS;
    }

    @Override
    public CompletionStage<List<Outcome>> depart(Optional<String> which) {
        if (which.isEmpty()) {
            return connections.leave(server -> true);
        }
        ServerAddress wanted;
        try {
            wanted = configured.canonical(MqttUri.parse(which.get()).server());
        } catch (IllegalArgumentException e) {
            return CompletableFuture.completedStage(List.of(new Outcome(false, e.getMessage())));
        }
        return connections.leave(wanted::equals).thenApply(outcomes -> outcomes.isEmpty()
                ? List.of(new Outcome(false, "this node is no client of MQTT server " + wanted)) : outcomes);
    }

    /** What waits or is on its way, for each server. */
    List<String> figures() {
        return connections.figures();
    }

    private boolean isKnownCse(String cseId) {
        Registrations known = registrations;
        return known != null && (known.cse(cseId).isPresent() || known.registrar().filter(cseId::equals).isPresent());
    }

    private static Account account(Config config) {
        if (config.userName().isEmpty() && !config.password().isEmpty()) {
            throw new IllegalArgumentException("mqtt.userName is missing: MQTT sends a password with a user name only");
        }
        return Account.of(config.userName(), config.password());
    }

    private static List<MqttUri> servers(List<String> words, ServerAddress ownServer) {
        if (words.equals(List.of("none"))) {
            return List.of();
        }
        MqttUri own = new MqttUri(ownServer, "", Optional.empty());
        return words.isEmpty() ? List.of(own)
                : words.stream().map(word -> word.equals("auto") ? own : uri("mqtt.servers", word)).toList();
    }

    private static List<String> points(List<String> words) {
        return words.stream().map(word -> uri("mqtt.pointsOfAccess", word).toString()).toList();
    }

    private static MqttUri uri(String key, String text) {
        try {
            return MqttUri.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(key + ": " + e.getMessage(), e);
        }
    }

    private static CompletionStage<ResponsePrimitive> unreachable(String why) {
        return CompletableFuture.failedStage(new UnreachableException(why, false, null));
    }
}
