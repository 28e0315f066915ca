// SPDX-License-Identifier: Apache-2.0
package io.lintel.console.internal;

import io.lintel.mqtt.server.MqttServerAdministration.SessionView;
import java.time.Duration;
import java.util.Locale;

/** Numbers and states of the MQTT server in words. Stateless. */
final class MqttText {
    private MqttText() {
    }

    /** Such as {@code connected for 2 min 3 s} or {@code away for 3 d 2 h}. */
    static String presence(SessionView session) {
        return session.connection().map(connection -> "connected for " + since(connection.sinceMillis())
                + (connection.waiting() ? ", held back" : "")).orElseGet(() -> "away for " + since(session.seenMillis()));
    }

    static String since(long millis) {
        return OverviewPlugin.uptime(Duration.ofMillis(Math.max(0, System.currentTimeMillis() - millis)));
    }

    static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    static String bytes(long bytes) {
        return bytes < 1_024 ? bytes + " B"
                : bytes < 10_240 ? String.format(Locale.ROOT, "%.1f kB", bytes / 1_024.0)
                : bytes < 1_048_576 ? bytes / 1_024 + " kB"
                : bytes < 10 * 1_048_576L ? String.format(Locale.ROOT, "%.1f MB", bytes / 1_048_576.0)
                : bytes < 10_240 * 1_048_576L ? bytes / 1_048_576 + " MB" : bytes / 1_073_741_824 + " GB";
    }
}
