// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.registration;

import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.RegistrationListener;
import io.lintel.cse.api.Registrations;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.primitive.ResourceTypes;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is registered here, in memory. Read from any thread; brought up to date after each commit that touched an AE or
 * a remoteCSE and before the response to that request is given out. It looks at what is stored rather than at what the
 * task did, so that the order in which commits are reported does not matter.
 *
 * <p>The {@code <remoteCSE>} that this CSE made itself stands for its registrar (TS-0004 7.4.4); all others stand for
 * registrees.
 */
public final class RegistrationView implements Registrations {
    private static final Logger LOG = LoggerFactory.getLogger(RegistrationView.class);
    private static final int PAGE = 200;

    private final CseIdentity identity;
    private final ResourceStore store;
    private final Consumer<Consumer<RegistrationListener>> listeners;
    private final Map<String, Entry> byResource = new ConcurrentHashMap<>();
    private final Map<String, Entry> aes = new ConcurrentHashMap<>();
    private final Map<String, Entry> cses = new ConcurrentHashMap<>();
    private final Map<String, Set<Entry>> byCredential = new ConcurrentHashMap<>();
    private final AtomicLong version = new AtomicLong(1);

    private record Entry(Registration registration, boolean registrar, List<String> descendants) {
    }

    public RegistrationView(CseIdentity identity, ResourceStore store, Consumer<Consumer<RegistrationListener>> listeners) {
        this.identity = identity;
        this.store = store;
        this.listeners = listeners;
    }

    /** Reads what is stored, without telling listeners: they ask for {@link #all()} when they begin. */
    public void load() {
        for (int type : new int[] {ResourceTypes.AE, ResourceTypes.REMOTE_CSE}) {
            String after = "";
            List<Resource> page;
            do {
                page = store.ofType(type, after, PAGE);
                for (Resource resource : page) {
                    put(entry(resource));
                    after = resource.id();
                }
            } while (page.size() == PAGE);
        }
    }

    /** Takes over what is now stored for these resources and tells the listeners what changed. */
    public synchronized void refresh(Collection<String> resourceIds) {
        for (String id : resourceIds) {
            refresh(id);
        }
    }

    private void refresh(String id) {
        Optional<Entry> now = store.byId(id).filter(RegistrationView::isRegistration).map(this::entry);
        Entry before = byResource.get(id);
        boolean same = before != null && now.isPresent() && before.registration().id().equals(now.get().registration().id());
        now.ifPresent(this::put);
        if (before != null && !now.equals(Optional.of(before))) {
            forget(before, same);
        }
        version.incrementAndGet();
        if (before != null && !same && !before.registrar()) {
            tell(listener -> listener.deregistered(before.registration()));
        }
        if (now.isPresent() && !same && !now.get().registrar()) {
            tell(listener -> listener.registered(now.get().registration()));
        }
    }

    /** @param replaced whether another entry has taken its place already */
    private void forget(Entry before, boolean replaced) {
        String credential = before.registration().credential();
        byCredential.computeIfPresent(credential, (key, entries) -> {
            entries.remove(before);
            return entries.isEmpty() ? null : entries;
        });
        if (!replaced) {
            byResource.remove(before.registration().resourceId());
            byEntity(before).remove(before.registration().id(), before);
        }
    }

    private void tell(Consumer<RegistrationListener> message) {
        listeners.accept(listener -> {
            try {
                message.accept(listener);
            } catch (RuntimeException e) {
                LOG.error("registration listener {} failed", listener, e);
            }
        });
    }

    private static boolean isRegistration(Resource resource) {
        return resource.type() == ResourceTypes.AE || resource.type() == ResourceTypes.REMOTE_CSE;
    }

    private void put(Entry entry) {
        byResource.put(entry.registration().resourceId(), entry);
        byEntity(entry).put(entry.registration().id(), entry);
        String credential = entry.registration().credential();
        if (!credential.isEmpty()) {
            byCredential.compute(credential, (key, entries) -> {
                Set<Entry> known = entries == null ? ConcurrentHashMap.newKeySet() : entries;
                known.add(entry);
                return known;
            });
        }
    }

    private Map<String, Entry> byEntity(Entry entry) {
        return entry.registration().cse() ? cses : aes;
    }

    private Entry entry(Resource resource) {
        boolean cse = resource.type() == ResourceTypes.REMOTE_CSE;
        String id = cse ? resource.text("csi").orElse("") : resource.id();
        String detail = resource.text(cse ? "cb" : "api").orElse("");
        boolean registrar = cse && resource.creator().equals(identity.cseId());
        String credential = RegistrationCredentials.of(store, resource);
        return new Entry(new Registration(id, cse, resource.id(), resource.name(), detail, credential), registrar,
                cse ? resource.attributes().texts("dcse") : List.of());
    }

    @Override
    public Optional<Registration> ae(String stem) {
        return Optional.ofNullable(aes.get(stem)).map(Entry::registration);
    }

    @Override
    public Optional<Registration> cse(String cseId) {
        return Optional.ofNullable(cses.get(cseId)).filter(e -> !e.registrar()).map(Entry::registration);
    }

    /** An AE or a CSE that has a resource here, be it a registree or the registrar. */
    public Optional<Registration> known(String shortId) {
        Entry entry = aes.get(shortId);
        return Optional.ofNullable(entry == null ? cses.get(shortId) : entry).map(Entry::registration);
    }

    @Override
    public Optional<String> registrar() {
        return cses.values().stream().filter(Entry::registrar).map(e -> e.registration().id()).findFirst();
    }

    /** The registree behind which a CSE is, by the registree's list of descendants. */
    public Optional<String> registreeInFrontOf(String cseId) {
        return cses.values().stream().filter(e -> !e.registrar() && e.descendants().contains(cseId))
                .map(e -> e.registration().id()).findFirst();
    }

    public boolean hasRegistreeCse() {
        return cses.values().stream().anyMatch(e -> !e.registrar());
    }

    @Override
    public Collection<Registration> withCredential(String credential) {
        return byCredential.getOrDefault(credential, Set.of()).stream().map(Entry::registration).toList();
    }

    @Override
    public long version() {
        return version.get();
    }

    @Override
    public Collection<Registration> all() {
        return byResource.values().stream().filter(e -> !e.registrar()).map(Entry::registration).toList();
    }
}
