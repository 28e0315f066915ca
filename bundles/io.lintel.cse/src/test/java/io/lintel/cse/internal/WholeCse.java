// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.Binding;
import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.CseIdentity.CseType;
import io.lintel.cse.api.Hop;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.internal.outbound.OutboundNetwork;
import io.lintel.cse.internal.outbound.OutboundNode;
import io.lintel.cse.internal.outbound.OutboundSettings;
import io.lintel.cse.internal.outbound.OutboundSide;
import io.lintel.cse.internal.registration.AnnouncedAe;
import io.lintel.cse.internal.registration.RegistrarSettings;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponsePrimitive;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** One CSE of a test with everything but its framework and its bindings: both sides put together as the component does it. */
public final class WholeCse {
    private final CseSettings settings;
    private final Optional<RegistrarSettings> registrar;
    public ResourceStore store;
    private final Clock clock;
    private OutboundSettings numbers;
    private ScheduledExecutorService executor;
    public CseCore core;
    public OutboundSide outbound;

    private final OutboundNetwork network;
    private int requests;

    public static final OutboundSettings NUMBERS = OutboundNode.settings().withRequestTimeout(Duration.ofSeconds(2))
            .withRetries(Duration.ofMillis(5), Duration.ofMillis(50));

    private WholeCse(CseSettings settings, Optional<RegistrarSettings> registrar, OutboundNetwork network, ResourceStore store,
            Clock clock, OutboundSettings numbers) {
        this.store = store;
        this.clock = clock;
        this.numbers = numbers;
        this.settings = settings;
        this.registrar = registrar;
        this.network = network;
        boot();
    }

    /** The IN-CSE; listens at {@code in}, where {@code mn} calls. */
    public static WholeCse infrastructure(OutboundNetwork network) {
        return infrastructure(network, new InMemoryResourceStore(10_000), Clock.systemUTC());
    }

    public static WholeCse infrastructure(OutboundNetwork network, ResourceStore store, Clock clock) {
        WholeCse infrastructure = new WholeCse(CseDriver.settings(CseType.IN, true), Optional.empty(), network, store, clock,
                NUMBERS);
        infrastructure.listen("in", "/mn-cse");
        return infrastructure;
    }

    /** A MN-CSE {@code /name-cse} that listens at {@code name} and registers at {@code in}. */
    public static WholeCse gateway(OutboundNetwork network, String name) {
        return gateway(network, name, "in");
    }

    public static WholeCse gateway(OutboundNetwork network, String name, String registrar) {
        return gateway(network, name, registrar, new InMemoryResourceStore(10_000), Clock.systemUTC(), NUMBERS);
    }

    public static WholeCse gateway(OutboundNetwork network, String name, String registrar, ResourceStore store, Clock clock,
            OutboundSettings numbers) {
        return gateway(network, name, registrar, name, store, clock, numbers);
    }

    /** @param authority of the gateway's own pointOfAccess */
    public static WholeCse gateway(OutboundNetwork network, String name, String registrar, String authority, ResourceStore store,
            Clock clock, OutboundSettings numbers) {
        return gateway(network, name, RegistrarSettings.of("mqtt://" + registrar, "/in-cse", "in-name", List.of("mqtt://"
                + authority), "json", Duration.ofHours(1), Duration.ofMillis(200), Duration.ofMillis(5), Duration.ofMillis(50)),
                store, clock, numbers);
    }

    /** A MN-CSE {@code /name-cse} that listens at {@code name} for its registrar. */
    public static WholeCse gateway(OutboundNetwork network, String name, RegistrarSettings registrar) {
        return gateway(network, name, registrar, new InMemoryResourceStore(10_000), Clock.systemUTC(), NUMBERS);
    }

    private static WholeCse gateway(OutboundNetwork network, String name, RegistrarSettings registrar, ResourceStore store,
            Clock clock, OutboundSettings numbers) {
        CseSettings usual = CseDriver.settings(CseType.MN, true);
        CseIdentity identity = new CseIdentity("//lintel.example", "/" + name + "-cse", "mn-name", "base", CseType.MN, "CAdmin");
        CseSettings settings = new CseSettings(identity, true, List.of(), usual.aeIds(), usual.appIds(), usual.cseIds(),
                usual.releaseVersions(), usual.defaultExpiration(), usual.maximumExpiration(), usual.requestTimeout(),
                usual.maximumContentBytes(), usual.maximumResults(), usual.storedResponse());
        WholeCse gateway = new WholeCse(settings, Optional.of(registrar), network, store, clock, numbers);
        gateway.listen(name, registrar.cseId());
        return gateway;
    }

    public void awaitRegistered() {
        network.await(() -> outbound.registrarDoor().orElseThrow().isOpen() && core.registrations().registrar().isPresent(),
                "the gateway is registered: " + outbound.registrarDoor().orElseThrow().detail());
    }

