// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.outbound;

import io.lintel.cse.api.CseIdentity.CseType;
import io.lintel.cse.api.PrimitiveSender;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.address.ResourceReferences;
import io.lintel.cse.internal.notification.NotificationTarget;
import io.lintel.cse.internal.polling.PollingChannels;
import io.lintel.cse.internal.registration.AnnouncedAe;
import io.lintel.cse.internal.registration.RemoteCseIndex;
import io.lintel.primitive.Address;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Serialization;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Finds the next hop (TS-0004 7.3.2.6 to 7.3.2.8): for a request in transit by its target's CSE-ID, for a notification
 * by whatever {@code nu} may name. Reads from the store on the calling thread; keeps nothing itself, so that a changed
 * pointOfAccess counts at once.
 */
public final class OutboundRouter {
    private final EntityIds ids;
    private final ResourceReferences references;
    private final ResourceStore store;
    private final RemoteCseIndex remotes;
    private final Function<String, Optional<PrimitiveSender>> senders;
    private final Optional<String> registrar;
    private final Supplier<List<String>> sessionPoints;
    private final PollingChannels polling;

    /**
     * @param registrar     the configured registrar's CSE-ID
     * @param polling       the channels of those that can't be reached in another way
     * @param sessionPoints where AEs without a pointOfAccess may have a session; may be empty
     */
    OutboundRouter(EntityIds ids, ResourceStore store, RemoteCseIndex remotes,
            Function<String, Optional<PrimitiveSender>> senders, Optional<String> registrar,
            Supplier<List<String>> sessionPoints, PollingChannels polling) {
        this.polling = polling;
        this.ids = ids;
        this.references = new ResourceReferences(ids);
        this.store = store;
        this.remotes = remotes;
        this.senders = senders;
        this.registrar = registrar;
        this.sessionPoints = sessionPoints;
    }

    /** The sender for a point of access, if its binding is there now. */
    Optional<PrimitiveSender> sender(URI pointOfAccess) {
        if (PollingChannels.SCHEME.equals(pointOfAccess.getScheme())) {
            return Optional.of(polling);
        }
        return senders.apply(pointOfAccess.getScheme().toLowerCase(java.util.Locale.ROOT));
    }

    /**
     * The way to a notification target: an AE-ID in any form, a CSE-ID, a resource ID, or a protocol URI; each may end in
     * {@code ?ct=json|xml|cbor}.
     *
     * @throws PrimitiveException 4000 malformed, 4004 no such target or no way to it, 5103 no usable pointOfAccess, 5000
     * ambiguous
     */
    public OutboundRoute toTarget(String target) {
        NotificationTarget named = NotificationTarget.parse(target);
        if (named.uri().isPresent()) {
            OutboundRoute.Way way = new OutboundRoute.Way(named.uri().get(), named.serialization());
            return new OutboundRoute(OutboundRoute.Kind.URI, Optional.empty(), named.name(), List.of(way), false, false);
        }
        Address address = Address.parse(named.name());
        Optional<Resource> ae = localAe(address);
        if (ae.isPresent()) {
            return toAe(ae.get(), named.name(), named.serialization());
        }
        Optional<String> elsewhere = announcedAe(address);
        if (elsewhere.isEmpty() && ids.isHere(address)) {
            if (references.resolve(store, address).isEmpty()) {
                throw new PrimitiveException(ResponseStatusCode.NOT_FOUND, "there is no notification target " + named.name()
                        + " here");
            }
            return OutboundRoute.here(named.name());
        }
        String to = elsewhere.map(stem -> "/" + stem).orElse(named.name());
        OutboundRoute route = toCse(Address.parse(to), to, Optional.empty(), false);
        return named.serialization().isEmpty() ? route : withSerialization(route, named.serialization());
    }

    /**
     * Who a request to a target is handed to: the {@code <AE>} or the {@code <remoteCSE>} of the next hop; empty for a free
     * URI, for what is here, and for what can't be found.
     */
    public Optional<Resource> receiver(String target) {
        try {
            NotificationTarget named = NotificationTarget.parse(target);
            if (named.uri().isPresent()) {
                return Optional.empty();
            }
            Address address = Address.parse(named.name());
            Optional<Resource> ae = localAe(address);
            if (ae.isPresent() || ids.isHere(address) && announcedAe(address).isEmpty()) {
                return ae;
            }
            OutboundRoute route = toTarget(target);
            return route.receiver().flatMap(cse -> remotes.withCseId(cse).stream().findFirst());
        } catch (PrimitiveException e) {
            return Optional.empty();
        }
    }

