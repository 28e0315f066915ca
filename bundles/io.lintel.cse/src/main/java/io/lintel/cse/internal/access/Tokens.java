// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.access;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceReader;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.address.Place;
import io.lintel.cse.internal.address.TargetResolver;
import io.lintel.primitive.Address;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.JsonWebToken;
import io.lintel.primitive.PrimitiveException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Verifies tokens (TS-0003 7.3.2): signed by an issuer whose key is configured here, held by the originator, meant for this
 * CSE, and valid now. Verified signatures are remembered, a bounded number of them; everything else is looked at each
 * time. Any thread.
 */
final class Tokens {
    private static final int REMEMBERED = 500;
    private static final long MILLIS = 1000;

    private final EntityIds ids;
    private final TargetResolver resolver;
    private final Map<String, TokenKey> keys;
    private final Map<String, Attributes> verified = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Attributes> eldest) {
            return size() > REMEMBERED;
        }
    };

    /** @param keys by issuer, in its absolute form */
    Tokens(EntityIds ids, TargetResolver resolver, Map<String, TokenKey> keys) {
        this.ids = ids;
        this.resolver = resolver;
        this.keys = Map.copyOf(keys);
    }

    /**
     * What a token gives to an originator.
     *
     * @param sent whether the request carries it whole
     * @throws PrimitiveException whose sentence says why the token does not count
     */
    Entitlements of(ResourceReader reader, String compact, String originator, Instant now, boolean sent) {
        Attributes claims = claims(compact);
        String holder = absolute(claims.text("tkhd").orElse(""));
        if (!holder.equals(ids.absolute(originator))) {
            throw fault(claims, "is held by " + claims.text("tkhd").orElse("nobody") + ", not by " + originator);
        }
        if (!Validity.contains(claims, now) || !registeredTimesAllow(claims, now)) {
            throw fault(claims, "is valid from " + claims.text("tknb").orElse("?") + " to " + claims.text("tkna").orElse("?"));
        }
        List<String> audience = claims.texts("tkau");
        if (claims.has("tkau") && audience.stream().noneMatch(this::isThisCse)) {
            throw fault(claims, "is meant for " + String.join(", ", audience));
        }
        Set<String> roles = new HashSet<>();
        List<TokenPermission> permissions = new ArrayList<>();
        for (Attributes permission : permissions(claims)) {
            roles.addAll(permission.texts("rids"));
            permission.object("pv").ifPresent(set -> permissions.add(new TokenPermission(
                    resources(reader, permission.texts("ris")), AccessRule.of(forHolder(set, holder), ids))));
        }
        return new Entitlements(roles, permissions, List.of(new AcceptedToken(claims.text("tkid").orElse(""), compact, sent)),
                List.of());
    }

    /** The claims of a token whose signature is its issuer's. */
    Attributes claims(String compact) {
        synchronized (verified) {
            Attributes known = verified.get(compact);
            if (known != null) {
                return known;
            }
        }
        JsonWebToken token = JsonWebToken.parse(compact);
        String issuer = token.claims().text("tkis").orElse("");
        TokenKey key = keys.get(absolute(issuer));
        if (key == null) {
            throw fault(token.claims(), "is of an issuer whose key is not known here: " + issuer);
        }
        if (!key.verifies(token)) {
            throw fault(token.claims(), "is not signed by its issuer " + issuer + " (" + token.algorithm() + ")");
        }
        synchronized (verified) {
            verified.put(compact, token.claims());
        }
        return token.claims();
    }

    private static PrimitiveException fault(Attributes claims, String why) {
        return io.lintel.cse.internal.request.Refusals.noPrivilege("the token " + claims.text("tkid").orElse("without an ID")
                + " " + why);
    }

    private String absolute(String id) {
        return ids.shorten(id).map(ids::absolute).orElse("");
    }

    private boolean isThisCse(String id) {
        return absolute(id).equals(ids.identity().spId() + ids.identity().cseId());
    }

    /** {@code nbf} and {@code exp} of RFC 7519, if an issuer puts them in, too. */
    private static boolean registeredTimesAllow(Attributes claims, Instant now) {
        return claims.number("nbf").filter(from -> now.toEpochMilli() < from * MILLIS).isEmpty()
                && claims.number("exp").filter(to -> now.toEpochMilli() >= to * MILLIS).isEmpty();
    }

    /** {@code tkps} is a list, or an object with one, under whatever name the issuer's schema has for it. */
    private static List<Attributes> permissions(Attributes claims) {
        if (!claims.objects("tkps").isEmpty()) {
            return claims.objects("tkps");
        }
        Attributes wrapper = claims.object("tkps").orElse(Attributes.empty());
        if (wrapper.has("pv") || wrapper.has("rids")) {
            return List.of(wrapper);
        }
        List<Attributes> permissions = new ArrayList<>();
        wrapper.names().forEach(name -> permissions.addAll(wrapper.objects(name)));
        return permissions;
    }

    /** A rule in a token that names nobody is for the token's holder. */
    private static Attributes forHolder(Attributes set, String holder) {
        List<Attributes> rules = set.objects("acr").stream().map(rule -> rule.texts("acor").isEmpty()
                ? rule.toBuilder().set("acor", List.of(holder)).build() : rule).toList();
        return Attributes.of("acr", rules);
    }

    private Set<String> resources(ResourceReader reader, List<String> addresses) {
        Set<String> found = new HashSet<>();
        for (String text : addresses) {
            find(reader, text).map(Resource::id).ifPresent(found::add);
        }
        return found;
    }

    Optional<Resource> find(ResourceReader reader, String text) {
        try {
            Address address = Address.parse(text);
            return resolver.isTransit(address) ? Optional.empty() : resolver.find(reader, address).map(Place::resource);
        } catch (PrimitiveException malformed) {
            return Optional.empty();
        }
    }
}
