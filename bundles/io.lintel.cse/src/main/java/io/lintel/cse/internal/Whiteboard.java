// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/**
 * Services of one kind that come and go. A service is fetched when it is first used, not when it appears: it may wait
 * for the CSE, which is just starting, and fetching it then would be a circle. Any thread.
 */
final class Whiteboard<T> {
    private final BundleContext context;
    private final Map<ServiceReference<T>, Optional<T>> services = new ConcurrentHashMap<>();

    Whiteboard(BundleContext context) {
        this.context = context;
    }

    void add(ServiceReference<T> reference) {
        services.putIfAbsent(reference, Optional.empty());
    }

    void remove(ServiceReference<T> reference) {
        Optional<T> fetched = services.remove(reference);
        if (fetched != null && fetched.isPresent()) {
            context.ungetService(reference);
        }
    }

    /** The services there are now; highest ranking first. */
    List<T> services() {
        return find(reference -> true);
    }

    /** The services whose reference satisfies the condition; highest ranking first. */
    List<T> find(Predicate<ServiceReference<T>> condition) {
        return services.keySet().stream().filter(condition).sorted((a, b) -> b.compareTo(a)).map(this::service)
                .filter(Objects::nonNull).toList();
    }

    private T service(ServiceReference<T> reference) {
        Optional<T> known = services.get(reference);
        if (known == null) {
            return null;
        }
        if (known.isPresent()) {
            return known.get();
        }
        T fetched = context.getService(reference);
        if (fetched != null && services.replace(reference, Optional.of(fetched)) == null) {
            context.ungetService(reference);
        }
        return fetched;
    }
}
