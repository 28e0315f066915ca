// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.ws;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import io.lintel.cse.api.Registrations;

/** Who is registered, as a test says. */
final class KnownEntities implements Registrations {
    private final Map<String, Registration> known = new ConcurrentHashMap<>();
    private volatile Optional<String> registrar = Optional.empty();

    Registration add(String id) {
        Registration registration = new Registration(id, id.startsWith("/"), "ri", "rn", "", "");
        known.put(id, registration);
        return registration;
    }

    void registrar(String cseId) {
        registrar = Optional.of(cseId);
    }

    @Override
    public Optional<Registration> ae(String stem) {
        return Optional.ofNullable(known.get(stem)).filter(one -> !one.cse());
    }

    @Override
    public Optional<Registration> cse(String cseId) {
        return Optional.ofNullable(known.get(cseId)).filter(Registration::cse);
    }

    @Override
    public Optional<String> registrar() {
        return registrar;
    }

    @Override
    public Collection<Registration> all() {
        return known.values();
    }

    @Override
    public Collection<Registration> withCredential(String credential) {
        return List.of();
    }

    @Override
    public long version() {
        return known.size();
    }
}
