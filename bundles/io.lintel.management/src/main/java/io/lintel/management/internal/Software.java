// SPDX-License-Identifier: Apache-2.0
package io.lintel.management.internal;

import io.lintel.cse.api.NodeManagement.ManagedObject;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.ResponseStatusCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.Version;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code [software]} (TS-0001 D.3): one object for each bundle of ours or brought to {@code deploy/}. {@code in} fetches a
 * jar and puts it there, {@code un} takes it away, {@code act} and {@code dea} start and stop the bundle; all of it holds over
 * a restart. An object that a request created is the software's as soon as it was installed by it. Actions are executed one
 * after another on the thread {@code lintel-management}; the others are from memory.
 */
final class Software implements Part {
    private static final Logger LOG = LoggerFactory.getLogger(Software.class);
    private static final int MOST_WAITING = 16;
    private static final long SETTLED_SECONDS = 60;
    private static final String INACTIVE = "inactive.";
    private static final String OBJECT = "object.";
    private static final String UNDER_WAY = "install.";

    private final Bundles bundles;
    private final DeployFolder deploy;
    private final Download download;
    private final Sources sources;
    private final Memo memo;
    private final ScheduledExecutorService executor;
    private final AtomicInteger waiting = new AtomicInteger();
    private final Set<String> interrupted;

    /** An action that may fail, with a sentence, and tells what the object says from then on. */
    private interface Action {
        Attributes run() throws IOException, BundleException, InterruptedException;
    }

    Software(Bundles bundles, DeployFolder deploy, Download download, Sources sources, Memo memo,
            ScheduledExecutorService executor) {
        this.bundles = bundles;
        this.deploy = deploy;
        this.download = download;
        this.sources = sources;
        this.memo = memo;
        this.executor = executor;
        this.interrupted = ConcurrentHashMap.newKeySet();
        interrupted.addAll(memo.below(UNDER_WAY));
    }

    /** Stops what was deactivated before the last end; called while the bundles of the node have not started yet. */
    void open() {
        for (String name : memo.below(INACTIVE)) {
            bundles.named(name).filter(bundle -> !bundles.isProtected(bundle)).ifPresent(bundle -> {
                try {
                    bundle.stop();
                } catch (BundleException e) {
                    LOG.error("{} was deactivated, but does not stop", name, e);
                }
            });
        }
    }

    @Override
    public List<ManagedObject> objects() {
        List<ManagedObject> objects = new ArrayList<>();
        for (Bundle bundle : bundles.shown()) {
            String name = bundle.getSymbolicName();
            List<String> created = memo.below(OBJECT).stream().filter(object -> memo.get(OBJECT + object)
                    .filter(name::equals).isPresent()).toList();
            created.forEach(object -> objects.add(object(object, bundle)));
            if (created.isEmpty() || !bundles.isBrought(bundle)) {
                objects.add(object(name, bundle));
            }
        }
        return objects;
    }

    private ManagedObject object(String name, Bundle bundle) {
        boolean active = bundle.getState() == Bundle.ACTIVE || bundle.getState() == Bundle.STARTING;
        return new ManagedObject(name, "m2m:swr", Attributes.builder().set("vr", bundle.getVersion().toString())
                .set("swn", bundle.getSymbolicName())
                .set("ins", interrupted.contains(name) ? Part.failed("in") : Part.done("in"))
                .set("acts", Part.done(active ? "act" : "dea")).build(), Attributes.of("url", place(bundle)), Set.of());
    }

    private static String place(Bundle bundle) {
        String location = bundle.getLocation();
        return location.substring(location.startsWith("reference:") ? "reference:".length() : 0).replace(' ', '_');
    }

    @Override
    public boolean executes(String memberName) {
        return memberName.equals("m2m:swr");
    }

    @Override
    public void check(ManagedObject object, String executable) {
        if (waiting.get() >= MOST_WAITING) {
            throw new PrimitiveException(ResponseStatusCode.NOT_ACCEPTABLE, MOST_WAITING + " actions on software are under way;"
                    + " try again later");
        }
        String name = symbolicName(object);
        Optional<Bundle> bundle = bundles.named(name);
        if (executable.equals("in")) {
            sources.of(object.attributes().text("url").orElse(""));
            if (!name.matches("[A-Za-z0-9._-]+")) {
                throw Part.notAllowed("swn '" + name + "' is no symbolic name of a bundle");
            }
            if (bundle.filter(bundles::isInfrastructure).isPresent()) {
                throw Part.notAllowed(name + " carries the installation of software; it is not replaced while the node runs");
            }
            return;
        }
        Bundle installed = bundle.orElseThrow(() -> Part.notAllowed(name + " is not installed"));
        if (executable.equals("un") && !bundles.isBrought(installed) && !replaced(name)) {
            throw Part.notAllowed(name + " is part of the distribution; it can be deactivated or replaced, but not uninstalled");
        }
        if (!executable.equals("act") && bundles.isProtected(installed) && (executable.equals("dea")
                || bundles.isBrought(installed))) {
            throw Part.notAllowed("requests, or what was acknowledged to them, depend on " + name);
        }
    }

