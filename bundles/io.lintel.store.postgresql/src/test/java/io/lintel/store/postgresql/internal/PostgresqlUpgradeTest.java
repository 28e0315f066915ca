// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.postgresql.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.store.OutboundItem;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.store.jdbc.Schema;
import io.lintel.store.jdbc.StoreSettings;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tables of version 2 are brought up to date when they are opened, and what waited in them leaves in its order. */
class PostgresqlUpgradeTest {
    private static final StoreSettings SETTINGS = new StoreSettings(64, 100, 1 << 20, 1);
    /** What turns tables of this edition into those of version 2. */
    private static final List<String> BACK = List.of("DROP INDEX inst_generated", "ALTER TABLE inst DROP COLUMN dgt",
            "DROP TABLE custody", "DROP TABLE held", "DROP INDEX outb_target",
            "DROP INDEX outb_until", "DROP INDEX outb_latest", "ALTER TABLE outb DROP COLUMN kind, DROP COLUMN size, "
                    + "DROP COLUMN since, DROP COLUMN k", "UPDATE outb SET n = n >> 8 & 17592186044415",
            "CREATE INDEX outb_target ON outb (target, n)", "UPDATE meta SET v = 2 WHERE k = 'version'");

    private final Cluster cluster = Cluster.running();
    private final PostgresqlSettings schema = cluster.freshSchema();

    private static OutboundItem item(int number) {
        return new OutboundItem(0, "/in-cse/CApp", RequestPrimitive.builder(Operation.NOTIFY, "/in-cse/CApp").from("/mn-cse")
                .requestIdentifier("v2-" + number).build(), "sub-1", 4_102_444_800_000L);
    }

    private static void enqueue(PostgresqlStore store, int number) throws Exception {
        store.write(writer -> writer.enqueue(item(number))).toCompletableFuture().get();
    }

    @Test
    void whatWaitedInVersionTwoLeavesInItsOrderAndBeforeWhatComes() throws Exception {
        try (PostgresqlStore store = cluster.open(schema, SETTINGS)) {
            for (int i = 0; i < 3; i++) {
                enqueue(store, i);
            }
        }
        BACK.forEach(sql -> cluster.number(schema, sql));
        for (int opened = 0; opened < 2; opened++) {
            try (PostgresqlStore store = cluster.open(schema, SETTINGS)) {
                enqueue(store, 3 + opened);
                List<OutboundItem> items = store.outbound("/in-cse/CApp", 0, 9);
                assertThat(items).extracting(item -> item.request().requestIdentifier())
                        .containsExactlyElementsOf(List.of("v2-0", "v2-1", "v2-2", "v2-3", "v2-4").subList(0, 4 + opened));
                assertThat(items).allSatisfy(item -> {
                    assertThat(item.rank()).isEqualTo(OutboundItem.USUAL_RANK);
                    assertThat(item.bytes()).isPositive();
                });
                assertThat(store.outboundHeld()).isEmpty();
            }
            assertThat(cluster.number(schema, "SELECT v FROM meta WHERE k = 'version'")).isEqualTo(Schema.VERSION);
        }
    }
}
