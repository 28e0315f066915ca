// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.access;

import io.lintel.cse.api.store.Resource;
import io.lintel.primitive.Attributes;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * What was read out of a resource's representation, kept as long as that very representation is the current one: whoever
 * asks has the resource in hand, so nothing has to be told of changes. Bounded; any thread.
 */
final class CompiledCache<T> {
    private static final int MOST = 1000;

    private final Map<String, Compiled<T>> byResource = new ConcurrentHashMap<>();
    private final Function<Attributes, T> compiler;

    private record Compiled<T>(Attributes source, T value) {
    }

    CompiledCache(Function<Attributes, T> compiler) {
        this.compiler = compiler;
    }

    T of(Resource resource) {
        Compiled<T> known = byResource.get(resource.id());
        if (known != null && known.source() == resource.attributes()) {
            return known.value();
        }
        T value = compiler.apply(resource.attributes());
        if (byResource.size() >= MOST) {
            byResource.clear();
        }
        byResource.put(resource.id(), new Compiled<>(resource.attributes(), value));
        return value;
    }
}
