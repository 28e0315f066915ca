// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.crash;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * One seeded run: clients that publish, subscribe, come and go, and a server that is killed in the middle of it, several
 * times. At the end the clients come to rest, and nothing may be missing. The seed gives the cast, the settings and the
 * script; where exactly the kill hits is up to the machine.
 */
final class CrashRun {
    private static final String[] TOPICS = {"a/x", "a/y", "b/x", "b/y"};
    private static final String[] FILTERS = {"a/#", "a/x", "+/x", "b/+", "#", "a/+", "r/#", "b/y"};
    private static final long MOST_NANOS_A_LIFE = 1_500_000_000L;
    /** How long nothing may move before everyone has what is due, and how long all of it may take. */
    private static final long MOST_NANOS_OF_SILENCE = 20_000_000_000L;
    private static final long MOST_NANOS_TO_REST = 120_000_000_000L;
    private static final long PAUSE_NANOS = 100_000;
    private static final int PUMPS_BETWEEN = 50;
    /** So many seeds share one slow disk: on a fast one hardly anything happens between a write and its end. */
    private static final int SEEDS_A_SLOW_DISK = 8;
    private static final int LEAST_SLOW_MICROS = 10_000;
    private static final int MOST_SLOW_MICROS = 80_000;

    private final long seed;
    private final Victim victim;
    private final Random random;
    private final Model model = new Model();
    private final List<Publisher> publishers = new ArrayList<>();
    private final List<Subscriber> subscribers = new ArrayList<>();
    private final Map<String, String> settings = new HashMap<>();
    private final int window;
    private RetainedCheck retainedCheck;
    private int retainedChecks;
    private int port;
    private int kills;
    private long packets;

    CrashRun(long seed, Victim victim) {
        this.seed = seed;
        this.victim = victim;
        random = new Random(seed);
        window = 1 + random.nextInt(30);
        settings.put("sysSeconds", "0");
        oneOf("maxInFlight", "1", "3", "20", "100");
        oneOf("maxUnacknowledged", "2", "20", "100");
        oneOf("windowMessages", "2", "10", "200");
        oneOf("windowBytes", "4096", "262144");
        oneOf("sessionQueueMessages", "30", "100000");
        oneOf("memoryQueueMessages", "50", "2000");
        if (seed % SEEDS_A_SLOW_DISK == SEEDS_A_SLOW_DISK / 2) {
            settings.put(Victim.SYNC_MICROS, String.valueOf(new Random(~seed).nextInt(LEAST_SLOW_MICROS, MOST_SLOW_MICROS)));
        }
        for (int i = 1 + random.nextInt(3); i >= 0; i--) {
            String id = "p" + i;
            publishers.add(new Publisher(model, id, random.nextInt(4) > 0, Publisher.randomStreams(random, id, TOPICS), random));
        }
        for (int i = 1 + random.nextInt(4); i >= 0; i--) {
            Map<String, Integer> filters = new LinkedHashMap<>();
            for (int k = random.nextInt(3); k >= 0; k--) {
                filters.put(randomFilter(), random.nextInt(10) == 0 ? 0 : 1 + random.nextInt(2));
            }
            subscribers.add(new Subscriber(model, "s" + i, random.nextInt(4) > 0, filters, random));
        }
    }

    private void oneOf(String name, String... values) {
        settings.put(name, values[random.nextInt(values.length)]);
    }

    private String randomFilter() {
        return FILTERS[random.nextInt(FILTERS.length)];
    }

    /** @throws AssertionError if the server broke a promise; with the seed in it */
    void run() {
        int lives = 1 + random.nextInt(3);
        try {
            for (int life = 0; life < lives && model.violations().isEmpty(); life++) {
                start();
                load(1 + random.nextInt(random.nextInt(3) == 0 ? 1500 : 300));
                kill();
            }
            start();
            comeToRest();
        } catch (RuntimeException | AssertionError e) {
            model.violation("the run ended with " + e);
        }
    }

    private void start() {
        port = victim.start(settings);
        model.trace("server", "started with " + settings);
        if (kills > 0 && random.nextBoolean()) {
            checkRetained();
        }
    }

    private void kill() {
        victim.kill();
        kills++;
        model.trace("server", "killed");
        while (clients().stream().anyMatch(Client::isConnected)) {
            clients().forEach(Client::pump);
        }
        retainedCheck = null;
    }

    private List<Client> clients() {
        List<Client> all = new ArrayList<>(publishers);
        all.addAll(subscribers);
        if (retainedCheck != null) {
            all.add(retainedCheck);
        }
        return all;
    }

    private void checkRetained() {
        if (retainedCheck == null) {
            retainedCheck = new RetainedCheck(model, ++retainedChecks);
            retainedCheck.connect(port);
        }
    }