    public void boot() {
        executor = Executors.newScheduledThreadPool(2);
        AtomicReference<CseCore> built = new AtomicReference<>();
        OutboundSide.Hosting hosting = new OutboundSide.Hosting(request -> built.get().internal(request),
                (context, resource) -> built.get().mayRetrieve(context, resource), List::of);
        outbound = new OutboundSide(identity(), store, network::sender, hosting, numbers, registrar, clock, executor);
        core = new CseCore(settings, store, new CseCore.Surroundings(clock, action -> { }, List::of, executor,
                numbers.bounds().executions()),
                new CseCore.Outbound(outbound.events(), outbound.forwarding(), outbound.rules(), outbound.queue(),
                        outbound.infrastructure(), outbound.virtual()));
        built.set(core);
        core.open();
        outbound.start();
        executor.scheduleWithFixedDelay(core::executeDelayed, 5, 5, TimeUnit.MILLISECONDS);
        executor.scheduleWithFixedDelay(core::sweepExpired, 50, 50, TimeUnit.MILLISECONDS);
    }

    /** Another life, with other numbers. */
    public void crashAndBoot(OutboundSettings changed) {
        crash();
        numbers = changed;
        boot();
    }

    public void crash() {
        executor.shutdownNow();
        outbound.close();
    }

    public CseIdentity identity() {
        return settings.identity();
    }

    public void listen(String authority, String caller) {
        network.peer(authority, request -> core.dispatcher().handle(request.request(), from(caller, request.request())));
    }

    /** As MQTT has it: the sender is named, and the same bytes have the same key. */
    private Hop from(String caller, RequestPrimitive request) {
        return new Hop(Binding.MQTT, caller, true, false, Optional.empty(), Optional.of(caller), Optional.empty(),
                Optional.of(request.toString()));
    }

    /**
     * Listens behind a MQTT server that knows its clients (TS-0010 7.4): with a Credential-ID one may register only, and who
     * is not registered is not let in under its own name.
     */
    public void listenBehindServer(String authority, String caller, String credential, String... permitted) {
        network.peer(authority, request -> {
            if (request.credential().isPresent()) {
                Hop hop = new Hop(Binding.MQTT, "client", false, true, Optional.empty(), Optional.empty(), request.credential(),
                        Optional.of(request.request().toString()), false, Optional.of(List.of(permitted)));
                return request.credential().get().equals(credential) ? core.dispatcher().handle(request.request(), hop)
                        : OutboundNetwork.unreachable(false);
            }
            return core.registrations().cse(caller).filter(found -> found.credential().equals(credential)).isPresent()
                    ? core.dispatcher().handle(request.request(), new Hop(Binding.MQTT, caller, false, true, Optional.empty(),
                            Optional.of(caller), Optional.empty(), Optional.of(request.request().toString())))
                    : OutboundNetwork.unreachable(false);
        });
    }

    public ResponsePrimitive ask(Operation operation, String to, String from, Optional<Integer> type, Content content) {
        RequestPrimitive.Builder builder = RequestPrimitive.builder(operation, to).requestIdentifier("t" + ++requests)
                .set(RequestParameter.RELEASE_VERSION_INDICATOR, "2a");
        if (!from.isEmpty()) {
            builder.from(from);
        }
        type.ifPresent(builder::resourceType);
        if (content != null) {
            builder.content(content);
        }
        return core.dispatcher().handle(builder.build(), Hop.plain(Binding.HTTP, "test", true)).toCompletableFuture().join();
    }

    public String ae(String stem, String... pointsOfAccess) {
        Attributes.Builder ae = Attributes.builder().set("api", "Ntest").set("rr", true).set("srv", List.of("2a"));
        if (pointsOfAccess.length > 0) {
            ae.set("poa", List.of(pointsOfAccess));
        }
        ResponsePrimitive response = ask(Operation.CREATE, identity().baseName(), stem, Optional.of(ResourceTypes.AE),
                new Content("m2m:ae", ae.build()));
        assertThat(response.statusCode()).as(response.toString()).isEqualTo(2001);
        return response.content().orElseThrow().attributes().text("aei").orElseThrow();
    }

    /** A registration over MQTT with a Credential-ID in the topic. */
    public ResponsePrimitive register(String stem, String credential, Attributes ae) {
        Hop hop = new Hop(Binding.MQTT, "device", true, false, Optional.empty(), Optional.empty(), Optional.of(credential),
                Optional.empty());
        RequestPrimitive request = RequestPrimitive.builder(Operation.CREATE, identity().baseName()).from(stem)
                .requestIdentifier("t" + ++requests).set(RequestParameter.RELEASE_VERSION_INDICATOR, "2a")
                .resourceType(ResourceTypes.AE).content(new Content("m2m:ae", ae)).build();
        return core.dispatcher().handle(request, hop).toCompletableFuture().join();
    }

    /** A request as it comes from another CSE, which the topic names. */
    public ResponsePrimitive from(String cse, Operation operation, String to, String originator, Content content) {
        RequestPrimitive.Builder builder = RequestPrimitive.builder(operation, to).from(originator).requestIdentifier("t"
                + ++requests)
                .set(RequestParameter.RELEASE_VERSION_INDICATOR, "2a");
        if (operation == Operation.CREATE) {
            builder.resourceType(AnnouncedAe.TYPE);
        }
        if (content != null) {
            builder.content(content);
        }
        RequestPrimitive request = builder.build();
        return core.dispatcher().handle(request, from(cse, request)).toCompletableFuture().join();
    }

    public void create(String to, String from, int type, String member, Attributes attributes) {
        ResponsePrimitive response = ask(Operation.CREATE, to, from, Optional.of(type), new Content(member, attributes));
        assertThat(response.statusCode()).as(response.toString()).isEqualTo(2001);
    }
}