    private boolean replaced(String name) {
        try {
            return !deploy.of(name).isEmpty();
        } catch (IOException e) {
            return false;
        }
    }

    private String symbolicName(ManagedObject object) {
        return memo.get(OBJECT + object.name()).orElseGet(() -> bundles.named(object.name()).map(Bundle::getSymbolicName)
                .orElseGet(() -> object.attributes().text("swn").orElse("")));
    }

    @Override
    public CompletionStage<Attributes> execute(ManagedObject object, String executable) {
        String name = symbolicName(object);
        return switch (executable) {
            case "in" -> later(() -> install(object, name));
            case "un" -> later(() -> uninstall(object, name));
            case "act" -> later(() -> activate(name));
            default -> later(() -> deactivate(name));
        };
    }

    private CompletionStage<Attributes> later(Action action) {
        CompletableFuture<Attributes> end = new CompletableFuture<>();
        waiting.incrementAndGet();
        executor.execute(() -> {
            try {
                end.complete(action.run());
            } catch (IOException | BundleException | RuntimeException e) {
                end.completeExceptionally(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                end.completeExceptionally(new IOException("the management ended meanwhile"));
            } finally {
                waiting.decrementAndGet();
            }
        });
        return end;
    }

    private Attributes install(ManagedObject object, String name) throws IOException, InterruptedException {
        memo.put(UNDER_WAY + object.name(), name);
        try {
            Path file = download.fetch(sources.of(object.attributes().text("url").orElse("")));
            try {
                DeployFolder.Jar jar = DeployFolder.read(file).filter(found -> found.symbolicName().equals(name))
                        .orElseThrow(() -> new IOException("what was found at url is no bundle " + name));
                putInPlace(object, jar);
            } finally {
                Files.deleteIfExists(file);
            }
            return Attributes.empty();
        } finally {
            memo.remove(UNDER_WAY + object.name());
            interrupted.remove(object.name());
        }
    }

    private void putInPlace(ManagedObject object, DeployFolder.Jar jar) throws IOException, InterruptedException {
        String name = jar.symbolicName();
        Version version = Version.parseVersion(jar.version());
        long before = bundles.named(name).map(Bundle::getLastModified).orElse(-1L);
        memo.remove(INACTIVE + name);
        if (!object.name().equals(name)) {
            memo.put(OBJECT + object.name(), name);
        }
        deploy.put(jar);
        // From here on it is installed, whatever becomes of this process.
        memo.remove(UNDER_WAY + object.name());
        if (!bundles.await(SETTLED_SECONDS, () -> bundles.named(name).filter(bundle -> bundle.getVersion().equals(version)
                && bundle.getLastModified() != before && bundle.getState() == Bundle.ACTIVE).isPresent())) {
            deploy.remove(name);
            memo.remove(OBJECT + object.name());
            throw new IOException(name + " " + version + " does not start; it is taken away again");
        }
    }

    private Attributes uninstall(ManagedObject object, String name) throws IOException, InterruptedException {
        Optional<Bundle> before = bundles.named(name);
        boolean alone = before.filter(bundles::isBrought).isPresent();
        long modified = before.map(Bundle::getLastModified).orElse(-1L);
        if (!deploy.remove(name)) {
            throw new IOException("there is no jar of " + name + " in deploy/");
        }
        boolean gone = bundles.await(SETTLED_SECONDS, () -> alone ? bundles.named(name).isEmpty()
                : bundles.named(name).filter(bundle -> bundle.getLastModified() != modified).isPresent());
        if (!gone) {
            throw new IOException(name + " is still there");
        }
        memo.remove(OBJECT + object.name());
        memo.remove(INACTIVE + name);
        return alone ? Attributes.of("acts", Part.done("dea")) : Attributes.of("url", place(bundle(name)));
    }

    private Attributes activate(String name) throws IOException, BundleException {
        memo.remove(INACTIVE + name);
        bundle(name).start();
        return Attributes.empty();
    }

    private Attributes deactivate(String name) throws IOException, BundleException {
        memo.put(INACTIVE + name, "true");
        bundle(name).stop();
        return Attributes.empty();
    }

    private Bundle bundle(String name) throws IOException {
        return bundles.named(name).orElseThrow(() -> new IOException(name + " is not installed"));
    }
}
