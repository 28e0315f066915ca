// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.mapping;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

import io.lintel.cse.api.Registrations;

/** Who is registered, as a test says. */
public final class FakeRegistrations implements Registrations {
    private final List<Registration> all = new CopyOnWriteArrayList<>();

    /** @param id AE-ID stem or CSE-ID */
    public void add(String id, String credential) {
        all.add(new Registration(id, id.startsWith("/"), "r-" + id, "n-" + id, "", credential));
    }

    @Override
    public Optional<Registration> ae(String stem) {
        return all.stream().filter(one -> !one.cse() && one.id().equals(stem)).findFirst();
    }

    @Override
    public Optional<Registration> cse(String cseId) {
        return all.stream().filter(one -> one.cse() && one.id().equals(cseId)).findFirst();
    }

    @Override
    public Optional<String> registrar() {
        return Optional.empty();
    }

    @Override
    public Collection<Registration> all() {
        return all;
    }

    @Override
    public Collection<Registration> withCredential(String credential) {
        return all.stream().filter(one -> one.credential().equals(credential)).toList();
    }

    @Override
    public long version() {
        return all.size();
    }
}
