// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.Binding;
import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.Hop;
import io.lintel.cse.api.RegistrationListener;
import io.lintel.cse.api.Registrations;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.api.store.OutboundItem;
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
final class CseDriver implements AutoCloseable {
    static final int ACP = 1;
    static final int AE = 2;
    static final int CNT = 3;
    static final int CIN = 4;
    static final int CSR = 16;
    static final int SUB = 23;

    final TestClock clock = new TestClock();
    final List<ResourceEvent> events = new CopyOnWriteArrayList<>();
    final List<String> registrationNews = new CopyOnWriteArrayList<>();
    final List<RequestPrimitive> left = new CopyOnWriteArrayList<>();
    final InMemoryResourceStore store;
    final CseSettings settings;
    List<String> doors = List.of();
    java.util.function.Function<RequestPrimitive, CompletionStage<ResponsePrimitive>> elsewhere = request ->
            CompletableFuture.failedFuture(new PrimitiveException(ResponseStatusCode.NOT_FOUND, "no way to " + request.to()));
    /** What was left to the outbound queue, in order. */
    final java.util.Set<String> full = java.util.concurrent.ConcurrentHashMap.newKeySet();
    final List<OutboundItem> queued = new java.util.concurrent.CopyOnWriteArrayList<>();
    private CseCore core;
    private int requests;

    static CseDriver mn() {
        return new CseDriver(settings(CseIdentity.CseType.MN, true), new InMemoryResourceStore(1000));
    }

    static CseDriver with(CseSettings settings) {
        return new CseDriver(settings, new InMemoryResourceStore(1000));
    }

    static CseSettings settings(CseIdentity.CseType type, boolean loopbackOpen) {
        CseIdentity identity = type == CseIdentity.CseType.IN
                ? new CseIdentity("//lintel.example", "/in-cse", "in-name", "base", type, "CAdmin")
                : new CseIdentity("//lintel.example", "/mn-cse", "mn-name", "base", type, "CAdmin");
        return new CseSettings(identity, loopbackOpen, List.of(), List.of("*"), List.of("*"), List.of("/*"),
                List.of("1", "2", "2a", "3", "4"), Duration.ofDays(30), Duration.ofDays(365), Duration.ofSeconds(10), 10_000, 100,
                Duration.ofMinutes(10));
    }

    CseDriver(CseSettings settings, InMemoryResourceStore store) {
        this.settings = settings;
        this.store = store;
        restart();
    }

    /** A new CSE on the same store, as after a crash. */
    void restart() {
        Forwarding forwarding = new Forwarding() {
            @Override
            public CompletionStage<ResponsePrimitive> forward(RequestPrimitive request, String originator, Hop hop,
                    Address target) {
                left.add(request);
                return elsewhere.apply(request);
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
                results().items(item.request(), StoredContext.originator(item), result.orElseThrow(), clock.instant(),
                        clock.instant().plus(life())).forEach(queued::add);
            }

            @Override
            public boolean hasRoom(String target) {
                return !full.contains(target);
            }

            @Override
            public OutboundResults results() {
                return new OutboundResults(new EntityIds(settings.identity()));
            }

            @Override
            public Duration life() {
                return Duration.ofDays(1);
            }
        };
        EventSink sink = (ResourceWriter writer, ResourceEvent event) -> events.add(event);
        core = new CseCore(settings, store, new CseCore.Surroundings(clock, action -> action.accept(listener), () -> doors,
                Runnable::run),
                new CseCore.Outbound(sink, forwarding, Map.of(SUB, new TypeRules() {
                    @Override
                    public void create(ResourceWriter writer, RequestContext context, io.lintel.cse.api.store.Resource parent,
                            Attributes.Builder attributes) {
                        attributes.set("nct", 1);
                    }
                }, CSR, new TypeRules() { }), queue, Optional.empty()));
        core.open();
    }

    CseCore core() {
        return core;
    }

    /** A sender on plain loopback that nobody names. */
    Peer as(String originator) {
        return new Peer(this, originator, Hop.plain(Binding.HTTP, "127.0.0.1:40000", true));
    }

    Peer admin() {
        return as("CAdmin");
    }

    /** A sender with no {@code fr} at all. */
    Peer nobody() {
        return as("");
    }

    /** Registers an AE with its stem and gives it back as a sender. */
    Peer ae(String stem) {
        Peer peer = as(stem);
        peer.create("mn-name", AE, ae().with("rn", stem.toLowerCase(java.util.Locale.ROOT))).expect(2001);
        return peer;
    }

    /** Registers a CSE and gives it back as a sender. */
    Peer registree(String cseId) {
        Peer peer = as(cseId);
        peer.create("mn-name", CSR, Body.of("m2m:csr").with("cb", cseId + "/name").with("csi", cseId).with("rr", true)
                .with("rn", cseId.substring(1))).expect(2001);
        return peer;
    }

    /** Makes the picture of the registrar that the CSE itself keeps. */
    Peer registrar(String cseId) {
        RequestPrimitive request = RequestPrimitive.builder(Operation.CREATE, "mn-name").from("/mn-cse").requestIdentifier("own")
                .resourceType(CSR).content(new Content("m2m:csr", Attributes.builder().set("cb", cseId + "/name")
                .set("csi", cseId)
                        .set("rr", true).set("rn", cseId.substring(1)).build())).build();
        assertThat(await(core.internal(request)).statusCode()).isEqualTo(2001);
        return as(cseId);
    }

