// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The rows of {@code decision-table.csv}, which the tests of the whole node read too. */
final class DecisionTable {
    private DecisionTable() {
    }

    /** @param topic with {@code {cred}} and {@code {other}} for Credential-IDs */
    record Row(String id, String client, String action, String topic, String outcome) {
        String topic(String credential, String otherCredential) {
            return topic.replace("{cred}", credential).replace("{other}", otherCredential);
        }

        @Override
        public String toString() {
            return id + ": " + client + " " + action + " " + topic + " " + outcome;
        }
    }

    static Stream<Row> rows() {
        try (InputStream file = DecisionTable.class.getResourceAsStream("decision-table.csv")) {
            List<String> lines = new String(file.readAllBytes(), StandardCharsets.UTF_8).lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("# ")).toList();
            return lines.stream().map(line -> Arrays.stream(line.split(",")).map(String::trim).toArray(String[]::new))
                    .map(cells -> new Row(cells[0], cells[1], cells[2], cells[3], cells[4]));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