    /** The {@code <AE>} registered here that the address denotes: by stem, AE-ID in any scope, or the resource's own ID. */
    public Optional<Resource> localAe(Address address) {
        Optional<Resource> found = ids.isHere(address) ? references.resolve(store, address)
                : !ids.isForeignDomain(address) && address.segments().isEmpty() && address.cseId().orElse("").startsWith("/S")
                        ? store.byId(address.cseId().get().substring(1)) : Optional.empty();
        return found.filter(resource -> resource.type() == ResourceTypes.AE);
    }

    /** The stem of an AE that is registered elsewhere, if the address is that of its {@code <AEAnnc>} here, at the IN-CSE. */
    private Optional<String> announcedAe(Address address) {
        return !ids.isHere(address) ? Optional.empty()
                : references.resolve(store, address).filter(found -> AnnouncedAe.isStem(found, ids.identity()))
                        .map(Resource::id);
    }

    /** @throws PrimitiveException 5103 if the AE has no pointOfAccess that a binding of this node serves */
    OutboundRoute toAe(Resource ae, String to, Optional<Serialization> wanted) {
        List<String> points = new ArrayList<>(ae.attributes().texts("poa"));
        Optional<String> channel = polling.pointOfAccess(ae);
        Optional<String> connection = connection(ids.spRelative(ae.id()));
        if (channel.isPresent()) {
            points = List.of(channel.get());
        } else if (connection.isPresent()) {
            points.add(connection.get());
        } else if (points.isEmpty() && ae.attributes().flag("rr").orElse(true)) {
            points = sessionPoints.get();
        }
        Optional<Serialization> serialization = wanted.isPresent() ? wanted : preferred(ae);
        List<OutboundRoute.Way> ways = ways(points, serialization);
        if (ways.isEmpty()) {
            throw new PrimitiveException(ResponseStatusCode.TARGET_NOT_REACHABLE, "AE " + ae.id()
                    + " has no pointOfAccess that can be used"
                    + " from here: " + points);
        }
        return new OutboundRoute(OutboundRoute.Kind.AE, Optional.of(ids.spRelative(ae.id())), to, ways, isRelease1(ae), false);
    }

    /**
     * The next hop towards the CSE of an address, by the rules in the order of TS-0004 7.3.2.6.
     *
     * @param cameFrom      the CSE that handed the request to this one, if it did not start here or at an AE
     * @param fromRegistrar whether that CSE is the registrar: what it does not find below us is nowhere
     */
    OutboundRoute toCse(Address address, String to, Optional<String> cameFrom, boolean fromRegistrar) {
        String cse = address.cseId().orElseThrow();
        boolean foreign = ids.isForeignDomain(address);
        String wanted = foreign ? address.spId().get() + cse : cse;
        List<Resource> matches = remotes.towards(wanted);
        if (matches.isEmpty() && !foreign && ids.identity().type() == CseType.IN && cse.startsWith("/S")) {
            matches = AnnouncedAe.host(store, cse.substring(1)).map(remotes::towards).orElse(List.of());
        }
        if (matches.isEmpty() && foreign && ids.identity().type() == CseType.IN) {
            matches = remotes.ofProvider(wanted);
        }
        if (matches.size() > 1) {
            throw new PrimitiveException(ResponseStatusCode.INTERNAL_SERVER_ERROR, "several registered CSEs claim " + wanted
                    + ": "
                    + matches.stream().map(remote -> remote.text("csi").orElse(remote.id())).toList());
        }
        if (matches.isEmpty()) {
            matches = List.of(upwards(wanted, fromRegistrar));
        }
        Resource next = matches.get(0);
        String nextId = next.text("csi").orElse("");
        if (cameFrom.filter(nextId::equals).isPresent()) {
            throw new PrimitiveException(ResponseStatusCode.NOT_FOUND, wanted + " can't be reached from here but through "
                    + nextId
                    + ", which sent the request");
        }
        List<OutboundRoute.Way> ways = ways(polling.pointOfAccess(next).map(List::of).orElseGet(() -> points(next)),
                preferred(next));
        if (ways.isEmpty()) {
            throw new PrimitiveException(ResponseStatusCode.TARGET_NOT_REACHABLE, "CSE " + nextId
                    + " has no pointOfAccess that can be used"
                    + " from here: " + next.attributes().texts("poa"));
        }
        return new OutboundRoute(OutboundRoute.Kind.CSE, Optional.of(nextId), to, ways, isRelease1(next), foreign);
    }

