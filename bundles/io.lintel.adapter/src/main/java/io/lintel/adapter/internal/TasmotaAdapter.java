// SPDX-License-Identifier: Apache-2.0
package io.lintel.adapter.internal;

import io.lintel.adapter.DeviceAdapter;
import io.lintel.adapter.Publication;
import io.lintel.adapter.Reading;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.osgi.service.component.annotations.Component;

/**
 * Devices that run Tasmota with its default topics ({@code tele/}, {@code stat/} and {@code cmnd/}). A device's relay
 * states arrive in the containers {@code power}, {@code power2} …, its periodic messages in {@code state} and
 * {@code sensor}, its reachability in {@code availability}; a command is {@code ON}, {@code OFF} or {@code TOGGLE}, with
 * {@code POWER2} or the like in front for one of several relays.
 */
@Component
public final class TasmotaAdapter implements DeviceAdapter {
    private static final Pattern COMMAND =
            Pattern.compile("(?:(POWER[1-8]?)\\s+)?(ON|OFF|TOGGLE|0|1|2)", Pattern.CASE_INSENSITIVE);
    private static final Pattern RELAY = Pattern.compile("POWER[1-8]?");

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
        return List.of(new Publication("cmnd/" + device + "/" + relay, value.getBytes(StandardCharsets.UTF_8)));
    }
}
