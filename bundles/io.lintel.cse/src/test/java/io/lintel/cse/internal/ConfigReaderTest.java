// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lintel.cse.internal.outbound.OutboundSettings;
import java.lang.reflect.Proxy;
import io.lintel.cse.internal.profile.ServiceSubscriptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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

    @ParameterizedTest
    @CsvSource({"maximumDepth", "maximumChildren", "maximumAttributes", "maximumListEntries", "maximumLabels",
        "maximumTextLength"})
    void limits(String key) {
        assertThatThrownBy(() -> ConfigReader.settings(config(Map.of(key, -1)), true))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("cse." + key);
    }

    @ParameterizedTest
    @CsvSource({"country, Germany, cse.country", "strictRelease, 3, cse.strictRelease",
        "serviceSubscription, maybe, cse.serviceSubscription"})
    void accessControl(String key, String value, String named) {
        assertThatThrownBy(() -> ConfigReader.settings(config(Map.of(key, value)), true))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining(named);
    }

    @Test
    void serviceSubscriptionsCountAtAnInCseWhereThereAreSome() {
        assertThat(ConfigReader.settings(config(Map.of()), true).access().subscriptions())
                .isEqualTo(ServiceSubscriptions.Mode.OFF);
        assertThat(ConfigReader.settings(config(Map.of("type", "in")), true).access().subscriptions())
                .isEqualTo(ServiceSubscriptions.Mode.IF_PRESENT);
        assertThat(ConfigReader.settings(config(Map.of("strictRelease", "2a")), true).limits().strict()).isTrue();
    }

    @Test
    void keysOfIssuers(@TempDir Path folder) throws IOException {
        Path secret = Files.writeString(folder.resolve("das.secret"), "0123456789abcdef0123456789abcdef\n");
        assertThat(ConfigReader.settings(config(Map.of("tokenIssuers", new String[] {"/in-cse/CDas=" + secret})), true).access()
                .tokenKeys()).containsOnlyKeys("/in-cse/CDas");
        assertThatThrownBy(() -> ConfigReader.settings(config(Map.of("tokenIssuers", new String[] {"CDas"})), true))
                .hasMessageContaining("cse.tokenIssuers");
        assertThatThrownBy(() -> ConfigReader.settings(config(Map.of("tokenIssuers", new String[] {"CDas=" + folder + "/no"})),
                true)).hasMessageContaining("can't be read");
        Files.writeString(secret, "short");
        assertThatThrownBy(() -> ConfigReader.settings(config(Map.of("tokenIssuers", new String[] {"CDas=" + secret})), true))
                .hasMessageContaining("32 bytes");
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
