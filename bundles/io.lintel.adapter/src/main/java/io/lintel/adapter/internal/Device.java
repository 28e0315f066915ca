// SPDX-License-Identifier: Apache-2.0
package io.lintel.adapter.internal;

import io.lintel.adapter.ModuleReading;
import io.lintel.adapter.Reading;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One device as the CSE knows it: an AE with a container for each kind of reading, a {@code command} container that it is
 * subscribed to, and two access control policies. What is missing is made when it is first needed, and made again if
 * somebody deleted it. Readings of one device are stored one after the other, in order. Confined to
 * {@code lintel-adapter}.
 */
final class Device {
    private static final Logger LOG = LoggerFactory.getLogger(Device.class);
    private static final Duration RENEWAL = Duration.ofDays(1);
    static final String FAR_FUTURE = "99991231T235959";
    private static final long EVERYTHING = 63;
    private static final long READ = Operation.RETRIEVE.accessControlBit() | 32;

    private final String adapter;
    private final String name;
    private final String stem;
    private final CseClient cse;
    private final Clock clock;
    private final List<String> readers;
    private final List<String> operators;
    private final int maxNrOfInstances;
    /** Address of each container that is known to be there, by its name. */
    private final Map<String, String> containers = new HashMap<>();
    private final Map<String, String> newestStates = new HashMap<>();
    private final Modules modules = new Modules(this);
    private CompletionStage<Void> tail = CompletableFuture.completedFuture(null);
    private Instant renewed = Instant.MIN;
    private String readPolicy = "";
    /** Whether it was said that the CSE does not want this device. */
    private boolean refused;

    Device(String adapter, String name, CseClient cse, Clock clock, List<String> readers, List<String> operators,
            int maxNrOfInstances) {
        this.adapter = adapter;
        this.name = name;
        this.stem = "C" + adapter + "-" + name;
        this.cse = cse;
        this.clock = clock;
        this.readers = readers;
        this.operators = operators;
        this.maxNrOfInstances = maxNrOfInstances;
    }

    /**
     * Stores a reading after all earlier ones of this device, unless this delivery of its message is a repetition.
     */
    CompletionStage<Void> store(Reading reading, CseClient.Delivery delivery) {
        CompletionStage<Void> stored = tail.thenCompose(before -> storeNow(reading, delivery));
        tail = stored.exceptionally(failure -> null);
        return stored;
    }

    /** Shows in a flexContainer how a part of the device is, after all earlier readings of this device. */
    CompletionStage<Void> show(ModuleReading reading) {
        CompletionStage<Void> shown = tail.thenCompose(before -> persistently(() -> modules.show(reading), reading.module()));
        tail = shown.exceptionally(failure -> null);
        return shown;
    }

    /** Acts on a change of a flexContainer that somebody else made; {@code action} says whether the device takes it. */
    CompletionStage<Void> changed(String module, Optional<Long> stateTag, Supplier<CompletionStage<Boolean>> action) {
        CompletionStage<Void> told = tail.thenCompose(before -> {
            if (!modules.isCommand(module, stateTag)) {
                return CompletableFuture.completedFuture(null);
            }
            Optional<ModuleReading> shownBefore = modules.told(module);
            return action.get().thenCompose(taken -> taken || shownBefore.isEmpty() ? CompletableFuture.completedFuture(null)
                    : persistently(() -> modules.show(shownBefore.get()), module));
        });
        tail = told.exceptionally(failure -> null);
        return told;
    }

    private CompletionStage<Void> storeNow(Reading reading, CseClient.Delivery delivery) {
        return persistently(() -> attempt(reading, delivery), reading.container());
    }

