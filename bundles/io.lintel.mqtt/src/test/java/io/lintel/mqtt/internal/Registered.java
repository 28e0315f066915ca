// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import io.lintel.cse.api.Registrations;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Who is registered at {@code /mn-cse} in tests; registered itself at {@code /in-cse}. */
final class Registered implements Registrations {
    private final Map<String, Registration> byId = new LinkedHashMap<>();
    private long version = 1;

    Registered add(String id, String credential) {
        byId.put(id, new Registration(id, id.startsWith("/"), "ri", "rn", "", credential));
        version++;
        return this;
    }

    void remove(String id) {
        byId.remove(id);
        version++;
    }

    @Override
    public Optional<Registration> ae(String stem) {
        return Optional.ofNullable(byId.get(stem)).filter(r -> !r.cse());
    }

    @Override
    public Optional<Registration> cse(String cseId) {
        return Optional.ofNullable(byId.get(cseId)).filter(Registration::cse);
    }

    @Override
    public Optional<String> registrar() {
        return Optional.of("/in-cse");
    }

    @Override
    public Collection<Registration> all() {
        return byId.values();
    }

    @Override
    public Collection<Registration> withCredential(String credential) {
        return byId.values().stream().filter(r -> r.credential().equals(credential)).toList();
    }

    @Override
    public long version() {
        return version;
    }
}
