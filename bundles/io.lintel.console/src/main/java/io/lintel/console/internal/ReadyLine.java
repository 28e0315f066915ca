// SPDX-License-Identifier: Apache-2.0
package io.lintel.console.internal;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says once, on standard output, that the node is ready and where its doors are; if that takes long, why it does. The
 * logger {@code lintel} is the one that the distribution's logging configuration sends there. Has a thread of its own,
 * which ends with the line, because doors announce nothing.
 */
@Component(service = {}, immediate = true)
public final class ReadyLine {
    private static final Logger OUT = LoggerFactory.getLogger("lintel");
    /** Set when the line was printed: a replaced console does not print it again. */
    private static final String PRINTED = "lintel.ready";
    private static final long POLL_MILLIS = 50;
    private static final long PATIENCE_SECONDS = 15;

    private final NodeState state;
    private final ConsoleListener console;
    private final String home;
    private final Thread watcher;

    @Activate
    public ReadyLine(BundleContext context, @Reference NodeState state, @Reference ConsoleListener console,
            @Reference Login login) {
        this.state = state;
        this.console = console;
        this.home = context.getProperty("lintel.home");
        this.watcher = new Thread(this::watch, "lintel-ready");
        watcher.setDaemon(true);
        if (System.getProperty(PRINTED) == null) {
            watcher.start();
        }
    }

    @Deactivate
    void stop() {
        watcher.interrupt();
    }

    private void watch() {
        long complainAt = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        boolean complained = false;
        try {
            while (!(state.isReady() && console.isOpen())) {
                if (!complained && System.nanoTime() - complainAt > 0) {
                    complained = true;
                    OUT.info("lintel not ready yet; {}", String.join("; ", reasons()));
                }
                Thread.sleep(complained ? 10 * POLL_MILLIS : POLL_MILLIS);
            }
            System.setProperty(PRINTED, "true");
            OUT.info(line());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<String> reasons() {
        return state.reasons();
    }

    private String line() {
        StringBuilder line = new StringBuilder("lintel ready");
        state.cse().ifPresent(cse -> line.append(" cse=").append(cse.identity().cseId())
                .append(" name=").append(cse.identity().baseName()));
        for (NodeState.DoorView door : state.doors()) {
            if (!door.open()) {
                continue;
            }
            switch (door.name()) {
                case "http", "coap" -> line.append(' ').append(door.name()).append('=')
                        .append(door.pointsOfAccess().stream().findFirst().orElse(door.detail()));
                case NodeState.MQTT_SERVER -> line.append(" mqtt=mqtt://").append(door.detail().split(",")[0]);
                default -> { }
            }
        }
        return line.append(" console=").append(console.url()).append(" home=").append(home).toString();
    }
}
