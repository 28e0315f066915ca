// SPDX-License-Identifier: Apache-2.0
package io.lintel.management.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;

/** Does with a folder of jars what File Install and {@code io.lintel.deploy} do with {@code deploy/}. */
final class FolderFollower implements AutoCloseable {
    private final BundleContext context;
    private final Path folder;
    private final Map<Path, String> followed = new HashMap<>();
    private final Map<Path, Long> sizes = new HashMap<>();
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();

    FolderFollower(BundleContext context, Path folder) {
        this.context = context;
        this.folder = folder;
        executor.scheduleWithFixedDelay(this::look, 10, 10, TimeUnit.MILLISECONDS);
    }

    private void look() {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> now = files.filter(file -> file.toString().endsWith(".jar")).toList();
            for (Path file : now) {
                Optional<DeployFolder.Jar> jar = DeployFolder.read(file);
                long stamp = Files.getLastModifiedTime(file).toMillis() * 31 + Files.size(file);
                if (jar.isPresent() && !Long.valueOf(stamp).equals(sizes.put(file, stamp))) {
                    followed.put(file, jar.get().symbolicName());
                    take(file, jar.get());
                }
            }
            for (Path file : List.copyOf(followed.keySet())) {
                if (!now.contains(file)) {
                    sizes.remove(file);
                    leave(followed.remove(file));
                }
            }
        } catch (IOException | BundleException e) {
            throw new IllegalStateException(e);
        }
    }

    private void take(Path file, DeployFolder.Jar jar) throws IOException, BundleException {
        Optional<Bundle> there = new Bundles(context, Set.of()).named(jar.symbolicName());
        try (InputStream content = Files.newInputStream(file)) {
            if (there.isPresent()) {
                there.get().update(content);
                there.get().start();
            } else {
                context.installBundle(file.toUri().toString(), content).start();
            }
        }
    }

    private void leave(String symbolicName) throws BundleException {
        Bundle bundle = new Bundles(context, Set.of()).named(symbolicName).orElseThrow();
        if (bundle.getLocation().startsWith("reference:")) {
            bundle.update();
            bundle.start();
        } else {
            bundle.uninstall();
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
