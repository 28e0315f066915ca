// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.access;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceReader;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.primitive.Address;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * May this originator do that to this resource? What the rules of a policy are held against.
 *
 * @param reader     sees the resources as they are for this request
 * @param context    of the request
 * @param originator in its short form; another than the request's where somebody else's right is asked for
 * @param absolute   the originator in its absolute form
 * @param target     the resource; for CREATE the parent
 * @param bit        of the operation in {@code acop}
 * @param childType  the type to be created, for CREATE
 */
record AccessQuestion(ResourceReader reader, RequestContext context, String originator, String absolute, Resource target,
        int bit, Optional<Integer> childType) {

    /** Whether the one who sent the request is meant: then what the request proves of its sender counts. */
    boolean isOfSender() {
        return originator.equals(context.originator());
    }

    /**
     * The attributes that the operation reaches, for rules that are for some attributes only ({@code aca}): those that a
     * partial RETRIEVE or an UPDATE names, all of the resource for a whole RETRIEVE; empty where the operation is not about
     * attributes at all.
     */
    Optional<Collection<String>> attributes() {
        Operation operation = context.request().operation();
        if (bit == Operation.UPDATE.accessControlBit() && operation == Operation.UPDATE) {
            return context.request().content().map(Content::attributes).map(changes -> changes.names());
        }
        if (bit != Operation.RETRIEVE.accessControlBit()) {
            return Optional.empty();
        }
        return Optional.of(operation == Operation.RETRIEVE ? named().orElseGet(() -> target.attributes().names())
                : target.attributes().names());
    }

    private Optional<Collection<String>> named() {
        Optional<Content> content = context.request().content();
        if (content.isPresent()) {
            return content.get().value() instanceof List<?> list ? Optional.of(list.stream().map(Object::toString).toList())
                    : Optional.empty();
        }
        String to = context.request().to();
        return to.indexOf('#') < 0 ? Optional.empty() : Address.parse(to).attribute().map(List::of);
    }
}
