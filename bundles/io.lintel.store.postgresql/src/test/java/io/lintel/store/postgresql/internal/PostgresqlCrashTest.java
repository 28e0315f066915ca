// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.postgresql.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.StoreException;
import io.lintel.store.jdbc.JdbcStore;
import io.lintel.store.jdbc.StoreSettings;
import io.lintel.store.jdbc.contract.Child;
import io.lintel.store.jdbc.contract.Load;
import io.lintel.store.jdbc.contract.StoreTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The node is killed, the server is killed, a second node comes: what was acknowledged is there, and nothing by half. */
class PostgresqlCrashTest extends StoreTest {
    private final Cluster cluster = Cluster.running();
    private final PostgresqlSettings schema = cluster.freshSchema();

    @Override
    protected JdbcStore open(StoreSettings settings) {
        return cluster.open(schema, settings);
    }

    /** The process that is killed. */
    static final class Victim {
        private Victim() {
        }

        public static void main(String[] arguments) throws InterruptedException {
            Load.run(new PostgresqlStore(new PostgresqlSettings(arguments[0], "lintel", "", arguments[1]), SETTINGS), System.out);
        }
    }

    @Test
    void whatWasAcknowledgedSurvivesKillNineOfTheNode() {
        store.close();
        List<String> acknowledged = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            acknowledged.addAll(Child.killedAfter(300 + 900 * round, Victim.class, schema.url(), schema.schema()));
            store = open(SETTINGS);
            Load.verify(store, acknowledged);
            store.close();
        }
    }

    @Test
    void aServerThatIsKilledAndComesBackLeavesNoAnswerWrong() throws Exception {
        Resource container = container(base(), "lamp");
        Set<String> done = ConcurrentHashMap.newKeySet();
        Set<String> failed = ConcurrentHashMap.newKeySet();
        for (int round = 0; round < 3; round++) {
            Phaser waiting = new Phaser(1);
            int enough = done.size() + 200;
            for (int i = 0; i < 1000; i++) {
                String content = round + "." + i;
                waiting.register();
                store.write(writer -> insertInstance(writer, container, content)).whenComplete((created, failure) -> {
                    (failure == null ? done : failed).add(content);
                    waiting.arriveAndDeregister();
                });
                if (i == 300) {
                    while (done.size() < enough) {
                        Thread.onSpinWait();
                    }
                    cluster.kill();
                    cluster.start();
                }
            }
            waiting.awaitAdvanceInterruptibly(waiting.arrive(), 60, TimeUnit.SECONDS);
            List<String> there = store.children(container.id(), INSTANCE, "", 100_000).stream()
                    .map(instance -> instance.text("con").orElseThrow()).toList();
            assertThat(there).doesNotHaveDuplicates().containsAll(done);
            assertThat(there).noneMatch(failed::contains);
            assertThat(store.resourceCount()).isEqualTo(2 + there.size());
        }
        reopen();
        assertThat(store.resourceCount()).isEqualTo(2 + done.size());
    }

    @Test
    void aSecondNodeOnTheSameSchemaIsRefused() {
        assertThatThrownBy(() -> open(SETTINGS)).isInstanceOf(StoreException.class)
                .hasMessageContaining("in use by another node");
    }

    @Test
    void aServerThatIsNotThereIsNamed() {
        PostgresqlSettings nowhere = new PostgresqlSettings("jdbc:postgresql://127.0.0.1:1/postgres", "lintel", "", "x");
        assertThatThrownBy(() -> cluster.open(nowhere, SETTINGS)).isInstanceOf(StoreException.class)
                .hasMessageContaining("127.0.0.1:1");
        assertThatThrownBy(() -> new PostgresqlSettings("", "", "", "x; DROP")).hasMessageContaining("schema");
    }
}
