// SPDX-License-Identifier: Apache-2.0
package io.lintel.adapter.internal;

import io.lintel.adapter.DeviceAdapter;
import io.lintel.adapter.ModuleReading;
import io.lintel.adapter.Publication;
import io.lintel.adapter.Reading;
import io.lintel.cse.api.Cse;
import io.lintel.cse.api.Door;
import io.lintel.cse.api.OutboundRequest;
import io.lintel.cse.api.PrimitiveSender;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.AttributeType;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Where devices that speak no oneM2M meet the CSE. Messages of all adapters' topics come in over one MQTT connection with
 * a durable session, become readings, and are acknowledged when the contentInstances made of them are on disk; so nothing
 * is lost while this bundle is replaced. Commands come in as notifications to the devices' AEs, by the URI scheme
 * {@code adapter}, and are answered when the MQTT server has taken the message to the device.
 *
 * <p>All state is confined to one thread, {@code lintel-adapter}; it never waits for the CSE or for the network.
 */
@Component(configurationPid = "io.lintel.adapter", service = {PrimitiveSender.class, Door.class},
        property = PrimitiveSender.SCHEMES + "=adapter")
@Designate(ocd = AdapterHost.Config.class)
public final class AdapterHost implements PrimitiveSender, Door {
    private static final Logger LOG = LoggerFactory.getLogger(AdapterHost.class);
    /** Whoever may publish invents names, and each name becomes an AE. */
    private static final int MOST_DEVICES = 2_000;

    /** Configuration. */
    @ObjectClassDefinition(name = "Lintel device adapters", description = "Devices that speak MQTT but no oneM2M")
    @interface Config {
        @AttributeDefinition(name = "Enabled",
                description = "Whether devices are looked for at all; false on a new Infrastructure Node")
        boolean enabled() default true;

        @AttributeDefinition(name = "MQTT server", description = "Where the devices publish: mqtt://host:port")
        String server() default "mqtt://127.0.0.1:1883";

        @AttributeDefinition(name = "Client identifier", description = "Names the durable session at the MQTT server; "
                + "empty makes one of the CSE-ID, as each node needs its own")
        String clientId() default "";

        @AttributeDefinition(name = "User name", description = "If the MQTT server asks for one; the node's own needs none set")
        String user() default "";

        @AttributeDefinition(name = "Password", description = "If the MQTT server asks for one", type = AttributeType.PASSWORD)
        String password() default "";

        @AttributeDefinition(name = "Readers",
                description = "Originators that may read the devices and subscribe to them, such as /in-cse/*; "
                + "nobody but the administrator when empty")
        String[] readers() default {};

        @AttributeDefinition(name = "Operators", description = "Originators that may send commands to the devices")
        String[] operators() default {};

        @AttributeDefinition(name = "Instances kept", description = "How many readings each container keeps")
        int maxNrOfInstances() default 10_000;
    }

    private final Config config;
    private final String version;
    private final ScheduledExecutorService thread;
    private final DeviceLink link;
    private final CseClient cse;
    private final Map<String, Device> devices = new ConcurrentHashMap<>();
    private final Map<String, DeviceAdapter> adapters = new ConcurrentHashMap<>();

    /** Whether it was said that there are too many devices; on {@code lintel-adapter}. */
    private boolean crowded;

    @Activate
    public AdapterHost(Config config, BundleContext bundle, @Reference OwnServer ownServer) {
        this(config, bundle.getBundle().getVersion().toString(), ownServer);
    }

