// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.Binding;
import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.Hop;
import io.lintel.cse.api.RegistrationListener;
import io.lintel.cse.api.Registrations;
import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.operation.EventSink;
import io.lintel.cse.internal.operation.ResourceEvent;
import io.lintel.cse.internal.outbound.Forwarding;
import io.lintel.cse.internal.outbound.OutboundEnqueuing;
import io.lintel.cse.internal.outbound.OutboundResults;
import io.lintel.cse.internal.outbound.RequestOutcomes;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.cse.internal.request.StoredContext;
import io.lintel.cse.internal.type.TypeRules;
import io.lintel.primitive.Address;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * A whole hosting side on an in-memory store, to be spoken to as its peers do: {@code cse.as("CAE1").create(…)}. Its
 * clock stands still until a test moves it. What would leave is answered by {@link #elsewhere}.
 */
public final class CseDriver implements AutoCloseable {
    public static final int ACP = 1;
    public static final int AE = 2;
    public static final int CNT = 3;
    public static final int CIN = 4;
    public static final int CSR = 16;
    public static final int SUB = 23;

    public final TestClock clock = new TestClock();
    public final List<ResourceEvent> events = new CopyOnWriteArrayList<>();
    public final List<String> registrationNews = new CopyOnWriteArrayList<>();
    public final List<RequestPrimitive> left = new CopyOnWriteArrayList<>();
    public final InMemoryResourceStore store;
    public final CseSettings settings;
    List<String> doors = List.of();
    public java.util.function.Function<RequestPrimitive, CompletionStage<ResponsePrimitive>> elsewhere = request ->
            CompletableFuture.failedFuture(new PrimitiveException(ResponseStatusCode.NOT_FOUND, "no way to " + request.to()));
    /** What was left to the outbound queue, in order. */
    final java.util.Set<String> full = java.util.concurrent.ConcurrentHashMap.newKeySet();
    public final List<OutboundItem> queued = new java.util.concurrent.CopyOnWriteArrayList<>();
    /** Notifications that a group gathers. */
    public final List<RequestPrimitive> gathered = new java.util.concurrent.CopyOnWriteArrayList<>();
    /** Of {@code <request>} resources, from the next restart on. */
    public io.lintel.cse.internal.nonblocking.RequestLife requestLife = io.lintel.cse.internal.nonblocking.RequestLife.defaults();
    /** Who knows the machine, if somebody does. */
    public Optional<io.lintel.cse.api.NodeManagement> management = Optional.empty();
    private CseCore core;
    private int requests;

    public static CseDriver mn() {
        return new CseDriver(settings(CseIdentity.CseType.MN, true), new InMemoryResourceStore(1000));
    }

    public static CseDriver with(CseSettings settings) {
        return new CseDriver(settings, new InMemoryResourceStore(1000));
    }

    public static CseSettings settings(CseIdentity.CseType type, boolean loopbackOpen) {
        CseIdentity identity = type == CseIdentity.CseType.IN
                ? new CseIdentity("//lintel.example", "/in-cse", "in-name", "base", type, "CAdmin")
                : new CseIdentity("//lintel.example", "/mn-cse", "mn-name", "base", type, "CAdmin");
        return new CseSettings(identity, loopbackOpen, List.of(), List.of("*"), List.of("*"), List.of("/*"),
                List.of("1", "2", "2a", "3", "4"), Duration.ofDays(30), Duration.ofDays(365), Duration.ofSeconds(10), 10_000, 100,
                Duration.ofMinutes(10));
    }

    public CseDriver(CseSettings settings, InMemoryResourceStore store) {
        this.settings = settings;
        this.store = store;
        restart();
    }

    /** A new CSE on the same store, as after a crash. */
    public void restart() {
        Forwarding forwarding = new Forwarding() {
            @Override
            public CompletionStage<ResponsePrimitive> forward(RequestPrimitive request, String originator, Hop hop,
                    Address target) {
                left.add(request);
                return elsewhere.apply(request);
            }

            @Override
            public CompletionStage<ResponsePrimitive> ask(RequestPrimitive notification, String target) {
                left.add(notification);
                return elsewhere.apply(notification);
            }

            @Override
            public CompletionStage<ResponsePrimitive> notifyAe(RequestPrimitive request, String stem) {
                left.add(request);
                return elsewhere.apply(request);
            }
        };
        RegistrationListener listener = new RegistrationListener() {
            @Override
            public void registered(Registrations.Registration registration) {
                registrationNews.add("+" + registration.id());
            }

            @Override
            public void deregistered(Registrations.Registration registration) {
                registrationNews.add("-" + registration.id());
            }
        };
        OutboundResults results = new OutboundResults(new EntityIds(settings.identity()));
        OutboundEnqueuing queue = new OutboundEnqueuing() {
            @Override
            public void enqueue(ResourceWriter writer, OutboundItem item) {
                queued.add(item);
            }

            @Override
            public OutboundItem accept(ResourceWriter writer, OutboundItem item) {
                return writer.enqueue(item);
            }

            @Override
            public void takeOut(ResourceWriter writer, OutboundItem item, Optional<ResponsePrimitive> result) {
                writer.dequeue(item.sequence());
                Optional<String> request = RequestOutcomes.requestOf(item);
                if (request.isPresent()) {
                    results.outcomes().completed(writer, request.get(), result.orElseThrow());
                    return;
                }
                results().items(item.request(), StoredContext.originator(item), result.orElseThrow(), clock.instant(),
                        clock.instant().plus(life())).forEach(queued::add);
            }

            @Override
            public boolean recall(ResourceWriter writer, OutboundItem item) {
                writer.dequeue(item.sequence());
                return true;
            }

            @Override
            public boolean hasRoom(String target) {
                return !full.contains(target);
            }

            @Override
            public OutboundResults results() {
                return results;
            }

            @Override
            public Duration life() {
                return Duration.ofDays(1);
            }
        };
        EventSink sink = new EventSink() {
            @Override
            public void on(ResourceWriter writer, ResourceEvent event) {
                events.add(event);
            }

            @Override
            public void gather(ResourceWriter writer, io.lintel.cse.api.store.Resource group, String target,
                    RequestPrimitive notification, Instant now) {
                gathered.add(notification);
            }
        };
        core = new CseCore(settings, store, new CseCore.Surroundings(clock, action -> action.accept(listener), () -> doors,
                Runnable::run, 1000, requestLife, () -> management),
                new CseCore.Outbound(sink, forwarding, Map.of(SUB, new TypeRules() {
                    @Override
                    public void create(ResourceWriter writer, RequestContext context, io.lintel.cse.api.store.Resource parent,
                            Attributes.Builder attributes) {
                        attributes.set("nct", 1);
                    }
                }, CSR, new TypeRules() { }), queue, Optional.empty()));
        core.open();
    }

    /** Lets everything that has been handed to the writer pass. */
    public void settle() {
        store.write(writer -> true).toCompletableFuture().join();
        store.write(writer -> true).toCompletableFuture().join();
    }

    /** As the component does when it has started. */
    public void openNode() {
        core.openNode().toCompletableFuture().join();
    }

    public CseCore core() {
        return core;
    }

    /** The node's counters. */
    public Map<String, Long> counters() {
        return core.traffic().counters();
    }

    /** What is done every second or so. */
    public void tick() {
        core.executeDelayed();
    }

    /** A sender on plain loopback that nobody names. */
    public Peer as(String originator) {
        return new Peer(this, originator, Hop.plain(Binding.HTTP, "127.0.0.1:40000", true));
    }

    public Peer admin() {
        return as("CAdmin");
    }

    /** A sender with no {@code fr} at all. */
    public Peer nobody() {
        return as("");
    }

    /** Registers an AE with its stem and gives it back as a sender. */
    public Peer ae(String stem) {
        Peer peer = as(stem);
        peer.create("mn-name", AE, ae().with("rn", stem.toLowerCase(java.util.Locale.ROOT))).expect(2001);
        return peer;
    }

    /** Registers a CSE and gives it back as a sender. */
    public Peer registree(String cseId) {
        Peer peer = as(cseId);
        peer.create("mn-name", CSR, Body.of("m2m:csr").with("cb", cseId + "/name").with("csi", cseId).with("rr", true)
                .with("rn", cseId.substring(1))).expect(2001);
        return peer;
    }

    /** Makes the picture of the registrar that the CSE itself keeps. */
    public Peer registrar(String cseId) {
        RequestPrimitive request = RequestPrimitive.builder(Operation.CREATE, "mn-name").from("/mn-cse").requestIdentifier("own")
                .resourceType(CSR).content(new Content("m2m:csr", Attributes.builder().set("cb", cseId + "/name")
                .set("csi", cseId)
                        .set("rr", true).set("rn", cseId.substring(1)).build())).build();
        assertThat(await(core.internal(request)).statusCode()).isEqualTo(2001);
        return as(cseId);
    }

    public static Body ae() {
        return Body.of("m2m:ae").with("api", "N.test").with("rr", false);
    }

    public static Body cnt() {
        return Body.of("m2m:cnt");
    }

    public static Body cin(Object content) {
        return Body.of("m2m:cin").with("con", content);
    }

    public ResponsePrimitive send(RequestPrimitive request, Hop hop) {
        return await(core.dispatcher().handle(request, hop));
    }

    public static ResponsePrimitive await(CompletionStage<ResponsePrimitive> stage) {
        try {
            return stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("no response", e);
        }
    }

    /** Waits until something is so that follows a response. */
    public void await(java.util.function.BooleanSupplier condition, String what) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("this happens in time: %s", what).isLessThan(end);
            java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
    }

    String nextIdentifier() {
        return "r" + ++requests;
    }

    @Override
    public void close() {
        store.close();
    }

    /** The content of a request, member by member. */
    public record Body(String name, Attributes attributes) {
        public static Body of(String name) {
            return new Body(name, Attributes.empty());
        }

        public Body with(String member, Object value) {
            return new Body(name, attributes.toBuilder().set(member, value).build());
        }

        public Body named(String rn) {
            return with("rn", rn);
        }
    }

    /** A sender: originator and hop, and the parameters it adds to each request. */
    public record Peer(CseDriver cse, String originator, Hop hop, Map<RequestParameter, Object> parameters) {
        Peer(CseDriver cse, String originator, Hop hop) {
            this(cse, originator, hop, Map.of());
        }

        public Peer with(RequestParameter parameter, Object value) {
            Map<RequestParameter, Object> more = new java.util.HashMap<>(parameters);
            more.put(parameter, value);
            return new Peer(cse, originator, hop, more);
        }

        public Peer rcn(int value) {
            return with(RequestParameter.RESULT_CONTENT, value);
        }

        public Peer fc(String member, Object value) {
            Attributes before = (Attributes) parameters.getOrDefault(RequestParameter.FILTER_CRITERIA, Attributes.empty());
            return with(RequestParameter.FILTER_CRITERIA, before.toBuilder().set(member, value).build());
        }

        public Peer via(Hop newHop) {
            return new Peer(cse, originator, newHop, parameters);
        }

        /** Over MQTT, with what the topic says of the sender. */
        public Peer topic(String sender) {
            return via(new Hop(Binding.MQTT, "client", true, false, Optional.empty(), Optional.of(sender), Optional.empty(),
                    Optional.empty()));
        }

        /** Over a secured link whose other end was verified. */
        public Peer verified(String entity) {
            return via(new Hop(Binding.MQTT, "client", false, true, Optional.of(entity), Optional.empty(), Optional.empty(),
                    Optional.empty()));
        }

        /** Delivered with this key. */
        public Peer delivery(String key) {
            return via(new Hop(hop.binding(), hop.peer(), hop.loopback(), hop.secured(), hop.verified(), hop.originator(),
                    hop.credential(), Optional.of(key), hop.first(), hop.permitted()));
        }

        public Result create(String to, int type, Body body) {
            return send(builder(Operation.CREATE, to).resourceType(type).content(new Content(body.name(), body.attributes())));
        }

        public Result retrieve(String to) {
            return send(builder(Operation.RETRIEVE, to));
        }

        public Result retrieve(String to, String... attributes) {
            return send(builder(Operation.RETRIEVE, to).content(new Content("m2m:atrl", List.of(attributes))));
        }

        public Result update(String to, Body body) {
            return send(builder(Operation.UPDATE, to).content(new Content(body.name(), body.attributes())));
        }

        public Result delete(String to) {
            return send(builder(Operation.DELETE, to));
        }

        public Result notify(String to, Body body) {
            return send(builder(Operation.NOTIFY, to).content(new Content(body.name(), body.attributes())));
        }

        public RequestPrimitive.Builder builder(Operation operation, String to) {
            RequestPrimitive.Builder builder = RequestPrimitive.builder(operation, to).requestIdentifier(cse.nextIdentifier())
                    .set(RequestParameter.RELEASE_VERSION_INDICATOR, "2a");
            if (!originator.isEmpty()) {
                builder.from(originator);
            }
            parameters.forEach(builder::set);
            return builder;
        }

        public Result send(RequestPrimitive.Builder builder) {
            RequestPrimitive request = builder.build();
            ResponsePrimitive response = cse.send(request, hop);
            assertThat(response.requestIdentifier()).isEqualTo(request.requestIdentifier());
            return new Result(request, response);
        }
    }

    /** A response, to be looked at. */
    public record Result(RequestPrimitive request, ResponsePrimitive response) {
        public Result expect(int status) {
            assertThat(response.statusCode()).as("%s%n→ %s", request, response).isEqualTo(status);
            if (status >= 4000) {
                assertThat(text()).as("a refusal says why").isNotBlank();
            }
            return this;
        }

        /** The refusal's sentence mentions this. */
        public Result saying(String part) {
            assertThat(text()).contains(part);
            return this;
        }

        public Attributes content() {
            return response.content().map(Content::attributes).orElse(Attributes.empty());
        }

        public String text() {
            return response.content().map(Content::value).filter(String.class::isInstance).map(String.class::cast).orElse("");
        }

        public List<?> list() {
            return response.content().map(Content::value).filter(List.class::isInstance).map(v -> (List<?>) v).orElse(List.of());
        }

        public String ri() {
            return content().text("ri").orElseThrow();
        }

        public List<String> names(String element) {
            List<String> names = new ArrayList<>();
            content().objects(element).forEach(child -> names.add(child.text("rn").orElse("")));
            return names;
        }
    }

    /** A clock that a test moves. */
    public static final class TestClock extends Clock {
        private volatile Instant now = Instant.parse("2026-01-02T03:04:05Z");

        public void pass(Duration duration) {
            now = now.plus(duration);
        }

        public String in(Duration duration) {
            return io.lintel.primitive.Timestamps.format(now.plus(duration));
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }
}
