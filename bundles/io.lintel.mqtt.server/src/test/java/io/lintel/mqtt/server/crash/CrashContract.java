// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * What a server and its store promise together, whatever kills them: hundreds of seeded runs. With
 * {@code -Dlintel.crash.seed=N} only that seed is run, with {@code -Dlintel.crash.runs=N} so many; {@code
 * -Dlintel.crash.first=N} begins with another one. A run that fails leaves what its clients saw in {@code target/crash}, and its
 * seed in the message. Where exactly a kill hits is up to the machine, so a seed that failed may pass when it is tried again:
 * therefore the verdict stands, and the build's second attempt at a failed test does not run the seeds once more.
 */
public abstract class CrashContract {
    private static final int AT_A_TIME = 2;
    private static final int MOST_VIOLATIONS = 10;
    /** Each test class's broken promises, which another attempt that is luckier does not mend. */
    private static final Map<Class<?>, List<String>> BROKEN = new ConcurrentHashMap<>();

    /** @param name of the run, for what belongs to it alone */
    protected abstract Victim victim(String name);

    /** How many runs this store gets where nothing else is asked for. */
    protected abstract int runs();

    @Test
    void whatIsAcknowledgedSurvivesKillNine() throws Exception {
        assertThat(BROKEN.getOrDefault(getClass(), List.of())).as("broken at the first attempt").isEmpty();
        List<Long> seeds = seeds();
        AtomicInteger kills = new AtomicInteger();
        AtomicInteger messages = new AtomicInteger();
        List<String> failures = new ArrayList<>();
        long begin = System.nanoTime();
        ExecutorService pool = Executors.newFixedThreadPool(AT_A_TIME);
        try {
            List<Future<String>> runs = new ArrayList<>();
            for (long seed : seeds) {
                runs.add(pool.submit(() -> run(seed, kills, messages)));
            }
            for (Future<String> run : runs) {
                String failure = run.get();
                if (!failure.isEmpty()) {
                    failures.add(failure);
                }
            }
        } finally {
            pool.shutdownNow();
        }
        System.out.printf("crash test: %d runs, %d kills, %d messages, %d failures, %d s%n", seeds.size(), kills.get(),
                messages.get(), failures.size(), (System.nanoTime() - begin) / 1_000_000_000L);
        if (!failures.isEmpty()) {
            BROKEN.put(getClass(), failures);
        }
        assertThat(failures).isEmpty();
        assertThat(kills.get()).isGreaterThanOrEqualTo(seeds.size());
        assertThat(messages.get()).isGreaterThan(seeds.size());
    }

    private static List<Long> seedsFrom(long first, int count) {
        List<Long> seeds = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            seeds.add(first + i);
        }
        return seeds;
    }

    private List<Long> seeds() {
        Long only = Long.getLong("lintel.crash.seed");
        int count = Integer.getInteger("lintel.crash.runs", runs());
        return only != null ? List.of(only) : seedsFrom(Long.getLong("lintel.crash.first", 1), count);
    }

    private String run(long seed, AtomicInteger kills, AtomicInteger messages) throws IOException {
        String name = getClass().getSimpleName() + "-" + seed;
        try (Victim victim = victim(name)) {
            CrashRun run = new CrashRun(seed, victim);
            run.run();
            kills.addAndGet(run.kills());
            messages.addAndGet(run.messages());
            if (run.violations().isEmpty()) {
                return "";
            }
            Path trace = Files.createDirectories(Path.of("target", "crash")).resolve(name + ".txt");
            Files.write(trace, run.trace());
            List<String> first = run.violations().subList(0, Math.min(MOST_VIOLATIONS, run.violations().size()));
            String failure = run.summary() + " (" + trace + ")\n  " + String.join("\n  ", first);
            System.out.println("crash test: " + failure);
            return failure;
        }
    }
}
