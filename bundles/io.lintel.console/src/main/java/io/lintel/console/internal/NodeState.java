// SPDX-License-Identifier: Apache-2.0
package io.lintel.console.internal;

import io.lintel.cse.api.Cse;
import io.lintel.cse.api.Door;
import io.lintel.cse.api.OutboundQueueAdministration;
import io.lintel.cse.api.Registrations;
import io.lintel.cse.api.Traffic;
import io.lintel.mqtt.server.MqttServerAdministration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * What the other bundles say about themselves, gathered for {@code /health}, the ready line and the overview. All
 * references are dynamic: a bundle that is replaced is missing for a moment, and the console stays.
 *
 * <p>A node is <em>ready</em> when every expected door is open. It is <em>healthy</em> when, in addition, no door that
 * is there is closed: a registrar that cannot be reached makes a node unhealthy, not unready.
 */
@Component(service = NodeState.class, configurationPid = "io.lintel.health")
@Designate(ocd = NodeState.Config.class)
public final class NodeState {
    static final String MQTT_SERVER = "mqttserver";

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    volatile List<Door> doors;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Cse cse;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Registrations registrations;

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    volatile List<Traffic> traffic;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile MqttServerAdministration mqttServer;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile OutboundQueueAdministration outboundQueue;

    private final Set<String> expected;

    @ObjectClassDefinition(name = "Health", description = "What has to be open for the node to be ready")
    @interface Config {
        @AttributeDefinition(name = "Expected doors",
                description = "Names of doors, separated by commas: store, mqttserver, mqtt, http, coap, registrar")
        String[] expect() default {"store", MQTT_SERVER, "mqtt", "http", "coap"};
    }

    @Activate
    public NodeState(Config config) {
        Set<String> names = new LinkedHashSet<>();
        for (String entry : config.expect()) {
            Arrays.stream(entry.split(",")).map(String::trim).filter(name -> !name.isEmpty()).forEach(names::add);
        }
        expected = names;
    }

    /**
     * A door as it stands now.
     *
     * @param present whether anything answers to the name
     */
    record DoorView(String name, boolean present, boolean open, boolean expected, String detail, List<String> pointsOfAccess) {
        /** One line for a person, about a door that is not open. */
        String reason() {
            return name + ": " + detail;
        }
    }

    /** The expected doors in their order, then the others by name. */
    List<DoorView> doors() {
        Map<String, DoorView> found = new TreeMap<>();
        List<Door> now = doors;
        if (now != null) {
            for (Door door : now) {
                DoorView view = new DoorView(door.name(), true, door.isOpen(), expected.contains(door.name()), door.detail(),
                        door.pointsOfAccess());
                // Two doors of one name: the closed one is the news.
                found.merge(door.name(), view, (a, b) -> a.open() ? b : a);
            }
        }
        mqttServer().ifPresent(server -> found.putIfAbsent(MQTT_SERVER, new DoorView(MQTT_SERVER, true, server.isOpen(),
                expected.contains(MQTT_SERVER), server.isOpen() ? String.join(", ", server.listeners()) : server.state(),
                List.of())));
        List<DoorView> all = new ArrayList<>();
        for (String name : expected) {
            DoorView view = found.remove(name);
            all.add(view != null ? view
                    : new DoorView(name, false, false, true, "not there; its bundle has not started", List.of()));
        }
        found.values().stream().sorted(Comparator.comparing(DoorView::name)).forEach(all::add);
        return all;
    }

    boolean isReady() {
        return cse().isPresent() && doors().stream().allMatch(door -> door.open() || !door.expected());
    }

    /** Why the node is not healthy; empty when it is. */
    List<String> reasons() {
        List<String> reasons = new ArrayList<>();
        if (cse().isEmpty()) {
            reasons.add("cse: not there; it waits for the store or its bundle has not started");
        }
        doors().stream().filter(door -> !door.open()).map(DoorView::reason).forEach(reasons::add);
        return reasons;
    }

    /** What is not wrong yet but soon may be; empty when there is nothing. */
    List<String> warnings() {
        return mqttServer().map(MqttServerAdministration::warnings).orElse(List.of()).stream()
                .map(warning -> MQTT_SERVER + ": " + warning).toList();
    }

    Optional<Cse> cse() {
        return Optional.ofNullable(cse);
    }

    Optional<Registrations> registrations() {
        return Optional.ofNullable(registrations);
    }

    Optional<MqttServerAdministration> mqttServer() {
        return Optional.ofNullable(mqttServer);
    }

    Optional<OutboundQueueAdministration> outboundQueue() {
        return Optional.ofNullable(outboundQueue);
    }

    /** All counters, by name. */
    Map<String, Long> counters() {
        Map<String, Long> all = new TreeMap<>();
        List<Traffic> now = traffic;
        if (now != null) {
            now.forEach(source -> all.putAll(source.counters()));
        }
        return all;
    }
}
