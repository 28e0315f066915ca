// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import io.lintel.tls.ClientTls;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which MQTT servers this CSE is to be a client of, and how: those of {@code mqtt.servers}, the registrar's, and those with
 * settings of their own ({@code mqtt.server-NAME.*}), whose settings also count where the same server is named in the simple
 * form. Two of these for one server are refused, since one server gets one connection (MQ-19). Immutable.
 */
final class ConfiguredServers {
    private final Map<ServerAddress, Server> servers = new LinkedHashMap<>();
    private final Map<ServerAddress, ServerAddress> aliases = new LinkedHashMap<>();
    private final List<String> faults = new ArrayList<>();
    private final List<String> advertised;
    private final Simple simple;

    /**
     * One of them.
     *
     * @param prefixes what its topics begin with; several if it is named with several paths
     * @param expected whether the node is not ready without it
     */
    record Server(ServerSettings settings, List<String> prefixes, boolean expected) {
    }

    /**
     * The simple form.
     *
     * @param account for the servers that it names
     * @param own     the co-located server, for which {@code account} counts only as long as that one has made none for us
     * @param home    for the node's own authority
     */
    record Simple(Settings settings, Account account, List<MqttUri> servers, Optional<MqttUri> registrar,
            List<String> pointsOfAccess, OwnServer own, Path home) {
        ServerSettings settingsOf(ServerAddress address, boolean named) {
            boolean isOwn = address.equals(own.address());
            Account shown = named ? account : Account.NONE;
            return new ServerSettings(address, Optional.empty(), isOwn ? new Account.FirstOf(own.account(), shown)
                    : shown, ClientTls.of(home), Optional.empty(),
                    settings.keepAliveSeconds(), isOwn ? own.window() : settings.serverWindow(),
                    named || isOwn ? Attendance.PERMANENT : Attendance.need(settings.idle()));
        }
    }

    ConfiguredServers(Simple simple, Collection<ServerConfiguration> named) {
        this.simple = simple;
        simple.servers().forEach(uri -> add(uri, simple.settingsOf(uri.server(), true), true));
        simple.registrar().ifPresent(uri -> add(uri, simple.settingsOf(uri.server(), true), false));
        Map<ServerAddress, String> owners = new LinkedHashMap<>();
        named.stream().sorted(Comparator.comparing(ServerConfiguration::name)).forEach(server -> {
            try {
                take(server, owners);
            } catch (IllegalArgumentException e) {
                faults.add(e.getMessage());
            }
        });
        this.advertised = advertise(named);
    }

    private void take(ServerConfiguration named, Map<ServerAddress, String> owners) {
        ServerSettings settings = named.settings(simple.settings());
        List<ServerAddress> addresses = new ArrayList<>(named.aliases());
        addresses.add(0, settings.address());
        for (ServerAddress address : addresses) {
            String other = owners.get(address);
            if (other != null && !other.equals(named.name())) {
                throw new IllegalArgumentException("mqtt.server-" + named.name() + ".uri: " + address + " is the server of "
                        + "mqtt.server-" + other + " already; one server has one connection");
            }
        }
        addresses.forEach(address -> owners.put(address, named.name()));
        List<String> prefixes = new ArrayList<>();
        for (ServerAddress address : addresses) {
            Server before = servers.remove(address);
            if (before != null) {
                prefixes.addAll(before.prefixes());
            }
            if (!address.equals(settings.address())) {
                aliases.put(address, settings.address());
            }
        }
        prefixes.add(named.uri().prefix());
        boolean isOwn = settings.address().equals(simple.own().address());
        servers.put(settings.address(), new Server(isOwn ? settings.asOwn(simple.own()) : settings,
                prefixes.stream().distinct().toList(),
                settings.attendance().policy() == Attendance.Policy.PERMANENT && isExpected(addresses)));
    }

    /** What {@code mqtt.servers} names; if that is none, what has settings of its own and is not merely the registrar's. */
    private boolean isExpected(List<ServerAddress> addresses) {
        return simple.servers().isEmpty()
                ? simple.registrar().filter(uri -> addresses.contains(uri.server())).isEmpty()
                : simple.servers().stream().anyMatch(uri -> addresses.contains(uri.server()));
    }

    private void add(MqttUri uri, ServerSettings settings, boolean expected) {
        Server before = servers.get(uri.server());
        List<String> prefixes = new ArrayList<>(before == null ? List.of() : before.prefixes());
        prefixes.add(uri.prefix());
        servers.put(uri.server(), new Server(before == null ? settings : before.settings(), prefixes.stream().distinct().toList(),
                expected || before != null && before.expected()));
    }

    /** Nobody is told of a server where this CSE is only while it has something to send itself. */
    private List<String> advertise(Collection<ServerConfiguration> named) {
        if (!simple.pointsOfAccess().isEmpty()) {
            return simple.pointsOfAccess();
        }
        List<MqttUri> uris = new ArrayList<>();
        simple.registrar().ifPresent(uris::add);
        uris.addAll(simple.servers());
        for (ServerConfiguration server : named) {
            try {
                uris.add(server.uri());
            } catch (IllegalArgumentException e) {
                // among the faults
            }
        }
        return uris.stream().filter(uri -> find(uri.server()).filter(s -> s.settings().attendance().policy()
                != Attendance.Policy.NEED).isPresent()).map(MqttUri::toString).distinct().toList();
    }

    Map<ServerAddress, Server> all() {
        return servers;
    }

    Optional<Server> find(ServerAddress address) {
        return Optional.ofNullable(servers.get(canonical(address)));
    }

    /** The address of the server that a configuration says this one is. */
    ServerAddress canonical(ServerAddress address) {
        return aliases.getOrDefault(address, address);
    }

    /** How to connect to a server that only somebody's pointOfAccess or notificationURI names: it is shown no account. */
    ServerSettings stranger(ServerAddress address) {
        return simple.settingsOf(address, false);
    }

    /** What is wrong with settings of servers that are therefore not used: a sentence each, that names the key. */
    List<String> faults() {
        return faults;
    }

    /** The URIs by which others reach this CSE. */
    List<String> pointsOfAccess() {
        return advertised;
    }
}
