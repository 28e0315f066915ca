// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.profile;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceReader;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.address.Place;
import io.lintel.cse.internal.address.TargetResolver;
import io.lintel.primitive.Address;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.ResourceTypes;
import java.util.List;
import java.util.Optional;

/**
 * Finds the {@code <serviceSubscribedNode>} of a CSE and the rules that it links. A record beside the tree leads from the
 * CSE-ID to the node; it is written with the node, and no address reaches it. Works on any reader.
 */
public final class SubscribedNodes {
    private static final String MEMBER = "subscribed";
    private static final String RESOURCE = "node";

    private final EntityIds ids;
    private final TargetResolver resolver;

    public SubscribedNodes(EntityIds ids, TargetResolver resolver) {
        this.ids = ids;
        this.resolver = resolver;
    }

    /** @param cseId in any form */
    Optional<Resource> of(ResourceReader reader, String cseId) {
        return reader.byId(record(cseId)).flatMap(kept -> kept.text(RESOURCE)).flatMap(reader::byId)
                .filter(node -> !resolver.isExpired(node));
    }

    private String record(String cseId) {
        return "subscribed node of: " + ids.shorten(cseId).map(ids::absolute).orElse(cseId);
    }

    void keep(ResourceWriter writer, Resource node) {
        node.text("csi").ifPresent(cseId -> writer.insert(new Resource(0, MEMBER, record(cseId), "", record(cseId), "",
                Long.MAX_VALUE, Attributes.of(RESOURCE, node.id()))));
    }

    /** An expired node that was not swept yet may still stand in the way. */
    void forgetStale(ResourceWriter writer, Resource node) {
        node.text("csi").flatMap(cseId -> writer.byId(record(cseId))).ifPresent(writer::delete);
    }

    void forget(ResourceWriter writer, Resource node) {
        node.text("csi").flatMap(cseId -> writer.byId(record(cseId))).filter(kept -> kept.text(RESOURCE)
                .filter(node.id()::equals).isPresent()).ifPresent(writer::delete);
    }

    /** The rules that {@code rlk} leads to. */
    List<Resource> rules(ResourceReader reader, Resource node) {
        return node.attributes().texts("rlk").stream().flatMap(link -> rule(reader, link).stream()).toList();
    }

    Optional<Resource> rule(ResourceReader reader, String link) {
        try {
            Address address = Address.parse(link);
            return resolver.isTransit(address) ? Optional.empty() : resolver.find(reader, address).map(Place::resource)
                    .filter(found -> found.type() == ResourceTypes.SERVICE_SUBSCRIBED_APP_RULE);
        } catch (PrimitiveException malformed) {
            return Optional.empty();
        }
    }

    /** Whether a CSE may read this regardless of policies: its own node, and the rules that it links. */
    public boolean isOpenTo(ResourceReader reader, Resource target, String originator) {
        boolean node = target.type() == ResourceTypes.SERVICE_SUBSCRIBED_NODE;
        if (!node && target.type() != ResourceTypes.SERVICE_SUBSCRIBED_APP_RULE) {
            return false;
        }
        Optional<Resource> own = of(reader, originator);
        return own.isPresent() && (own.get().id().equals(target.id()) || rules(reader, own.get()).stream()
                .anyMatch(rule -> rule.id().equals(target.id())));
    }
}