    /** Once more if the device was removed; what the CSE does not want is passed over. */
    private CompletionStage<Void> persistently(Supplier<CompletionStage<Void>> step, String what) {
        return step.get().exceptionallyCompose(failure -> {
            if (!(cause(failure) instanceof Gone)) {
                return CompletableFuture.failedFuture(failure);
            }
            LOG.info("{} was removed from the CSE and is registered again", stem);
            containers.clear();
            newestStates.clear();
            modules.forget();
            renewed = Instant.MIN;
            return step.get();
        }).exceptionallyCompose(failure -> {
            if (!(cause(failure) instanceof Gone) && !(cause(failure) instanceof Refused)) {
                return CompletableFuture.failedFuture(failure);
            }
            // Repeating it would get the same answer, and the messages of other devices would wait behind it.
            LOG.atLevel(refused ? Level.DEBUG : Level.WARN).log("a reading of {} for {} is passed over: {}", stem,
                    what, cause(failure).getMessage());
            refused = true;
            return CompletableFuture.completedFuture(null);
        });
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    private CompletionStage<Void> attempt(Reading reading, CseClient.Delivery delivery) {
        return container(reading.container())
                .thenCompose(address -> isNewest(address, reading)
                        .thenCompose(known -> known ? CompletableFuture.completedFuture(null)
                                : create(address, reading, delivery)));
    }

    /** Whether it is a state that the newest contentInstance already holds. */
    private CompletionStage<Boolean> isNewest(String container, Reading reading) {
        if (!reading.state()) {
            return CompletableFuture.completedFuture(false);
        }
        String newest = newestStates.get(reading.container());
        if (newest != null) {
            return CompletableFuture.completedFuture(newest.equals(reading.content()));
        }
        return cse.send(request(Operation.RETRIEVE, container + "/la"))
                .thenApply(response -> attributes(response).text("con").filter(reading.content()::equals).isPresent());
    }

    private CompletionStage<Void> create(String container, Reading reading, CseClient.Delivery delivery) {
        Attributes instance = Attributes.builder().set("cnf", reading.mediaType() + ":0").set("con", reading.content()).build();
        RequestPrimitive.Builder request = create(container, ResourceTypes.CONTENT_INSTANCE, "m2m:cin", instance);
        return cse.send(request, delivery).thenCompose(response -> {
            if (response.isSuccess()) {
                if (reading.state()) {
                    newestStates.put(reading.container(), reading.content());
                }
                return CompletableFuture.completedFuture(null);
            }
            refuseIfGone(response);
            LOG.warn("a reading of {} for {} was refused: {}", stem, reading.container(), problem(response));
            return CompletableFuture.completedFuture(null);
        });
    }

    /** The address of a container that is there, with the AE above it. */
    private CompletionStage<String> container(String container) {
        if (containers.containsKey(container) && renewed.plus(RENEWAL).isAfter(clock.instant())) {
            return CompletableFuture.completedFuture(containers.get(container));
        }
        return registered().thenCompose(done -> container(container, readPolicy));
    }

    private CompletionStage<String> container(String container, String policy) {
        Attributes attributes = Attributes.builder().set("rn", container).set("mni", maxNrOfInstances)
                .set("acpi", List.of(policy)).build();
        String address = stem + "/" + container;
        return make(stem, ResourceTypes.CONTAINER, "m2m:cnt", attributes).thenCompose(made -> renew(address)).thenApply(done -> {
            containers.put(container, address);
            return address;
        });
    }

    /** Registers the AE and what every device has; once a day what is there is renewed. */
    CompletionStage<Void> registered() {
        if (renewed.plus(RENEWAL).isAfter(clock.instant())) {
            return CompletableFuture.completedFuture(null);
        }
        Attributes ae = Attributes.builder().set("rn", adapter + "-" + name).set("api", "Nio.lintel." + adapter).set("apn", name)
                .set("rr", true).set("poa", List.of("adapter://" + adapter + "/" + name))
                .set("lbl", List.of("adapter:" + adapter)).build();
        Attributes mine = rule(List.of(stem), EVERYTHING);
        return cse.send(create(cseBase(), ResourceTypes.AE, "m2m:ae", ae))
                .thenAccept(response -> {
                    if (response.isSuccess()) {
                        LOG.info("registered {}", stem);
                    } else if (!exists(response)) {
                        throw new Refused("the CSE refuses the registration of " + stem + ": " + problem(response));
                    }
                })
                .thenCompose(done -> renew(stem))
                .thenCompose(done -> policy("access", mine,
                        readers.isEmpty() ? List.of() : List.of(rule(readers, READ), maySubscribe(readers))))
                .thenCompose(policy -> {
                    readPolicy = policy;
                    return cse.send(update(stem, "m2m:ae", Attributes.of("acpi", List.of(policy))));
                })
                .thenCompose(done -> policy("commands", mine,
                        operators.isEmpty() ? List.of() : List.of(rule(operators, READ | Operation.CREATE.accessControlBit()))))
                .thenCompose(policy -> container("command", policy))
                .thenCompose(command -> make(command, ResourceTypes.SUBSCRIPTION, "m2m:sub", toDevice())
                        .thenCompose(made -> renew(command + "/toDevice")))
                .thenAccept(done -> {
                    renewed = clock.instant();
                    modules.renew();
                });
    }

    /** The subscription that brings commands here. */
    private Attributes toDevice() {
        return Attributes.builder().set("rn", "toDevice").set("nu", List.of(stem)).set("enc", Attributes.of("net", List.of(3L)))
                .set("nct", 1L).build();
    }

    String stem() {
        return stem;
    }

    CompletionStage<ResponsePrimitive> send(RequestPrimitive.Builder request) {
        return cse.send(request);
    }

    /** Who may read a flexContainer of this device and, if it is for that, write into it. */
    CompletionStage<String> modulePolicy(boolean writable) {
        if (!writable || operators.isEmpty()) {
            return CompletableFuture.completedFuture(readPolicy);
        }
        List<Attributes> others = new java.util.ArrayList<>(List.of(rule(operators,
                READ | Operation.UPDATE.accessControlBit()), maySubscribe(operators)));
        if (!readers.isEmpty()) {
            others.addAll(List.of(rule(readers, READ), maySubscribe(readers)));
        }
        return policy("changes", rule(List.of(stem), EVERYTHING), others);
    }

    private CompletionStage<String> policy(String policy, Attributes mine, List<Attributes> others) {
        List<Object> rules = new java.util.ArrayList<>(others);
        rules.add(0, mine);
        Attributes attributes = Attributes.builder().set("rn", policy).set("pv", Attributes.of("acr", rules))
                .set("pvs", Attributes.of("acr", List.of(mine))).build();
        Attributes renewal = attributes.toBuilder().remove("rn").remove("pvs").set("et", FAR_FUTURE).build();
        return make(stem, ResourceTypes.ACCESS_CONTROL_POLICY, "m2m:acp", attributes)
                .thenCompose(made -> cse.send(update(stem + "/" + policy, "m2m:acp", renewal)))
                .thenCompose(done -> cse.send(request(Operation.RETRIEVE, stem + "/" + policy)))
                .thenApply(response -> attributes(response).text("ri")
                        .orElseThrow(() -> new Refused("no policy " + policy + " for " + stem + ": " + problem(response))));
    }

    /** Creates a resource unless it is there. */
    CompletionStage<Void> make(String parent, int type, String member, Attributes attributes) {
        return cse.send(create(parent, type, member, attributes)).thenAccept(response -> {
            refuseIfGone(response);
            if (!response.isSuccess() && !exists(response)) {
                throw new Refused("the CSE refuses " + member + " for " + stem + ": " + problem(response));
            }
        });
    }

    CompletionStage<Void> renew(String address) {
        return cse.send(request(Operation.RETRIEVE, address)).thenCompose(response -> response.content()
                .map(content -> cse.send(update(address, content.name(), Attributes.of("et", FAR_FUTURE))))
                .orElseGet(() -> CompletableFuture.completedFuture(response))).thenAccept(done -> {
                });
    }

    /** Somebody deleted what was there before. */
    private static final class Gone extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Gone(String message) {
            super(message, null, false, false);
        }
    }

