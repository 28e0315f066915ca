// SPDX-License-Identifier: Apache-2.0
package io.lintel.deploy.internal;

import java.io.File;
import java.io.IOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.felix.fileinstall.ArtifactInstaller;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a jar in {@code deploy/} take the place of the distribution's bundle of the same symbolic name, whatever its
 * version. File Install alone would put a second bundle beside the first as soon as the versions differ, and the node
 * would run two device adapters. Jars of other names are left to File Install.
 *
 * <p>Of several jars for one bundle the last modified counts; when none is left, the distribution's own comes back.
 * File Install finds this service before its first look into {@code deploy/}, because this bundle starts one start
 * level earlier; so a replacement that was there before the start is in place before the replaced bundle starts.
 *
 * <p>Called by File Install's two directory threads, hence synchronised.
 */
@Component(service = ArtifactInstaller.class, property = "service.ranking:Integer=100")
public final class ReplacementInstaller implements ArtifactInstaller {
    private static final Logger LOG = LoggerFactory.getLogger(ReplacementInstaller.class);

    private final BundleContext context;
    private final BundleSwap swap;
    private final Map<File, OfferedJar> offered = new HashMap<>();
    private final Map<String, OfferedJar> inPlace = new HashMap<>();

    @Activate
    public ReplacementInstaller(BundleContext context) {
        this.context = context;
        this.swap = new BundleSwap(context);
    }

    @Override
    public synchronized boolean canHandle(File file) {
        if (offered.containsKey(file)) {
            return true;
        }
        return file.getName().endsWith(".jar") && file.isFile()
                && OfferedJar.read(file).flatMap(jar -> ofDistribution(jar.symbolicName())).isPresent();
    }

    @Override
    public synchronized void install(File file) throws IOException {
        Optional<OfferedJar> jar = OfferedJar.read(file);
        OfferedJar before = jar.isPresent() ? offered.put(file, jar.get()) : offered.remove(file);
        jar.ifPresent(offer -> settle(offer.symbolicName()));
        if (before != null && jar.filter(offer -> offer.symbolicName().equals(before.symbolicName())).isEmpty()) {
            settle(before.symbolicName());
        }
    }

    @Override
    public synchronized void update(File file) throws IOException {
        install(file);
    }

    @Override
    public synchronized void uninstall(File file) {
        OfferedJar gone = offered.remove(file);
        if (gone != null) {
            settle(gone.symbolicName());
        }
    }

    /** Brings the bundle to what {@code deploy/} now says about it. */
    private void settle(String symbolicName) {
        Optional<Bundle> found = ofDistribution(symbolicName);
        if (found.isEmpty()) {
            return;
        }
        Bundle bundle = found.get();
        Optional<OfferedJar> wanted = offered.values().stream().filter(jar -> jar.symbolicName().equals(symbolicName))
                .max(Comparator.comparingLong(OfferedJar::modifiedMillis));
        if (wanted.equals(Optional.ofNullable(inPlace.get(symbolicName)))) {
            return;
        }
        if (isInfrastructure(bundle)) {
            LOG.warn("{} cannot be replaced while the node runs; it stays as it is", symbolicName);
            return;
        }
        if (wanted.isEmpty()) {
            inPlace.remove(symbolicName);
            swap.restore(bundle);
        } else if (swap.replace(bundle, wanted.get())) {
            inPlace.put(symbolicName, wanted.get());
        } else {
            inPlace.remove(symbolicName);
        }
    }

    private Optional<Bundle> ofDistribution(String symbolicName) {
        for (Bundle bundle : context.getBundles()) {
            if (symbolicName.equals(bundle.getSymbolicName()) && bundle.getLocation().startsWith("reference:")) {
                return Optional.of(bundle);
            }
        }
        return Optional.empty();
    }

    /** What starts no later than this bundle carries the replacing itself. */
    private boolean isInfrastructure(Bundle bundle) {
        return levelOf(bundle) <= levelOf(context.getBundle()) + 1;
    }

    private static int levelOf(Bundle bundle) {
        return bundle.adapt(BundleStartLevel.class).getStartLevel();
    }
}
