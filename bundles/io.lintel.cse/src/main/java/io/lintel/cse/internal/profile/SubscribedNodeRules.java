// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.profile;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.request.Refusals;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.cse.internal.type.TypeRules;
import io.lintel.primitive.Attributes;

/** {@code <serviceSubscribedNode>} (TS-0001 9.6.20): one for a CSE, and its {@code ruleLinks} lead to rules. */
public final class SubscribedNodeRules implements TypeRules {
    private final SubscribedNodes nodes;

    public SubscribedNodeRules(SubscribedNodes nodes) {
        this.nodes = nodes;
    }

    @Override
    public void create(ResourceWriter writer, RequestContext context, Resource parent, Attributes.Builder attributes) {
        Attributes requested = attributes.build();
        checkLinks(writer, requested);
        requested.text("csi").flatMap(cseId -> nodes.of(writer, cseId)).ifPresent(other -> {
            throw Refusals.conflict("there is already a serviceSubscribedNode of " + requested.text("csi").orElse("") + ": "
                    + other.id());
        });
    }

    @Override
    public void created(ResourceWriter writer, RequestContext context, Resource parent, Resource created) {
        nodes.forgetStale(writer, created);
        nodes.keep(writer, created);
    }

    @Override
    public void update(ResourceWriter writer, RequestContext context, Resource before, Attributes changes,
            Attributes.Builder after) {
        checkLinks(writer, changes);
    }

    @Override
    public void deleted(ResourceWriter writer, RequestContext context, Resource deleted) {
        nodes.forget(writer, deleted);
    }

    private void checkLinks(ResourceWriter writer, Attributes attributes) {
        for (String link : attributes.texts("rlk")) {
            if (nodes.rule(writer, link).isEmpty()) {
                throw Refusals.badRequest("rlk names no serviceSubscribedAppRule: " + link);
            }
        }
    }
}
