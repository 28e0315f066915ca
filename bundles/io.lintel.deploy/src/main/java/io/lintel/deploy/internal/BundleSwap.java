// SPDX-License-Identifier: Apache-2.0
package io.lintel.deploy.internal;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.Version;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.framework.startlevel.FrameworkStartLevel;
import org.osgi.framework.wiring.FrameworkWiring;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Exchanges the content of an installed bundle: stopped once, updated, rewired together with those that use its
 * packages, started once. A content that does not start is taken back, because a node without its old adapter is
 * worse than one without its new one.
 */
final class BundleSwap {
    private static final Logger LOG = LoggerFactory.getLogger(BundleSwap.class);
    private static final long REFRESH_SECONDS = 30;

    private final BundleContext context;

    BundleSwap(BundleContext context) {
        this.context = context;
    }

    /** Puts the jar in the bundle's place; false, after restoring the distribution's own, if it does not start. */
    boolean replace(Bundle bundle, OfferedJar jar) {
        Version before = bundle.getVersion();
        long start = System.nanoTime();
        try {
            exchange(bundle, jar);
            LOG.info("{} {} replaced by {} from {} in {} ms", bundle.getSymbolicName(), before, jar.version(),
                    jar.file().getName(), TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
            return true;
        } catch (BundleException | IOException e) {
            LOG.error("{} does not start from {}; going back to the distribution's own", bundle.getSymbolicName(), jar.file(), e);
            restore(bundle);
            return false;
        }
    }

    /** Brings the distribution's own content back. */
    void restore(Bundle bundle) {
        try {
            stop(bundle);
            bundle.update();
            refresh(bundle);
            start(bundle);
            LOG.info("{} {} restored from the distribution", bundle.getSymbolicName(), bundle.getVersion());
        } catch (BundleException e) {
            LOG.error("{} could not be restored from {}", bundle.getSymbolicName(), bundle.getLocation(), e);
        }
    }

    private void exchange(Bundle bundle, OfferedJar jar) throws BundleException, IOException {
        try (InputStream content = new BufferedInputStream(Files.newInputStream(jar.file().toPath()))) {
            stop(bundle);
            bundle.update(content);
        }
        refresh(bundle);
        start(bundle);
    }

    private static void stop(Bundle bundle) throws BundleException {
        if (bundle.getState() == Bundle.ACTIVE || bundle.getState() == Bundle.STARTING) {
            bundle.stop(Bundle.STOP_TRANSIENT);
        }
    }

    /** Starts the bundle if its turn has come; one that waits for its start level is started by the framework. */
    private void start(Bundle bundle) throws BundleException {
        int reached = system().adapt(FrameworkStartLevel.class).getStartLevel();
        if (bundle.adapt(BundleStartLevel.class).getStartLevel() <= reached && bundle.getState() != Bundle.ACTIVE) {
            bundle.start();
        }
    }

    private void refresh(Bundle bundle) throws BundleException {
        CountDownLatch done = new CountDownLatch(1);
        system().adapt(FrameworkWiring.class).refreshBundles(List.of(bundle), event -> {
            if (event.getType() == FrameworkEvent.PACKAGES_REFRESHED) {
                done.countDown();
            }
        });
        try {
            if (!done.await(REFRESH_SECONDS, TimeUnit.SECONDS)) {
                throw new BundleException("rewiring took longer than " + REFRESH_SECONDS + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BundleException("interrupted while rewiring", e);
        }
    }

    private Bundle system() {
        return context.getBundle(org.osgi.framework.Constants.SYSTEM_BUNDLE_LOCATION);
    }
}