    AdapterHost(Config config, String version, OwnServer ownServer) {
        this.config = config;
        this.version = version;
        thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread made = new Thread(task, "lintel-adapter");
            made.setDaemon(true);
            return made;
        });
        cse = new CseClient(thread);
        link = new DeviceLink(config.server(), config.user(), config.password(), ownServer, thread, this::received);
        if (config.enabled() && !config.clientId().isEmpty()) {
            link.start(config.clientId());
        }
    }

    @Deactivate
    void deactivate() {
        link.close();
        thread.shutdownNow();
        LOG.info("device adapters stopped");
    }

    @Reference(policy = ReferencePolicy.DYNAMIC, cardinality = ReferenceCardinality.OPTIONAL, unbind = "unsetCse")
    void setCse(Cse service) {
        cse.available(service);
        if (config.enabled() && config.clientId().isEmpty()) {
            link.start("lintel-adapter-" + service.identity().cseIdElement());
        }
    }

    void unsetCse(Cse service) {
        cse.gone(service);
    }

    @Reference(policy = ReferencePolicy.DYNAMIC, cardinality = ReferenceCardinality.MULTIPLE, unbind = "removeAdapter")
    void addAdapter(DeviceAdapter adapter) {
        adapters.put(adapter.name(), adapter);
        link.subscribe(topicFilters());
        LOG.info("adapter {} takes {}", adapter.name(), adapter.topicFilters());
    }

    void removeAdapter(DeviceAdapter adapter) {
        adapters.remove(adapter.name(), adapter);
    }

    private Collection<String> topicFilters() {
        return adapters.values().stream().flatMap(adapter -> adapter.topicFilters().stream()).distinct().toList();
    }

    /** On {@code lintel-adapter}: a message from a device; completes when it may be acknowledged. */
    private CompletionStage<Void> received(DeviceLink.Message message) {
        List<CompletableFuture<?>> stored = new ArrayList<>();
        for (DeviceAdapter adapter : adapters.values()) {
            if (adapter.topicFilters().stream().anyMatch(filter -> TopicFilters.matches(filter, message.topic()))) {
                for (Reading reading : understood(adapter, message, adapter::read)) {
                    if (devices.size() >= MOST_DEVICES && !devices.containsKey(key(adapter, reading.device()))) {
                        LOG.atLevel(crowded ? Level.DEBUG : Level.WARN).log("{} devices are known already: a reading of {} is "
                                + "passed over", MOST_DEVICES, reading.device());
                        crowded = true;
                        continue;
                    }
                    stored.add(device(adapter, reading.device()).store(reading, message.delivery().part(stored.size()))
                            .toCompletableFuture());
                }
                for (ModuleReading reading : understood(adapter, message, adapter::modules)) {
                    Device device = devices.get(key(adapter, reading.device()));
                    if (device != null || devices.size() < MOST_DEVICES) {
                        stored.add(device(adapter, reading.device()).show(reading).toCompletableFuture());
                    }
                }
            }
        }
        return CompletableFuture.allOf(stored.toArray(CompletableFuture[]::new));
    }

    private static <T> List<T> understood(DeviceAdapter adapter, DeviceLink.Message message,
            BiFunction<String, byte[], List<T>> meaning) {
        try {
            return meaning.apply(message.topic(), message.payload());
        } catch (IllegalArgumentException e) {
            LOG.debug("{} passes over a message on {}: {}", adapter.name(), message.topic(), e.getMessage());
            return List.of();
        }
    }

    private Device device(DeviceAdapter adapter, String name) {
        return devices.computeIfAbsent(key(adapter, name), key -> new Device(adapter.name(), name, cse, Clock.systemUTC(),
                list(config.readers()), list(config.operators()), config.maxNrOfInstances()));
    }

    private static String key(DeviceAdapter adapter, String device) {
        return adapter.name() + "/" + device;
    }

    /** A file has one text with commas, the console several texts. */
    static List<String> list(String[] values) {
        return Arrays.stream(values).flatMap(value -> Arrays.stream(value.split(","))).map(String::trim)
                .filter(value -> !value.isEmpty()).toList();
    }

    /** A notification to a device's AE: a command, if it says that a contentInstance was created. */
    @Override
    public CompletionStage<ResponsePrimitive> send(OutboundRequest outbound) {
        String rqi = outbound.request().requestIdentifier();
        String adapterName = Optional.ofNullable(outbound.pointOfAccess().getHost()).orElse("");
        String path = outbound.pointOfAccess().getPath();
        DeviceAdapter adapter = adapters.get(adapterName);
        if (adapter == null || path == null || path.length() < 2) {
            return answer(rqi, ResponseStatusCode.NOT_FOUND, "no adapter serves " + outbound.pointOfAccess());
        }
        String device = path.substring(1);
        Optional<Attributes> representation = outbound.request().content().map(Content::attributes)
                .flatMap(notification -> notification.object("nev")).flatMap(event -> event.object("rep"));
        Optional<String> command = representation.flatMap(rep -> rep.object("m2m:cin")).flatMap(AdapterHost::contentText);
        Optional<Attributes> module = representation.filter(rep -> command.isEmpty() && rep.size() == 1)
                .flatMap(rep -> rep.object(rep.names().iterator().next())).filter(changed -> changed.has("cnd"));
        if (command.isEmpty() && module.isEmpty()) {
            return CompletableFuture.completedFuture(ResponsePrimitive.builder(ResponseStatusCode.OK, rqi).build());
        }
        CompletableFuture<ResponsePrimitive> answered = new CompletableFuture<>();
        thread.execute(() -> {
            if (command.isPresent()) {
                carryOut(adapter, device, () -> adapter.command(device, command.get()), rqi, answered);
            } else {
                change(adapter, device, module.get(), rqi, answered);
            }
        });
        return answered;
    }

    /** A change of a flexContainer: a command, unless the device said it itself. Refused, the flexContainer shows that. */
    private void change(DeviceAdapter adapter, String name, Attributes changed, String rqi,
            CompletableFuture<ResponsePrimitive> answered) {
        String module = changed.text("rn").orElse("");
        Map<String, Object> values = new HashMap<>();
        changed.forEach(values::put);
        device(adapter, name).changed(module, changed.number("st"), () -> {
            carryOut(adapter, name, () -> adapter.change(name, module, values), rqi, answered);
            return answered.thenApply(ResponsePrimitive::isSuccess);
        }).whenComplete((done, failure) -> {
            if (failure != null) {
                answered.completeExceptionally(failure);
            } else {
                answered.complete(ResponsePrimitive.builder(ResponseStatusCode.OK, rqi).build());
            }
        });
    }

    private void carryOut(DeviceAdapter adapter, String device, Supplier<List<Publication>> command, String rqi,
            CompletableFuture<ResponsePrimitive> answered) {
        try {
            link.publish(command.get()).whenComplete((done, failure) -> {
                if (failure == null) {
                    answered.complete(ResponsePrimitive.builder(ResponseStatusCode.OK, rqi).build());
                } else {
                    answered.completeExceptionally(failure);
                }
            });
        } catch (IllegalArgumentException e) {
            LOG.debug("{} refuses a command for {}: {}", adapter.name(), device, e.getMessage());
            device(adapter, device)
                    .store(new Reading(device, "refused", e.getMessage(), "text/plain", false), CseClient.Delivery.ONCE);
            answered.complete(ResponsePrimitive.builder(ResponseStatusCode.BAD_REQUEST, rqi)
                    .content(Content.debugInfo(e.getMessage())).build());
        }
    }

    private static Optional<String> contentText(Attributes instance) {
        return instance.get("con").map(Object::toString);
    }

    private static CompletionStage<ResponsePrimitive> answer(String rqi, ResponseStatusCode status, String text) {
        return CompletableFuture.completedFuture(
                ResponsePrimitive.builder(status, rqi).content(Content.debugInfo(text)).build());
    }

    @Override
    public String name() {
        return "adapter";
    }

    @Override
    public boolean isOpen() {
        return link.isConnected() || !config.enabled();
    }

    @Override
    public String detail() {
        if (!config.enabled()) {
            return "switched off by adapter.enabled";
        }
        return link.isConnected() ? "connected to " + config.server() + ", " + devices.size() + " devices, build " + version
                : link.problem();
    }
}