    /** The CSE does not want what a device needs: its name or the configuration has to change. */
    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Refused(String message) {
            super(message, null, false, false);
        }
    }

    void refuseIfGone(ResponsePrimitive response) {
        if (response.statusCode() == ResponseStatusCode.NOT_FOUND.code()
                || response.statusCode() == ResponseStatusCode.ORIGINATOR_NOT_AUTHENTICATED.code()) {
            throw new Gone("the CSE no longer knows " + stem + ": " + problem(response));
        }
    }

    private static boolean exists(ResponsePrimitive response) {
        return response.statusCode() == ResponseStatusCode.CONFLICT.code()
                || response.statusCode() == ResponseStatusCode.ORIGINATOR_HAS_ALREADY_REGISTERED.code();
    }

    private static Attributes rule(List<String> originators, long operations) {
        return Attributes.builder().set("acor", originators).set("acop", operations).build();
    }

    private static Attributes maySubscribe(List<String> originators) {
        return Attributes.builder().set("acor", originators).set("acop", (long) Operation.CREATE.accessControlBit())
                .set("acod", List.of(Attributes.of("chty", List.of((long) ResourceTypes.SUBSCRIPTION)))).build();
    }

    private String cseBase() {
        return "-";
    }

    RequestPrimitive.Builder create(String parent, int type, String member, Attributes attributes) {
        return request(Operation.CREATE, parent).resourceType(type).content(new Content(member, attributes));
    }

    RequestPrimitive.Builder update(String target, String member, Attributes changes) {
        return request(Operation.UPDATE, target).content(new Content(member, changes));
    }

    private RequestPrimitive.Builder request(Operation operation, String to) {
        return RequestPrimitive.builder(operation, to).from(stem)
                .set(io.lintel.primitive.RequestParameter.RELEASE_VERSION_INDICATOR, "2a");
    }

    static Attributes attributes(ResponsePrimitive response) {
        return response.isSuccess() ? response.content().map(Content::attributes).orElse(Attributes.empty()) : Attributes.empty();
    }

    static String problem(ResponsePrimitive response) {
        return response.statusCode() + response.content().filter(content -> content.value() instanceof String)
                .map(content -> " " + content.value()).orElse("");
    }
}
