// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.sqlite.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.store.Resource;
import io.lintel.primitive.Attributes;
import io.lintel.store.jdbc.JdbcStore;
import io.lintel.store.jdbc.Plans;
import io.lintel.store.jdbc.StoreSettings;
import io.lintel.store.jdbc.contract.StoreTest;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.JDBC;

/** With 100,000 instances in one container, every statement of a request finds its rows through a key. */
class SqlitePlanTest extends StoreTest {
    private static final int INSTANCES = 100_000;

    @TempDir
    private Path directory;

    @Override
    protected JdbcStore open(StoreSettings settings) {
        return SqliteStores.open(directory, settings);
    }

    @Test
    void noStatementOfARequestLooksAtMoreThanItReturns() throws Exception {
        Resource container = container(base(), "lamp");
        for (int i = 0; i < INSTANCES; i += 1000) {
            write(writer -> {
                for (int k = 0; k < 1000; k++) {
                    insertInstance(writer, container, "x");
                }
                return null;
            });
        }
        Resource last = instance(container, "last");
        assertThat(store.newestInstance(container.id())).contains(last);
        assertThat(store.oldestInstance(container.id())).isPresent();
        assertThat(store.byId(last.id())).contains(last);
        write(writer -> {
            Resource oldest = writer.oldestInstance(container.id()).orElseThrow();
            writer.delete(oldest);
            assertThat(writer.oldestInstance(container.id())).isPresent().isNotEqualTo(Optional.of(oldest));
            writer.update(container.with(Attributes.of("cni", INSTANCES)));
            return null;
        });
        assertThat(store.resourceCount()).isEqualTo(INSTANCES + 2);
        List<String> offending = new ArrayList<>();
        try (Connection connection = JDBC.createConnection("jdbc:sqlite:" + directory.resolve("lintel.db"), new Properties());
                Statement statement = connection.createStatement()) {
            for (String sql : Plans.statements()) {
                try (ResultSet plan = statement.executeQuery("EXPLAIN QUERY PLAN " + sql)) {
                    while (plan.next()) {
                        if (!isBounded(plan.getString("detail"))) {
                            offending.add(sql + " -> " + plan.getString("detail"));
                        }
                    }
                }
            }
        }
        assertThat(Plans.statements()).hasSizeGreaterThan(30);
        assertThat(offending).isEmpty();
    }

    /** A search by key or index, a subquery (whose own lines follow), or the first entry of an index in its order. */
    private static boolean isBounded(String detail) {
        return detail.startsWith("SEARCH ") || detail.startsWith("SCALAR SUBQUERY")
                || detail.startsWith("CORRELATED SCALAR SUBQUERY")
                || detail.equals("SCAN outb USING COVERING INDEX outb_target");
    }

    @Test
    void theStatementThatIsNotMeantForRequestsIsToldApart() throws Exception {
        try (Connection connection = JDBC.createConnection("jdbc:sqlite:" + directory.resolve("lintel.db"), new Properties());
                Statement statement = connection.createStatement();
                ResultSet plan = statement.executeQuery("EXPLAIN QUERY PLAN SELECT * FROM inst WHERE ty = 4 ORDER BY seq")) {
            plan.next();
            assertThat(isBounded(plan.getString("detail"))).isFalse();
        }
    }
}
