// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.access;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceReader;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.address.TargetResolver;
import io.lintel.cse.internal.address.Wildcard;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.PrimitiveException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds out what a request proves of its originator: the roles in {@code rids}, which the originator must have, and the
 * tokens in {@code tkns}, {@code tids} and {@code ltids} (TS-0003 7.3). What does not count is left out, with its reason;
 * the request may be permitted all the same. On the door's thread.
 *
 * <p>A {@code <role>} counts if an issuer that this CSE trusts made it: the administrator, this CSE itself or one of the
 * configured issuers; or if its {@code rltl} leads to a {@code <token>} that gives the role. Otherwise every AE could give
 * itself roles below its own resource.
 */
final class Proofs {
    private static final int MOST = 32;
    private static final List<String> PARAMETERS = List.of("rids", "tkns", "tids", "ltids");

    private final EntityIds ids;
    private final TargetResolver resolver;
    private final Tokens tokens;
    private final LocalTokens local;
    private final List<String> roleIssuers;

    Proofs(EntityIds ids, TargetResolver resolver, Tokens tokens, LocalTokens local, List<String> roleIssuers) {
        this.ids = ids;
        this.resolver = resolver;
        this.tokens = tokens;
        this.local = local;
        this.roleIssuers = roleIssuers.stream().map(ids::absolute).toList();
    }

    RequestContext attach(ResourceReader reader, RequestContext context) {
        Attributes parameters = context.request().parameters();
        for (String parameter : PARAMETERS) {
            if (parameters.has(parameter)) {
                return context.with(of(reader, context, parameters));
            }
        }
        return context;
    }

    private Entitlements of(ResourceReader reader, RequestContext context, Attributes parameters) {
        String originator = context.originator();
        Entitlements proved = Entitlements.NONE;
        for (String token : some(parameters, "tkns")) {
            proved = proved.and(token(reader, token, originator, context.now(), true));
        }
        for (String tokenId : some(parameters, "tids")) {
            proved = proved.and(kept(reader, tokenId, originator, context.now()));
        }
        for (String localId : some(parameters, "ltids")) {
            Optional<String> token = local.find(originator, localId);
            proved = proved.and(token.isPresent() ? token(reader, token.get(), originator, context.now(), false)
                    : fault("the local token ID " + localId + " is not known here (any more)"));
        }
        Set<String> roles = new HashSet<>();
        for (String role : some(parameters, "rids")) {
            if (has(reader, originator, role, context.now())) {
                roles.add(role);
            }
        }
        return proved.and(new Entitlements(roles, List.of(), List.of(), List.of()));
    }

    private static List<String> some(Attributes parameters, String name) {
        List<String> values = parameters.texts(name);
        return values.size() > MOST ? values.subList(0, MOST) : values;
    }

    /** What a token gives, or why it gives nothing. */
    Entitlements token(ResourceReader reader, String token, String originator, Instant now, boolean sent) {
        try {
            return tokens.of(reader, token, originator, now, sent);
        } catch (PrimitiveException invalid) {
            return fault(invalid.getMessage());
        }
    }

    private static Entitlements fault(String why) {
        return new Entitlements(Set.of(), List.of(), List.of(), List.of(why));
    }

    private Entitlements kept(ResourceReader reader, String tokenId, String originator, Instant now) {
        Entitlements faults = fault("no token with the Token-ID " + tokenId + " is kept here");
        for (Resource token : ProofRecords.find(reader, ProofRecords.ofToken(tokenId))) {
            if (!resolver.isExpired(token)) {
                Entitlements given = token(reader, token.text("tkob").orElse(""), originator, now, false);
                if (given.faults().isEmpty()) {
                    return given;
                }
                faults = given;
            }
        }
        return faults;
    }

    /** Whether the originator has the role now. */
    private boolean has(ResourceReader reader, String originator, String roleId, Instant now) {
        String record = ProofRecords.ofRole(ids.absolute(originator), roleId);
        for (Resource role : ProofRecords.find(reader, record)) {
            if (!resolver.isExpired(role) && Validity.contains(role.attributes(), now)
                    && (isTrusted(role.creator()) || byToken(reader, role, originator, roleId, now))) {
                return true;
            }
        }
        return false;
    }

    private boolean isTrusted(String creator) {
        return creator.equals(ids.identity().administrator()) || creator.equals(ids.identity().cseId())
                || Wildcard.matchesAny(roleIssuers, ids.absolute(creator));
    }

    private boolean byToken(ResourceReader reader, Resource role, String originator, String roleId, Instant now) {
        return role.text("rltl").flatMap(link -> tokens.find(reader, link)).filter(found -> found.type() == TokenRules.TYPE
                && !resolver.isExpired(found)).flatMap(found -> found.text("tkob"))
                .filter(token -> token(reader, token, originator, now, false).roles().contains(roleId)).isPresent();
    }
}
