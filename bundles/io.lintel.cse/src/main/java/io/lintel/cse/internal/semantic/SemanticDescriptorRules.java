// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.semantic;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.request.Refusals;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.cse.internal.type.ContentLimits;
import io.lintel.cse.internal.type.InstanceChildren;
import io.lintel.cse.internal.type.TypeRules;
import io.lintel.primitive.Attributes;

/**
 * {@code <semanticDescriptor>} (TS-0004 7.4.34): kept and served as it is. Whatever would need an engine for SPARQL or an
 * ontology is refused, and not accepted without being done.
 */
public final class SemanticDescriptorRules implements TypeRules {
    private final ContentLimits limits;
    private final InstanceChildren children;

    public SemanticDescriptorRules(ContentLimits limits, InstanceChildren children) {
        this.limits = limits;
        this.children = children;
    }

    @Override
    public void create(ResourceWriter writer, RequestContext context, Resource parent, Attributes.Builder attributes) {
        check(attributes.build());
    }

    @Override
    public void created(ResourceWriter writer, RequestContext context, Resource parent, Resource created) {
        children.parentOfOne(parent);
    }

    @Override
    public void update(ResourceWriter writer, RequestContext context, Resource before, Attributes changes,
            Attributes.Builder after) {
        if (changes.has("soe")) {
            throw Refusals.notImplemented("soe: there is no SPARQL engine here; write dsp as a whole");
        }
        check(after.build());
    }

    private void check(Attributes attributes) {
        limits.refuseLarge("dsp", attributes.get("dsp").orElse(""));
        if (attributes.text("dsp").filter(String::isBlank).isPresent()) {
            throw Refusals.badRequest("dsp is empty");
        }
        if (attributes.flag("vlde").orElse(false)) {
            throw Refusals.notImplemented("vlde: descriptors are not validated against ontologies here");
        }
    }
}