    /** Returns the number of packets that arrived. */
    private int pump() {
        int arrived = 0;
        for (Client client : clients()) {
            arrived += client.pump();
        }
        subscribers.forEach(Subscriber::acknowledgeDue);
        if (retainedCheck != null) {
            retainedCheck.look();
        }
        if (retainedCheck != null && (retainedCheck.isDone() || !retainedCheck.isConnected())) {
            retainedCheck = null;
        }
        packets += arrived;
        return arrived;
    }

    private boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }

    // ---- under load -------------------------------------------------------------------------------------------------

    private void load(int mostPackets) {
        long end = System.nanoTime() + MOST_NANOS_A_LIFE;
        int arrived = 0;
        while (arrived < mostPackets && System.nanoTime() < end && model.violations().isEmpty()) {
            int now = pump();
            arrived += now;
            publishers.forEach(this::publish);
            subscribers.forEach(this::live);
            if (oneIn(300)) {
                checkRetained();
            }
            if (now == 0) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private void publish(Publisher publisher) {
        if (!publisher.isConnected()) {
            if (oneIn(10)) {
                publisher.connect(port);
            }
        } else if (oneIn(500)) {
            publisher.leave(random.nextBoolean());
        } else if (publisher.isAccepted() && oneIn(3)) {
            for (int burst = random.nextInt(6); burst > 0 && publisher.pending() < window; burst--) {
                publisher.publish(publisher.streams().get(random.nextInt(publisher.streams().size())));
            }
        }
    }

    private void live(Subscriber subscriber) {
        if (!subscriber.isConnected()) {
            if (oneIn(10)) {
                int manner = random.nextInt(6);
                subscriber.acknowledgeWithin(manner == 0 ? -1 : manner == 1 ? 20 : manner == 2 ? 2 : 0);
                if (oneIn(30)) {
                    subscriber.discardNext();
                }
                subscriber.connect(port);
            }
        } else if (oneIn(200)) {
            subscriber.leave(random.nextBoolean());
        } else if (oneIn(200)) {
            subscriber.changeSubscriptions(randomFilter());
        }
    }

    // ---- the end ----------------------------------------------------------------------------------------------------

    /** Everyone comes back, finishes what is under way, publishes once more, and gets what is due. */
    private void comeToRest() {
        long latest = System.nanoTime() + MOST_NANOS_TO_REST;
        long end = System.nanoTime() + MOST_NANOS_OF_SILENCE;
        boolean last = false;
        while (model.violations().isEmpty()) {
            int now = pump();
            end = now == 0 ? end : Math.min(latest, System.nanoTime() + MOST_NANOS_OF_SILENCE);
            publishers.stream().filter(p -> !p.isConnected()).forEach(p -> p.connect(port));
            subscribers.forEach(s -> {
                s.acknowledgeWithin(0);
                if (!s.isConnected()) {
                    s.connect(port);
                }
            });
            boolean settled = publishers.stream().allMatch(p -> p.isAccepted() && p.pending() == 0)
                    && subscribers.stream().allMatch(Subscriber::isSettled);
            if (settled && !last) {
                last = true;
                publishers.forEach(p -> p.streams().forEach(p::publish));
            } else if (settled && now == 0 && missing() == null) {
                break;
            }
            if (System.nanoTime() > end) {
                model.violation("no rest: " + missing() + "; settled " + settled + "; pending "
                        + publishers.stream().map(p -> p.id + " " + p.isAccepted() + " " + p.pending()).toList());
                return;
            }
            if (now == 0) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
        if (!model.violations().isEmpty()) {
            return;
        }
        subscribers.forEach(Subscriber::checkLastDeliveries);
        checkRetained();
        end = System.nanoTime() + MOST_NANOS_OF_SILENCE;
        while (retainedCheck != null && System.nanoTime() < end) {
            pump();
        }
        if (retainedCheck != null) {
            model.violation("the retained messages were not sent");
        }
        while (victim.leftovers() > 0) {
            if (System.nanoTime() > end) {
                model.violation(victim.leftovers() + " messages or deliveries are left in the store");
                return;
            }
            for (int i = 0; i < PUMPS_BETWEEN; i++) {
                pump();
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    /** A message that must have come and did not, or null. */
    private String missing() {
        for (Message message : model.all()) {
            for (Subscriber subscriber : subscribers) {
                if (subscriber.misses(message)) {
                    return subscriber.id + " misses " + message + ", sent at " + message.sentAt + ", acknowledged at "
                            + message.acknowledgedAt;
                }
            }
        }
        return null;
    }

    List<String> violations() {
        return model.violations();
    }

    List<String> trace() {
        return model.trace();
    }

    /** One line: what happened. */
    String summary() {
        return "seed " + seed + ": " + kills + " kills, " + publishers.size() + " publishers, " + subscribers.size()
                + " subscribers, " + model.all().size() + " messages, " + packets + " packets";
    }

    int kills() {
        return kills;
    }

    int messages() {
        return model.all().size();
    }
}
