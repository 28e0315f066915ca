// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.lintel.tls.NodeTls;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listeners of one server: those that are configured may come and go at any time, and are opened when the broker is
 * there. Each is on its own; what one lacks does not concern the others. Any thread but the event loop.
 */
final class Listeners {
    private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);
    private static final long CHECK_SECONDS = 2;
    private static final int TLS_QUEUE = 4096;
    private static final int IDLE_SECONDS = 10;

    private final Settings settings;
    private final NodeTls own;
    private final ThreadPoolExecutor tlsWorker;
    private final Map<ConfiguredListener, ListenerLife> lives = new LinkedHashMap<>();
    private final Map<String, String> wrong = new LinkedHashMap<>();
    private ListenerLife first;
    private Broker broker;
    private boolean ended;

    Listeners(Settings settings, NodeTls own) {
        this.settings = settings;
        this.own = own;
        int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        tlsWorker = new ThreadPoolExecutor(threads, threads, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(TLS_QUEUE),
                task -> DaemonThreads.create("lintel-mqttserver-tls", task), new ThreadPoolExecutor.AbortPolicy());
        tlsWorker.allowCoreThreadTimeOut(true);
    }

    /** A listener is configured; it opens at once if the server serves. */
    void add(ConfiguredListener configured) {
        ListenerLife life;
        synchronized (this) {
            lives.put(configured, null);
            life = broker == null || ended ? null : begin(configured);
        }
        if (life != null) {
            life.open();
        }
    }

    void remove(ConfiguredListener configured) {
        ListenerLife life;
        synchronized (this) {
            life = lives.remove(configured);
            wrong.remove(configured.name());
        }
        if (life != null) {
            life.close();
        }
    }

    /** The server begins to serve. */
    void open(Broker serving) {
        List<ListenerLife> begun = new ArrayList<>();
        synchronized (this) {
            broker = serving;
            first = life(ListenerSettings.plainTcp(settings.host(), settings.port()));
            begun.add(first);
            for (ConfiguredListener configured : List.copyOf(lives.keySet())) {
                ListenerLife life = begin(configured);
                if (life != null) {
                    begun.add(life);
                }
            }
        }
        begun.forEach(ListenerLife::open);
        serving.loop().scheduleWithFixedDelay(this::check, CHECK_SECONDS, CHECK_SECONDS, TimeUnit.SECONDS);
    }

    private ListenerLife begin(ConfiguredListener configured) {
        try {
            ListenerSettings of = ListenerSettings.of(configured.name(), configured.config(), settings.home());
            if (!of.enabled()) {
                return null;
            }
            ListenerLife life = life(of);
            lives.put(configured, life);
            return life;
        } catch (ListenerSettings.WrongSettingException e) {
            if (configured.config().enabled()) {
                wrong.put(configured.name(), e.getMessage());
                LOG.error("MQTT listener {} stays closed: {}", configured.name(), e.getMessage());
            }
            return null;
        }
    }

    private ListenerLife life(ListenerSettings of) {
        return new ListenerLife(of, broker, own, tlsWorker);
    }

    private synchronized List<ListenerLife> all() {
        List<ListenerLife> all = new ArrayList<>();
        if (first != null) {
            all.add(first);
        }
        lives.values().stream().filter(life -> life != null).forEach(all::add);
        return all;
    }

    /** Looks for changed certificates. */
    void check() {
        synchronized (this) {
            if (ended) {
                return;
            }
        }
        all().forEach(ListenerLife::check);
    }

    /** The addresses that are open. */
    List<String> addresses() {
        return all().stream().map(ListenerLife::address).filter(address -> !address.isEmpty()).toList();
    }

    /** Why listeners do not serve, each with its name in front; empty if all do. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        all().stream().filter(life -> !life.problem().isEmpty())
                .forEach(life -> problems.add(life.name() + ": " + life.problem()));
        synchronized (this) {
            wrong.forEach((name, why) -> problems.add(name + ": " + why));
        }
        return problems;
    }

    /** What an administrator should mend although it serves, each with the listener's name in front. */
    List<String> warnings() {
        return all().stream().filter(life -> !life.warning().isEmpty())
                .map(life -> "listener " + life.name() + ": " + life.warning()).toList();
    }

    /** The port of the plain listener, or of the one of that name. */
    int port(String name) {
        return all().stream().filter(life -> life.name().equals(name)).findFirst().orElseThrow().port();
    }

    void close() {
        synchronized (this) {
            ended = true;
        }
        all().forEach(ListenerLife::close);
        tlsWorker.shutdown();
    }
}
