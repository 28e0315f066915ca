// SPDX-License-Identifier: Apache-2.0
package io.lintel.adapter.internal;

import io.lintel.adapter.DeviceAdapter;
import io.lintel.adapter.ModuleReading;
import io.lintel.adapter.Publication;
import io.lintel.adapter.Reading;
import io.lintel.primitive.Identifiers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.osgi.service.component.annotations.Component;

/**
 * Devices that run Tasmota with its default topics ({@code tele/}, {@code stat/} and {@code cmnd/}). A device's relay
 * states arrive in the containers {@code power}, {@code power2} …, its periodic messages in {@code state} and
 * {@code sensor}, its reachability in {@code availability}; a command is {@code ON}, {@code OFF} or {@code TOGGLE}, with
 * {@code POWER2} or the like in front for one of several relays.
 *
 * <p>As flexContainers of TS-0023 there are {@code binSh}, {@code binSh2} … for the relays and {@code brigs} for the dimmer,
 * which can be changed, and {@code tempe} and {@code relHy} for what is measured, with the sensor's name behind it if the
 * message says one.
 */
@Component
public final class TasmotaAdapter implements DeviceAdapter {
    private static final Pattern COMMAND =
            Pattern.compile("(?:(POWER[1-8]?)\\s+)?(ON|OFF|TOGGLE|0|1|2)", Pattern.CASE_INSENSITIVE);
    private static final Pattern RELAY = Pattern.compile("POWER[1-8]?");
    private static final Pattern SWITCH = Pattern.compile("binSh([1-8]?)");
    private static final String URN = "org.onem2m.common.moduleclass.";
    private static final Map<String, Long> UNITS = Map.of("C", 1L, "F", 2L);

    @Override
    public String name() {
        return "tasmota";
    }

    @Override
    public List<String> topicFilters() {
        return List.of("tele/+/+", "stat/+/+");
    }

    @Override
    public List<Reading> read(String topic, byte[] payload) {
        String[] levels = topic.split("/", -1);
        if (levels.length != 3) {
            return List.of();
        }
        String device = levels[1];
        String text = new String(payload, StandardCharsets.UTF_8);
        return switch (levels[0]) {
            case "tele" -> telemetry(device, levels[2], text);
            case "stat" -> RELAY.matcher(levels[2]).matches() ? List.of(power(device, levels[2], text)) : List.of();
            default -> List.of();
        };
    }

    private static List<Reading> telemetry(String device, String kind, String text) {
        return switch (kind) {
            case "LWT" -> List.of(new Reading(device, "availability", text, "text/plain", true));
            case "SENSOR" -> List.of(new Reading(device, "sensor", Json.checked(text), "application/json", false));
            case "STATE" -> {
                List<Reading> readings = new ArrayList<>();
                readings.add(new Reading(device, "state", text, "application/json", false));
                Json.texts(text).forEach((name, value) -> {
                    if (RELAY.matcher(name).matches()) {
                        readings.add(power(device, name, value));
                    }
                });
                yield readings;
            }
            default -> List.of();
        };
    }

    @Override
    public List<ModuleReading> modules(String topic, byte[] payload) {
        String[] levels = topic.split("/", -1);
        if (levels.length != 3) {
            return List.of();
        }
        String device = levels[1];
        String text = new String(payload, StandardCharsets.UTF_8);
        if (levels[0].equals("stat")) {
            return RELAY.matcher(levels[2]).matches() ? List.of(relay(device, levels[2], text)) : List.of();
        }
        return switch (levels[2]) {
            case "STATE" -> state(device, Json.values(text));
            case "SENSOR" -> sensors(device, Json.values(text));
            default -> List.of();
        };
    }

    private static List<ModuleReading> state(String device, Map<String, Object> values) {
        List<ModuleReading> modules = new ArrayList<>();
        values.forEach((name, value) -> {
            if (RELAY.matcher(name).matches()) {
                modules.add(relay(device, name, value.toString()));
            } else if (name.equals("Dimmer") && value instanceof Double percent) {
                modules.add(new ModuleReading(device, "brigs", "cod:brigs", URN + "brightness", Map.of("brigs",
                        Math.round(percent)), true));
            }
        });
        return modules;
    }

    private static List<ModuleReading> sensors(String device, Map<String, Object> values) {
        List<ModuleReading> modules = new ArrayList<>();
        values.forEach((name, value) -> {
            String quantity = name.substring(name.indexOf('/') + 1);
            String sensor = name.indexOf('/') < 0 ? "" : "-" + name.substring(0, name.indexOf('/'));
            if (!(value instanceof Double number) || !Identifiers.isElement("x" + sensor)) {
                return;
            }
            if (quantity.equals("Temperature")) {
                Map<String, Object> temperature = new HashMap<>(Map.of("curT0", number));
                Optional.ofNullable(values.get("TempUnit")).map(UNITS::get).ifPresent(unit -> temperature.put("unit", unit));
                modules.add(new ModuleReading(device, "tempe" + sensor, "cod:tempe", URN + "temperature", temperature, false));
            } else if (quantity.equals("Humidity")) {
                modules.add(new ModuleReading(device, "relHy" + sensor, "cod:relHy", URN + "relativeHumidity",
                        Map.of("relHy", number), false));
            }
        });
        return modules;
    }

    private static ModuleReading relay(String device, String relay, String value) {
        return new ModuleReading(device, "binSh" + relay.substring("POWER".length()), "cod:binSh", URN + "binarySwitch",
                Map.of("state", value.equalsIgnoreCase("ON")), true);
    }

    @Override
    public List<Publication> change(String device, String module, Map<String, Object> values) {
        Matcher relay = SWITCH.matcher(module);
        if (relay.matches() && values.get("state") instanceof Boolean on) {
            return List.of(message(device, "POWER" + relay.group(1), on ? "ON" : "OFF"));
        }
        if (module.equals("brigs") && values.get("brigs") instanceof Long percent) {
            if (percent < 0 || percent > 100) {
                throw new IllegalArgumentException("the dimmer of a Tasmota device goes from 0 to 100 %, not to " + percent);
            }
            return List.of(message(device, "Dimmer", percent.toString()));
        }
        throw new IllegalArgumentException("a Tasmota device can't change " + module);
    }

    private static Publication message(String device, String what, String value) {
        return new Publication("cmnd/" + device + "/" + what, value.getBytes(StandardCharsets.UTF_8));
    }

    private static Reading power(String device, String relay, String value) {
        return new Reading(device, relay.toLowerCase(Locale.ROOT), value.toUpperCase(Locale.ROOT), "text/plain", true);
    }

    @Override
    public List<Publication> command(String device, String content) {
        Matcher command = COMMAND.matcher(content.trim());
        if (!command.matches()) {
            throw new IllegalArgumentException("a Tasmota device understands ON, OFF or TOGGLE, with POWER1 … POWER8 in front "
                    + "for one of several relays, not: " + content);
        }
        String relay = command.group(1) == null ? "POWER" : command.group(1).toUpperCase(Locale.ROOT);
        String value = command.group(2).toUpperCase(Locale.ROOT);
        return List.of(message(device, relay, value));
    }
}