    /**
     * What a request to a S-type AE has to be called when it goes to a CSE behind which the AE's own registrar is: only the
     * IN-CSE knows where the AE of {@code /S5} is, the CSEs between need {@code /cse/S5}. All other names stay.
     */
    String nameOnTheWay(String to, OutboundRoute route) {
        if (ids.identity().type() != CseType.IN || route.kind() != OutboundRoute.Kind.CSE || route.foreign()) {
            return to;
        }
        Address address = Address.parse(to);
        String entity = address.cseId().orElse("");
        Optional<String> host = ids.isForeignDomain(address) || !entity.startsWith("/S") ? Optional.empty()
                : AnnouncedAe.host(store, entity.substring(1));
        if (host.isEmpty() || host.equals(route.receiver()) || !remotes.withCseId(entity).isEmpty()) {
            return to;
        }
        return host.get() + to.substring(to.indexOf(entity));
    }

    private Resource upwards(String wanted, boolean fromRegistrar) {
        if (ids.identity().type() == CseType.IN || fromRegistrar || registrar.isEmpty()) {
            throw new PrimitiveException(ResponseStatusCode.NOT_FOUND, "no CSE " + wanted + " is known here"
                    + (fromRegistrar ? ", and the request came from the registrar" : ""));
        }
        List<Resource> own = remotes.withCseId(registrar.get());
        if (own.isEmpty()) {
            throw new PrimitiveException(ResponseStatusCode.TARGET_NOT_REACHABLE, wanted + " lies beyond the registrar "
                    + registrar.get()
                    + ", where this CSE is not registered");
        }
        return own.get(0);
    }

    /** A connection that is open is the surest way to a CSE, and the only one to one that nobody can connect to. */
    private List<String> points(Resource cse) {
        List<String> points = new ArrayList<>();
        cse.text("csi").flatMap(this::connection).ifPresent(points::add);
        points.addAll(cse.attributes().texts("poa"));
        return points;
    }

    private Optional<String> connection(String entity) {
        return senders.apply(PrimitiveSender.CONNECTION).flatMap(sender -> sender.connection(entity)).map(URI::toString);
    }

    private List<OutboundRoute.Way> ways(List<String> points, Optional<Serialization> serialization) {
        List<OutboundRoute.Way> ways = new ArrayList<>();
        for (String point : points) {
            try {
                URI uri = new URI(point);
                if (uri.getScheme() != null && sender(uri).isPresent()) {
                    ways.add(new OutboundRoute.Way(uri, serialization));
                }
            } catch (URISyntaxException e) {
                // A peer's mistake; the caller names the whole list when nothing of it can be used.
                continue;
            }
        }
        return ways;
    }

    private static OutboundRoute withSerialization(OutboundRoute route, Optional<Serialization> serialization) {
        return new OutboundRoute(route.kind(), route.receiver(), route.to(),
                route.hops().stream().map(way -> new OutboundRoute.Way(way.pointOfAccess(), serialization)).toList(),
                route.release1(),
                route.foreign());
    }

    /** The first of the receiver's {@code csz} that we speak; Release 1 wrote media types there. */
    private static Optional<Serialization> preferred(Resource entity) {
        return entity.attributes().texts("csz").stream()
                .map(name -> name.startsWith("application/") ? Serialization.ofMediaType(name) : Serialization.ofSuffix(name))
                .flatMap(Optional::stream).findFirst();
    }

    private static boolean isRelease1(Resource entity) {
        List<String> releases = entity.attributes().texts("srv");
        return !releases.isEmpty() && releases.stream().allMatch("1"::equals);
    }
}
