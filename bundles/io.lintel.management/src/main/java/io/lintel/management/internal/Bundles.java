// SPDX-License-Identifier: Apache-2.0
package io.lintel.management.internal;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleListener;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.framework.wiring.BundleWire;
import org.osgi.framework.wiring.BundleWiring;

/**
 * The framework's bundles as software: which of them are shown, which came from {@code deploy/}, and which a request can never
 * stop, because the request itself, its answer or what was acknowledged before stands on them. Any thread.
 */
final class Bundles {
    private static final String OURS = "io.lintel.";
    private static final String IN_PLACE = "reference:";
    /** What no setting can release. */
    private static final Set<String> CORE = Set.of("io.lintel.primitive", "io.lintel.cse.api", "io.lintel.cse",
            "io.lintel.deploy", "io.lintel.management", "org.apache.felix.scr", "org.apache.felix.configadmin",
            "org.apache.felix.fileinstall");
    private static final String STORE = "io.lintel.cse.api.store.ResourceStore";

    private final BundleContext context;
    private final Set<String> kept;

    /** @param kept symbolic names of further ones that are not to be stopped */
    Bundles(BundleContext context, Set<String> kept) {
        this.context = context;
        this.kept = Set.copyOf(kept);
    }

    /** Ours, and what was brought besides the distribution; libraries of the distribution are no software of their own. */
    List<Bundle> shown() {
        return Arrays.stream(context.getBundles()).filter(bundle -> bundle.getBundleId() != 0
                && bundle.getSymbolicName() != null && !isFragment(bundle)
                && (bundle.getSymbolicName().startsWith(OURS) || isBrought(bundle)))
                .sorted(Comparator.comparing(Bundle::getSymbolicName)).toList();
    }

    Optional<Bundle> named(String symbolicName) {
        return Arrays.stream(context.getBundles()).filter(bundle -> symbolicName.equals(bundle.getSymbolicName())
                && bundle.getBundleId() != 0).max(Comparator.comparing(Bundle::getVersion));
    }

    /** Whether a bundle is there because of a jar in {@code deploy/} alone. */
    boolean isBrought(Bundle bundle) {
        return bundle.getLocation().contains("/deploy/") && !bundle.getLocation().startsWith(IN_PLACE);
    }

    private static boolean isFragment(Bundle bundle) {
        BundleRevision revision = bundle.adapt(BundleRevision.class);
        return revision != null && (revision.getTypes() & BundleRevision.TYPE_FRAGMENT) != 0;
    }

    /** Whether it starts so early that it carries the replacing of others. */
    boolean isInfrastructure(Bundle bundle) {
        int own = Math.max(1, named("io.lintel.deploy").map(Bundles::level).orElse(0) + 1);
        return named("io.lintel.deploy").isPresent() && level(bundle) <= own && bundle.getLocation().startsWith(IN_PLACE);
    }

    private static int level(Bundle bundle) {
        return bundle.adapt(BundleStartLevel.class).getStartLevel();
    }

    /** Whether requests may not stop it: the core, the store in use, what is kept, and all that they are wired to. */
    boolean isProtected(Bundle bundle) {
        Deque<Bundle> open = new ArrayDeque<>();
        for (Bundle each : context.getBundles()) {
            if (CORE.contains(each.getSymbolicName()) || kept.contains(each.getSymbolicName())) {
                open.add(each);
            }
        }
        ServiceReference<?> store = context.getServiceReference(STORE);
        if (store != null && store.getBundle() != null) {
            open.add(store.getBundle());
        }
        Set<Bundle> seen = new HashSet<>(open);
        while (!open.isEmpty()) {
            BundleWiring wiring = open.poll().adapt(BundleWiring.class);
            List<BundleWire> wires = wiring == null ? null : wiring.getRequiredWires(null);
            for (BundleWire wire : wires == null ? List.<BundleWire>of() : wires) {
                Bundle provider = wire.getProvider().getBundle();
                if (seen.add(provider)) {
                    open.add(provider);
                }
            }
        }
        return seen.contains(bundle);
    }

    /** Waits for a condition of the bundles to come true; looks whenever the framework says that one of them has changed. */
    boolean await(long seconds, BooleanSupplier condition) throws InterruptedException {
        Semaphore changes = new Semaphore(0);
        BundleListener listener = event -> changes.release();
        context.addBundleListener(listener);
        try {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
            boolean more = true;
            while (!condition.getAsBoolean() && more) {
                more = changes.tryAcquire(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                changes.drainPermits();
            }
            return condition.getAsBoolean();
        } finally {
            context.removeBundleListener(listener);
        }
    }
}
