// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The names of leniencies, and what the manual says of them. */
class LeniencyTest {
    @ParameterizedTest
    @EnumSource(Leniency.class)
    void theManualNamesEachAndWhetherItIsOn(Leniency leniency) throws Exception {
        List<String> asDelivered = List.of(Configs.of(MqttBinding.Config.class, Map.of()).leniencies());
        assertThat(Files.readString(Path.of("../../docs/mqtt.md")))
                .contains("| `" + leniency.key() + "` | " + (asDelivered.contains(leniency.key()) ? "on" : "off") + " |");
    }

    @Test
    void anUnknownNameStopsTheStart() {
        assertThat(Leniency.of(List.of("noSuffix", "qos0"))).containsExactlyInAnyOrder(Leniency.NO_SUFFIX, Leniency.QOS_0);
        Object wrong = new String[] {"noSufix"};
        assertThatThrownBy(() -> Configs.binding(Map.of("leniencies", wrong), "")).hasMessageContaining("noSufix");
    }
}
