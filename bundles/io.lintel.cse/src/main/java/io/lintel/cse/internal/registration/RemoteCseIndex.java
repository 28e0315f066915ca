// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.registration;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceReader;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.primitive.ResourceTypes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which {@code <remoteCSE>} leads to which CSE-ID. Its memory holds hints only, bounded by the number of registrations
 * and their descendants: each answer is checked against the store, and an ID without a hint is looked for there, so
 * that a commit that failed leaves no wrong answer behind. Any thread.
 */
public final class RemoteCseIndex {
    private static final int PAGE = 100;

    private final ResourceStore store;
    private final Map<String, Set<String>> hints = new ConcurrentHashMap<>();
    private volatile boolean loaded;

    public RemoteCseIndex(ResourceStore store) {
        this.store = store;
    }

    /** All {@code <remoteCSE>} whose {@code csi} is the CSE-ID; if none, those that list it in {@code dcse}. */
    public List<Resource> towards(String cseId) {
        List<Resource> direct = withCseId(cseId);
        return direct.isEmpty() ? find(cseId, false) : direct;
    }

    /** All {@code <remoteCSE>} with this {@code csi}: one, unless something went wrong. */
    public List<Resource> withCseId(String cseId) {
        return find(cseId, true);
    }

    /** The IN-CSEs of the service provider of an absolute CSE-ID (TS-0004 7.3.2.6: what is theirs goes there). */
    public List<Resource> ofProvider(String cseId) {
        return all(store).stream().filter(remote -> remote.text("csi").filter(csi -> EntityIds.isOfProvider(csi, cseId))
                .isPresent()).toList();
    }

    private List<Resource> find(String cseId, boolean direct) {
        if (!loaded) {
            all(store).forEach(this::hint);
            loaded = true;
        }
        List<Resource> found = new ArrayList<>();
        for (String id : hints.getOrDefault(cseId, Set.of())) {
            store.byId(id).filter(remote -> leads(remote, cseId, direct)).ifPresent(found::add);
        }
        if (found.isEmpty()) {
            for (Resource remote : all(store)) {
                if (leads(remote, cseId, direct)) {
                    hint(remote);
                    found.add(remote);
                }
            }
        }
        return found;
    }

    private static boolean leads(Resource remote, String cseId, boolean direct) {
        return remote.type() == ResourceTypes.REMOTE_CSE
                && (direct ? remote.text("csi").filter(cseId::equals).isPresent() : remote.attributes().texts("dcse")
                .contains(cseId));
    }

    /** Every {@code <remoteCSE>} that the reader sees. */
    public static List<Resource> all(ResourceReader reader) {
        List<Resource> all = new ArrayList<>();
        List<Resource> page = reader.ofType(ResourceTypes.REMOTE_CSE, "", PAGE);
        while (!page.isEmpty()) {
            all.addAll(page);
            page = page.size() < PAGE ? List.of() : reader.ofType(ResourceTypes.REMOTE_CSE, page.get(page.size() - 1).id(), PAGE);
        }
        return all;
    }

    /** A {@code <remoteCSE>} was made or changed. */
    void hint(Resource remote) {
        remote.text("csi").ifPresent(cseId -> hint(cseId, remote.id()));
        remote.attributes().texts("dcse").forEach(cseId -> hint(cseId, remote.id()));
    }

    private void hint(String cseId, String id) {
        hints.computeIfAbsent(cseId, key -> ConcurrentHashMap.newKeySet()).add(id);
    }

    /** A {@code <remoteCSE>} is gone. */
    void forget(Resource remote) {
        List<String> names = new ArrayList<>(remote.attributes().texts("dcse"));
        remote.text("csi").ifPresent(names::add);
        names.forEach(cseId -> hints.computeIfPresent(cseId, (key, set) -> {
            set.remove(remote.id());
            return set.isEmpty() ? null : set;
        }));
    }

    /** The CSEs that can be reached through this one, for {@code dcse} at its own registrar: in order, each once. */
    static List<String> descendants(ResourceReader reader, String self, Optional<String> registrar) {
        Set<String> names = new java.util.TreeSet<>();
        for (Resource remote : all(reader)) {
            Optional<String> cseId = remote.text("csi");
            if (cseId.isPresent() && !cseId.equals(registrar)) {
                names.add(cseId.get());
                names.addAll(remote.attributes().texts("dcse"));
            }
        }
        names.remove(self);
        registrar.ifPresent(names::remove);
        return List.copyOf(names);
    }
}
