// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.access;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.request.Refusals;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.cse.internal.type.TypeRules;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.JsonWebToken;
import java.util.List;
import java.util.Optional;

/**
 * {@code <token>} (TS-0001 9.6.39): keeps a signed token under its Token-ID, which later requests name in {@code tids}. Its
 * attributes must say what the token itself says. Whether the signature is good is asked when the token is used.
 */
public final class TokenRules implements TypeRules {
    public static final int TYPE = 32;
    private static final List<String> CLAIMS = List.of("vr", "tkid", "tkis", "tkhd", "tknb", "tkna");

    @Override
    public void create(ResourceWriter writer, RequestContext context, Resource parent, Attributes.Builder attributes) {
        Attributes requested = attributes.build();
        check(requested);
        String tokenId = requested.text("tkid").orElseThrow();
        if (!ProofRecords.find(writer, ProofRecords.ofToken(tokenId)).isEmpty()) {
            throw Refusals.conflict("there is already a token with the Token-ID " + tokenId);
        }
    }

    @Override
    public void created(ResourceWriter writer, RequestContext context, Resource parent, Resource created) {
        ProofRecords.add(writer, ProofRecords.ofToken(created.text("tkid").orElse("")), created.id());
    }

    @Override
    public void update(ResourceWriter writer, RequestContext context, Resource before, Attributes changes,
            Attributes.Builder after) {
        check(after.build());
    }

    @Override
    public void deleted(ResourceWriter writer, RequestContext context, Resource deleted) {
        ProofRecords.remove(writer, ProofRecords.ofToken(deleted.text("tkid").orElse("")), deleted.id());
    }

    private static void check(Attributes token) {
        Validity.check(token);
        Attributes claims = JsonWebToken.parse(token.text("tkob").orElseThrow()).claims();
        for (String name : CLAIMS) {
            Optional<Object> said = claims.get(name);
            if (said.isEmpty() && !name.equals("vr")) {
                throw Refusals.badRequest("tkob, the token itself, has no " + name);
            }
            if (said.isPresent() && !said.equals(token.get(name))) {
                throw Refusals.badRequest(name + " is " + token.get(name).orElse("missing")
                        + ", but tkob, the token itself, says " + said.get());
            }
        }
    }
}
