// SPDX-License-Identifier: Apache-2.0
package io.lintel.management.internal;

import io.lintel.cse.api.NodeManagement;
import io.lintel.primitive.Attributes;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * The machine that the node runs on, as the management objects of the CSE's own {@code <node>} (TS-0001 annex D): what it is,
 * its memory and batteries, the node's software and log, and starting the node again. Puts the {@link Part parts} together;
 * knows nothing of the CSE but the service that it implements.
 */
@Component(service = NodeManagement.class, immediate = true, configurationPid = "io.lintel.management")
@Designate(ocd = Management.Config.class)
public final class Management implements NodeManagement {
    private static final int THREAD_IDLE_SECONDS = 10;

    private final List<Part> parts = new ArrayList<>();
    private final ScheduledThreadPoolExecutor executor;

    /** Settings of the area {@code management}. */
    @ObjectClassDefinition(name = "Management", description = "What others see of this machine, and may do to it, by its node")
    @interface Config {
        @AttributeDefinition(name = "Device label", description = "Serial number of the device; empty: what the machine says")
        String deviceLabel() default "";

        @AttributeDefinition(name = "Manufacturer", description = "Of the device; empty: what the machine says")
        String manufacturer() default "";

        @AttributeDefinition(name = "Model", description = "Of the device; empty: what the machine says")
        String model() default "";

        @AttributeDefinition(name = "Device type", description = "Of the device")
        String deviceType() default "gateway";

        @AttributeDefinition(name = "Hardware version", description = "Of the device; empty: what the machine says")
        String hardwareVersion() default "";

        @AttributeDefinition(name = "Sources of software",
                description = "Addresses (https, http, file) below which software may be installed from; none: from nowhere")
        String[] sources() default {};

        @AttributeDefinition(name = "Kept active",
                description = "Bundles that are not deactivated by requests, besides those that every request depends on")
        String[] keep() default {"io.lintel.mqtt.server", "io.lintel.mqtt", "io.lintel.rest"};

        @AttributeDefinition(name = "Maximum size of software", description = "In bytes, of one file")
        long maximumSoftwareBytes() default 33_554_432;

        @AttributeDefinition(name = "Reset",
                description = "Whether far of the reboot object empties data/ and deploy/ of the home")
        boolean factoryReset() default false;

        @AttributeDefinition(name = "Restart", description = "Who starts the node again: launcher, manager (it ends with status"
                + " 75), or auto: the manager if systemd started it")
        String restart() default "auto";

        @AttributeDefinition(name = "Delay of a restart", description = "In milliseconds, from its answer on")
        int restartDelayMillis() default 1000;

        @AttributeDefinition(name = "Size of the log shown", description = "In bytes, of the event log objects")
        int logBytes() default 4096;
    }

    @Activate
    public Management(BundleContext context, Config config) {
        Clock clock = Clock.systemUTC();
        Kernel kernel = new Kernel(Path.of("/"));
        Path home = Path.of(Optional.ofNullable(context.getProperty("lintel.home")).orElse("")).toAbsolutePath();
        Optional<Path> dist = Optional.ofNullable(context.getProperty("lintel.dist")).map(Path::of);
        Memo memo = new Memo(home.resolve("data").resolve("management.properties"));
        String version = context.getBundle().getVersion().toString();
        executor = new ScheduledThreadPoolExecutor(1, Management::thread);
        executor.setKeepAliveTime(THREAD_IDLE_SECONDS, TimeUnit.SECONDS);
        executor.allowCoreThreadTimeOut(true);
        parts.add(new DeviceInfo(kernel, new DeviceInfo.Given(config.deviceLabel(), config.manufacturer(), config.model(),
                config.deviceType(), config.hardwareVersion()), "Lintel " + version + ", Java "
                + System.getProperty("java.version"), clock));
        parts.add(new Memory(kernel, clock));
        parts.add(new Batteries(kernel, clock));
        OwnProcess process = new OwnProcess(home, dist.map(folder -> folder.resolve("bin").resolve("lintel")),
                serviced(config.restart()));
        parts.add(new Reboot(home.resolve("data"), process, Duration.ofMillis(Math.max(0, config.restartDelayMillis())),
                noReset(config, dist.isPresent(), context.getProperty("lintel.store"))));
        parts.add(new Firmware(version, dist));
        Software software = new Software(new Bundles(context, names(config.keep())), new DeployFolder(home.resolve("deploy")),
                new Download(home.resolve("data").resolve("tmp"), config.maximumSoftwareBytes()),
                new Sources(List.copyOf(names(config.sources()))), memo, executor);
        parts.add(software);
        parts.add(new EventLog("log", 1, home.resolve("log").resolve("lintel.log"), config.logBytes(), memo, clock));
        parts.add(new EventLog("audit", 2, home.resolve("log").resolve("audit.log"), config.logBytes(), memo, clock));
        software.open();
    }

    @Deactivate
    void close() {
        executor.shutdownNow();
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "lintel-management");
        thread.setDaemon(true);
        return thread;
    }

    /** Entries of a list, each of which may itself be a list with commas. */
    private static Set<String> names(String[] entries) {
        Set<String> names = new LinkedHashSet<>();
        for (String entry : entries) {
            Arrays.stream(entry.split(",")).map(String::strip).filter(name -> !name.isEmpty()).forEach(names::add);
        }
        return names;
    }

    private static boolean serviced(String restart) {
        return switch (restart) {
            // Inherited variables prove nothing; this one names the process that systemd started itself.
            case "auto" -> Long.toString(ProcessHandle.current().pid()).equals(System.getenv("SYSTEMD_EXEC_PID"));
            case "manager" -> true;
            case "launcher" -> false;
            default -> throw new IllegalArgumentException("management.restart is auto, launcher or manager, not '" + restart
                    + "'");
        };
    }

    private static Optional<String> noReset(Config config, boolean launched, String store) {
        if (!config.factoryReset()) {
            return Optional.of("there is no factory reset by a request unless management.factoryReset is set");
        }
        if (!launched || "postgresql".equals(store)) {
            return Optional.of("what this node keeps is not all in its home, so that it cannot be reset");
        }
        return Optional.empty();
    }

    @Override
    public List<ManagedObject> objects() {
        List<ManagedObject> objects = new ArrayList<>();
        parts.forEach(part -> objects.addAll(part.objects()));
        return objects;
    }

    @Override
    public void check(ManagedObject object, String executable) {
        part(object).orElseThrow(() -> Part.notImplemented("nothing here executes " + executable + " of " + object.name()))
                .check(object, executable);
    }

    @Override
    public CompletionStage<Attributes> execute(ManagedObject object, String executable) {
        return part(object).orElseThrow().execute(object, executable);
    }

    private Optional<Part> part(ManagedObject object) {
        return parts.stream().filter(part -> part.executes(object.memberName())
                && !(part instanceof EventLog log && !log.is(object))).findFirst();
    }
}
