// SPDX-License-Identifier: Apache-2.0
package io.lintel.adapter.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lintel.adapter.Publication;
import io.lintel.adapter.ModuleReading;
import io.lintel.adapter.Reading;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TasmotaAdapterTest {
    private final TasmotaAdapter adapter = new TasmotaAdapter();

    private List<Reading> read(String topic, String payload) {
        return adapter.read(topic, payload.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aSensorMessageIsOneMeasurement() {
        assertThat(read("tele/plug/SENSOR", "{\"ENERGY\":{\"Power\":12}}"))
                .containsExactly(new Reading("plug", "sensor", "{\"ENERGY\":{\"Power\":12}}", "application/json", false));
    }

    @Test
    void aStateMessageTellsTheStateAndEachRelay() {
        String state = "{\"Uptime\":\"0T01:00:00\",\"POWER1\":\"ON\",\"POWER2\":\"OFF\",\"Wifi\":{\"RSSI\":80}}";
        assertThat(read("tele/plug/STATE", state)).containsExactly(
                new Reading("plug", "state", state, "application/json", false),
                new Reading("plug", "power1", "ON", "text/plain", true),
                new Reading("plug", "power2", "OFF", "text/plain", true));
    }

    @Test
    void theLastWillTellsWhetherTheDeviceIsReachable() {
        assertThat(read("tele/plug/LWT", "Offline"))
                .containsExactly(new Reading("plug", "availability", "Offline", "text/plain", true));
    }

    @Test
    void aRelaysAnswerIsAState() {
        assertThat(read("stat/plug/POWER", "ON")).containsExactly(new Reading("plug", "power", "ON", "text/plain", true));
    }

    private List<ModuleReading> modules(String topic, String payload) {
        return adapter.modules(topic, payload.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void relaysDimmerAndMeasurementsAreModulesOfTs0023() {
        String common = "org.onem2m.common.moduleclass.";
        assertThat(modules("tele/plug/STATE", "{\"POWER1\":\"ON\",\"POWER2\":\"OFF\",\"Dimmer\":55,\"Wifi\":{\"RSSI\":80}}"))
                .containsExactly(
                        new ModuleReading("plug", "binSh1", "cod:binSh", common + "binarySwitch", Map.of("state", true), true),
                        new ModuleReading("plug", "binSh2", "cod:binSh", common + "binarySwitch", Map.of("state", false), true),
                        new ModuleReading("plug", "brigs", "cod:brigs", common + "brightness", Map.of("brigs", 55L), true));
        assertThat(modules("stat/plug/POWER", "on")).containsExactly(
                new ModuleReading("plug", "binSh", "cod:binSh", common + "binarySwitch", Map.of("state", true), true));
        assertThat(modules("tele/plug/SENSOR", "{\"AM2301\":{\"Temperature\":70.1,\"Humidity\":48.5},\"TempUnit\":\"F\"}"))
                .containsExactly(
                        new ModuleReading("plug", "tempe-AM2301", "cod:tempe", common + "temperature",
                                Map.of("curT0", 70.1, "unit", 2L), false),
                        new ModuleReading("plug", "relHy-AM2301", "cod:relHy", common + "relativeHumidity", Map.of("relHy", 48.5),
                                false));
        assertThat(modules("tele/plug/LWT", "Online")).isEmpty();
        assertThat(modules("tele/plug/SENSOR", "{\"a b\":{\"Temperature\":1}}")).as("no name").isEmpty();
    }

    @Test
    void aChangeOfAModuleIsACommand() {
        assertThat(text(adapter.change("plug", "binSh2", Map.of("state", true)))).isEqualTo("cmnd/plug/POWER2 ON");
        assertThat(text(adapter.change("plug", "binSh", Map.of("state", false)))).isEqualTo("cmnd/plug/POWER OFF");
        assertThat(text(adapter.change("plug", "brigs", Map.of("brigs", 7L)))).isEqualTo("cmnd/plug/Dimmer 7");
        assertThatThrownBy(() -> adapter.change("plug", "brigs", Map.of("brigs", 101L))).hasMessageContaining("101");
        assertThatThrownBy(() -> adapter.change("plug", "tempe", Map.of("curT0", 20.0))).hasMessageContaining("tempe");
    }

    private static String text(List<Publication> publications) {
        return publications.get(0).topic() + " " + new String(publications.get(0).payload(), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"stat/plug/RESULT", "tele/plug/INFO1", "tele/plug", "other/plug/STATE", "tele/a/b/STATE"})
    void whatItDoesNotKnowMeansNothing(String topic) {
        assertThat(read(topic, "{}")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ON", "[1]", "{\"a\":", "{'a':1}"})
    void aBrokenMessageSaysWhy(String payload) {
        assertThatThrownBy(() -> read("tele/plug/SENSOR", payload)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the message is no JSON");
    }

    @Test
    void aDeviceWhoseNameIsNoIdentifierIsRefused() {
        assertThatThrownBy(() -> read("tele/living room/LWT", "Online")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("living room");
    }

    @ParameterizedTest
    @CsvSource({"ON,cmnd/plug/POWER,ON", "toggle,cmnd/plug/POWER,TOGGLE", "POWER2 off,cmnd/plug/POWER2,OFF",
            "power8  1,cmnd/plug/POWER8,1"})
    void aCommandBecomesAPublication(String command, String topic, String payload) {
        List<Publication> publications = adapter.command("plug", command);
        assertThat(publications).hasSize(1);
        assertThat(publications.get(0).topic()).isEqualTo(topic);
        assertThat(new String(publications.get(0).payload(), StandardCharsets.UTF_8)).isEqualTo(payload);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "open", "POWER9 ON", "Restart 1", "ON OFF"})
    void anUnknownCommandSaysWhatIsUnderstood(String command) {
        assertThatThrownBy(() -> adapter.command("plug", command)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ON, OFF or TOGGLE");
    }
}
