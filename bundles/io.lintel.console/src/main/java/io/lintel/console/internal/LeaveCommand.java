// SPDX-License-Identifier: Apache-2.0
package io.lintel.console.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code lintel leave}: the launcher puts {@code etc/io.lintel.leave.cfg} into the home, which only the node's own user can,
 * and this component, which exists for as long as that file, takes it away and ends what the node keeps at others. What came
 * of it stands in {@code data/leave.out} when that is complete. Works on a thread of its own, {@code lintel-leave}, which
 * goes on when the component has ended.
 */
@Component(service = {}, immediate = true, configurationPid = "io.lintel.leave",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class LeaveCommand {
    private static final Logger LOG = LoggerFactory.getLogger(LeaveCommand.class);
    private static final long UP_SECONDS = 20;
    private static final long POLL_MILLIS = 100;

    private final Path home;
    private final Optional<String> server;
    private final BooleanSupplier healthy;
    private final Departures departures;

    /** What the launcher writes. */
    @interface Config {
        /** The address of one MQTT server; nothing: the registrar and all servers. */
        String server() default "";
    }

    @Activate
    public LeaveCommand(Config config, BundleContext context, @Reference NodeState state) {
        this.home = Path.of(context.getProperty("lintel.home"));
        this.server = Optional.of(config.server().trim()).filter(text -> !text.isEmpty());
        this.healthy = () -> state.reasons().isEmpty();
        this.departures = new Departures(context);
        Thread worker = new Thread(this::run, "lintel-leave");
        worker.setDaemon(true);
        worker.start();
    }

    private void run() {
        try {
            // Before anything else: a command that stayed would be carried out again at the next start.
            Files.deleteIfExists(home.resolve("etc").resolve("io.lintel.leave.cfg"));
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(UP_SECONDS);
            while (!healthy.getAsBoolean() && System.nanoTime() < end) {
                Thread.sleep(POLL_MILLIS);
            }
            String report = departures.run(server);
            Path out = home.resolve("data").resolve("leave.out");
            Path unfinished = home.resolve("data").resolve("leave.new");
            Files.writeString(unfinished, report);
            Files.move(unfinished, out, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | RuntimeException e) {
            LOG.error("leaving failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
