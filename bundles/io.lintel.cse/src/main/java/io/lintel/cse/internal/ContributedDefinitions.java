// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal;

import io.lintel.cse.api.FlexContainerDefinitions;
import io.lintel.primitive.FlexContainerTypes;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the definitions of flexContainers that are in force in step with the services that bring them. Called by the
 * framework's threads as services come and go, hence synchronised. What several services define, the one of highest
 * ranking defines.
 */
final class ContributedDefinitions {
    private static final Logger LOG = LoggerFactory.getLogger(ContributedDefinitions.class);

    private final BundleContext context;
    private final Map<ServiceReference<FlexContainerDefinitions>, String> texts = new TreeMap<>((a, b) -> b.compareTo(a));

    ContributedDefinitions(BundleContext context) {
        this.context = context;
    }

    synchronized void add(ServiceReference<FlexContainerDefinitions> reference) {
        FlexContainerDefinitions service = context.getService(reference);
        if (service == null) {
            return;
        }
        try {
            texts.put(reference, service.text());
            apply();
            LOG.info("{} contributes definitions of flexContainers", name(reference));
        } catch (RuntimeException e) {
            LOG.error("{} could not say its definitions of flexContainers", name(reference), e);
        } finally {
            context.ungetService(reference);
        }
    }

    synchronized void remove(ServiceReference<FlexContainerDefinitions> reference) {
        if (texts.remove(reference) != null) {
            apply();
        }
    }

    /** Nothing is contributed any more. */
    synchronized void close() {
        texts.clear();
        apply();
    }

    private void apply() {
        Map<String, String> byName = new LinkedHashMap<>();
        texts.forEach((reference, text) -> byName.put(name(reference), text));
        FlexContainerTypes.contribute(byName).forEach(problem -> LOG.error("definition of flexContainers left out: {}", problem));
    }

    private static String name(ServiceReference<?> reference) {
        return (reference.getBundle() == null ? "a bundle that is gone" : reference.getBundle().getSymbolicName())
                + " (service " + reference.getProperty("service.id") + ")";
    }
}
