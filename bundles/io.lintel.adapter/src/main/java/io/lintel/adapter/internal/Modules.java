// SPDX-License-Identifier: Apache-2.0
package io.lintel.adapter.internal;

import io.lintel.adapter.ModuleReading;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The flexContainers of one device. They show what the device said last; what somebody else writes into one is a command. Which
 * notifications tell of the device's own word is known by the state tags that its changes got. Confined to
 * {@code lintel-adapter}, one step after the other.
 */
final class Modules {
    private static final Logger LOG = LoggerFactory.getLogger(Modules.class);
    private static final int FLEX_CONTAINER = 28;
    private static final String SUBSCRIPTION = "toDevice";
    /** Notifications come soon; what is older than so many changes is not waited for. */
    private static final int REMEMBERED = 64;

    private final Device device;
    private final Map<String, ModuleReading> shown = new HashMap<>();
    private final Map<String, Deque<Long>> own = new HashMap<>();
    private final Set<String> there = new HashSet<>();

    Modules(Device device) {
        this.device = device;
    }

    /** Nothing is known of what the CSE holds any more. */
    void forget() {
        shown.clear();
        there.clear();
    }

    /** What the device says next is written again, so that it lives on. */
    void renew() {
        there.clear();
    }

    /** Writes what the device says, unless that is there; makes the flexContainer if there is none. */
    CompletionStage<Void> show(ModuleReading reading) {
        if (there.contains(reading.module()) && reading.equals(shown.get(reading.module()))) {
            return CompletableFuture.completedFuture(null);
        }
        String address = device.stem() + "/" + reading.module();
        return device.registered().thenCompose(done -> device.send(device.update(address, reading.element(), values(reading))))
                .thenCompose(response -> {
                    if (response.statusCode() == ResponseStatusCode.NOT_FOUND.code()) {
                        return create(reading);
                    }
                    return CompletableFuture.completedFuture(response);
                }).thenCompose(response -> written(reading, address, response));
    }

    /** With a longer life, in the same change: each change tells the subscription. */
    private static Attributes values(ModuleReading reading) {
        Attributes.Builder values = Attributes.builder();
        reading.values().forEach(values::set);
        return values.set("et", Device.FAR_FUTURE).build();
    }

    private CompletionStage<ResponsePrimitive> create(ModuleReading reading) {
        return device.modulePolicy(reading.writable()).thenCompose(policy -> device.send(device.create(device.stem(),
                FLEX_CONTAINER, reading.element(), values(reading).toBuilder().set("rn", reading.module())
                        .set("cnd", reading.definition()).set("acpi", List.of(policy)).build())));
    }

    private CompletionStage<Void> written(ModuleReading reading, String address, ResponsePrimitive response) {
        if (!response.isSuccess()) {
            device.refuseIfGone(response);
            LOG.warn("{} can't show {}: {}", device.stem(), reading.module(), Device.problem(response));
            return CompletableFuture.completedFuture(null);
        }
        shown.put(reading.module(), reading);
        Deque<Long> tags = own.computeIfAbsent(reading.module(), key -> new ArrayDeque<>());
        Device.attributes(response).number("st").ifPresent(tags::add);
        if (tags.size() > REMEMBERED) {
            tags.remove();
        }
        if (!there.add(reading.module())) {
            return CompletableFuture.completedFuture(null);
        }
        return !reading.writable() ? CompletableFuture.completedFuture(null) : device.make(address, ResourceTypes.SUBSCRIPTION,
                "m2m:sub", Attributes.builder().set("rn", SUBSCRIPTION).set("nu", List.of(device.stem()))
                        .set("enc", Attributes.of("net", List.of(1L))).set("nct", 1L).build())
                .thenCompose(done -> device.renew(address + "/" + SUBSCRIPTION));
    }

    /** Whether a change is not the device's own word. */
    boolean isCommand(String module, Optional<Long> stateTag) {
        return stateTag.filter(tag -> own.getOrDefault(module, new ArrayDeque<>()).contains(tag)).isEmpty();
    }

    /** The device has been told, so that what it says next is written whatever it said before. */
    Optional<ModuleReading> told(String module) {
        return Optional.ofNullable(shown.remove(module));
    }
}