    static Body ae() {
        return Body.of("m2m:ae").with("api", "N.test").with("rr", false);
    }

    static Body cnt() {
        return Body.of("m2m:cnt");
    }

    static Body cin(Object content) {
        return Body.of("m2m:cin").with("con", content);
    }

    ResponsePrimitive send(RequestPrimitive request, Hop hop) {
        return await(core.dispatcher().handle(request, hop));
    }

    static ResponsePrimitive await(CompletionStage<ResponsePrimitive> stage) {
        try {
            return stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("no response", e);
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
    record Body(String name, Attributes attributes) {
        static Body of(String name) {
            return new Body(name, Attributes.empty());
        }

        Body with(String member, Object value) {
            return new Body(name, attributes.toBuilder().set(member, value).build());
        }

        Body named(String rn) {
            return with("rn", rn);
        }
    }

    /** A sender: originator and hop, and the parameters it adds to each request. */
    record Peer(CseDriver cse, String originator, Hop hop, Map<RequestParameter, Object> parameters) {
        Peer(CseDriver cse, String originator, Hop hop) {
            this(cse, originator, hop, Map.of());
        }

        Peer with(RequestParameter parameter, Object value) {
            Map<RequestParameter, Object> more = new java.util.HashMap<>(parameters);
            more.put(parameter, value);
            return new Peer(cse, originator, hop, more);
        }

        Peer rcn(int value) {
            return with(RequestParameter.RESULT_CONTENT, value);
        }

        Peer fc(String member, Object value) {
            Attributes before = (Attributes) parameters.getOrDefault(RequestParameter.FILTER_CRITERIA, Attributes.empty());
            return with(RequestParameter.FILTER_CRITERIA, before.toBuilder().set(member, value).build());
        }

        Peer via(Hop newHop) {
            return new Peer(cse, originator, newHop, parameters);
        }

        /** Over MQTT, with what the topic says of the sender. */
        Peer topic(String sender) {
            return via(new Hop(Binding.MQTT, "client", true, false, Optional.empty(), Optional.of(sender), Optional.empty(),
                    Optional.empty()));
        }

        /** Over a secured link whose other end was verified. */
        Peer verified(String entity) {
            return via(new Hop(Binding.MQTT, "client", false, true, Optional.of(entity), Optional.empty(), Optional.empty(),
                    Optional.empty()));
        }

        /** Delivered with this key. */
        Peer delivery(String key) {
            return via(new Hop(hop.binding(), hop.peer(), hop.loopback(), hop.secured(), hop.verified(), hop.originator(),
                    hop.credential(), Optional.of(key), hop.first(), hop.permitted()));
        }

        Result create(String to, int type, Body body) {
            return send(builder(Operation.CREATE, to).resourceType(type).content(new Content(body.name(), body.attributes())));
        }

        Result retrieve(String to) {
            return send(builder(Operation.RETRIEVE, to));
        }

        Result retrieve(String to, String... attributes) {
            return send(builder(Operation.RETRIEVE, to).content(new Content("m2m:atrl", List.of(attributes))));
        }

        Result update(String to, Body body) {
            return send(builder(Operation.UPDATE, to).content(new Content(body.name(), body.attributes())));
        }

        Result delete(String to) {
            return send(builder(Operation.DELETE, to));
        }

        Result notify(String to, Body body) {
            return send(builder(Operation.NOTIFY, to).content(new Content(body.name(), body.attributes())));
        }

        RequestPrimitive.Builder builder(Operation operation, String to) {
            RequestPrimitive.Builder builder = RequestPrimitive.builder(operation, to).requestIdentifier(cse.nextIdentifier())
                    .set(RequestParameter.RELEASE_VERSION_INDICATOR, "2a");
            if (!originator.isEmpty()) {
                builder.from(originator);
            }
            parameters.forEach(builder::set);
            return builder;
        }

        Result send(RequestPrimitive.Builder builder) {
            RequestPrimitive request = builder.build();
            ResponsePrimitive response = cse.send(request, hop);
            assertThat(response.requestIdentifier()).isEqualTo(request.requestIdentifier());
            return new Result(request, response);
        }
    }

    /** A response, to be looked at. */
    record Result(RequestPrimitive request, ResponsePrimitive response) {
        Result expect(int status) {
            assertThat(response.statusCode()).as("%s%n→ %s", request, response).isEqualTo(status);
            if (status >= 4000) {
                assertThat(text()).as("a refusal says why").isNotBlank();
            }
            return this;
        }

        /** The refusal's sentence mentions this. */
        Result saying(String part) {
            assertThat(text()).contains(part);
            return this;
        }

        Attributes content() {
            return response.content().map(Content::attributes).orElse(Attributes.empty());
        }

        String text() {
            return response.content().map(Content::value).filter(String.class::isInstance).map(String.class::cast).orElse("");
        }

        List<?> list() {
            return response.content().map(Content::value).filter(List.class::isInstance).map(v -> (List<?>) v).orElse(List.of());
        }

        String ri() {
            return content().text("ri").orElseThrow();
        }

        List<String> names(String element) {
            List<String> names = new ArrayList<>();
            content().objects(element).forEach(child -> names.add(child.text("rn").orElse("")));
            return names;
        }
    }

    /** A clock that a test moves. */
    static final class TestClock extends Clock {
        private volatile Instant now = Instant.parse("2026-01-02T03:04:05Z");

        void pass(Duration duration) {
            now = now.plus(duration);
        }

        String in(Duration duration) {
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
