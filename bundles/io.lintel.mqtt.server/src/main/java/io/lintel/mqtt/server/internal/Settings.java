// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import java.nio.file.Path;
import java.util.List;

/**
 * The configuration of one server.
 *
 * @param home           the node's home, which file names are relative to
 * @param usersFile      names and password hashes, relative to the home
 * @param enabled        false where an independent server does its work
 * @param port           0 for any
 * @param loopbackIsOpen whether loopback clients may do everything while no policy is there
 * @param sysSeconds     how often the counters under $SYS are published; 0 for never
 * @param problems       values that are out of their range; the server does not open with any
 */
record Settings(Path home, String usersFile, boolean enabled, String host, int port, boolean loopbackIsOpen,
        int sysSeconds, Limits limits, List<String> problems) {

    static Settings of(Path home, MqttServerConfig config, LoopbackSecurity security) {
        ValueCheck check = new ValueCheck();
        int port = check.in("port", config::port, 0, 65_535);
        int sysSeconds = check.in("sysSeconds", config::sysSeconds, 0, 86_400);
        Limits limits = Limits.of(config, check);
        return new Settings(home, config.usersFile(), config.enabled(), config.host(), port, security.isOpen(), sysSeconds,
                limits, check.problems());
    }
}
