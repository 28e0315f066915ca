// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lintel.cse.internal.outbound.OutboundSettings;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A wrong value stops the CSE with a sentence that names the key. */
class ConfigReaderTest {

    private static CseConfig config(Map<String, Object> changed) {
        return (CseConfig) Proxy.newProxyInstance(CseConfig.class.getClassLoader(), new Class<?>[] {CseConfig.class},
                (proxy, method, arguments) -> changed.getOrDefault(method.getName(), method.getDefaultValue()));
    }

    @Test
    void theDefaultsAreAGateway() {
        CseSettings settings = ConfigReader.settings(config(Map.of()), true);
        assertThat(settings.identity().cseId()).isEqualTo("/mn-cse");
        assertThat(settings.identity().baseName()).isEqualTo("mn-name");
        assertThat(settings.identity().administrator()).isEqualTo("CAdmin");
        assertThat(settings.defaultExpiration()).isEqualTo(Duration.ofDays(365));
    }

    @ParameterizedTest
    @CsvSource({"type, router, cse.type", "id, mn-cse, cse.id", "id, /a/b, cse.id", "name, a/b, cse.name", "ri, C1, cse.ri",
        "ri, mn-name, cse.ri", "administrator, C Admin, cse.administrator", "spId, lintel.example, sp"})
    void texts(String key, String value, String named) {
        assertThatThrownBy(() -> ConfigReader.settings(config(Map.of(key, value)), true))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining(named);
    }

    @ParameterizedTest
    @CsvSource({"defaultExpirationSeconds", "maximumExpirationSeconds", "requestTimeoutMillis", "storedResponseSeconds"})
    void times(String key) {
        assertThatThrownBy(() -> ConfigReader.settings(config(Map.of(key, 0L)), true))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("cse." + key);
    }

    @ParameterizedTest
    @CsvSource({"maximumContentBytes", "maximumResults", "expirationSweepSeconds"})
    void numbers(String key) {
        assertThatThrownBy(() -> ConfigReader.settings(config(Map.of(key, 0)), true))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("cse." + key);
    }

    @Test
    void lists() {
        assertThatThrownBy(() -> ConfigReader.settings(config(Map.of("poa", new String[] {"here"})), true))
                .hasMessageContaining("cse.poa");
        assertThatThrownBy(() -> ConfigReader.settings(config(Map.of("releaseVersions", new String[] {" "})), true))
                .hasMessageContaining("cse.releaseVersions");
        assertThat(ConfigReader.settings(config(Map.of("poa", new String[] {" http://x:1 ", ""})), true).pointsOfAccess())
                .containsExactly("http://x:1");
    }

    @Test
    void aListInAFileIsOneTextWithCommas() {
        CseSettings settings = ConfigReader.settings(config(Map.of("releaseVersions", new String[] {"2a, 3"},
                "aeIds", new String[] {"Cok*,C"}, "cseIds", new String[] {"/a,/b*"})), true);
        assertThat(settings.releaseVersions()).containsExactly("2a", "3");
        assertThat(settings.aeIds()).containsExactly("Cok*", "C");
        assertThat(settings.cseIds()).containsExactly("/a", "/b*");
    }

    private static OutboundSettings outbound(Map<String, Object> changed) {
        CseConfig config = config(changed);
        return ConfigReader.outbound(config, ConfigReader.settings(config, true));
    }

    @Test
    void theDefaultsOfTheOutboundSideAreItsOwn() {
        assertThat(outbound(Map.of())).isEqualTo(OutboundSettings.defaults());
        assertThat(outbound(Map.of("releaseVersions", new String[] {"2a"})).supportedReleases()).containsExactly("2a");
        assertThat(outbound(Map.of("notificationQueueFull",
                "dropNewest")).whenFull()).isEqualTo(OutboundSettings.WhenFull.DROP_NEWEST);
        assertThat(outbound(Map.of("notificationLifeSeconds", 60L)).notificationLife()).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void valuesOfTheOutboundSideThatMakeNoSense() {
        for (String key : new String[] {"notificationLifeSeconds", "notificationRetryInitialMillis",
                "notificationRetryMaxMillis"}) {
            assertThatThrownBy(() -> outbound(Map.of(key, 0L))).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("cse." + key);
        }
        for (String key : new String[] {"notificationQueueLimit", "maximumOutstanding"}) {
            assertThatThrownBy(() -> outbound(Map.of(key, 0))).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("cse." + key);
        }
        assertThatThrownBy(() -> outbound(Map.of("notificationQueueFull", "wait"))).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cse.notificationQueueFull");
    }
}
