// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.ws;

import java.util.Optional;
import java.util.Set;

import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.Registrations;
import io.lintel.primitive.Identifiers;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;

/**
 * Whose connection this is (TS-0020 6.3): a connection names nobody in its opening handshake, so what is sent over it first
 * does. Only the CSE decides whether that is believed. Pure.
 */
final class Identification {
    /** Refusals that come after the CSE has believed who the sender is. */
    private static final Set<Integer> BELIEVED = Set.of(ResponseStatusCode.NOT_FOUND.code(),
            ResponseStatusCode.ORIGINATOR_HAS_NO_PRIVILEGE.code(), ResponseStatusCode.CONFLICT.code());

    private Identification() {
    }

    /** See {@link CseView#entity}. */
    static Optional<String> entity(String from, CseIdentity own, Registrations registrations) {
        String id = from.startsWith(own.spId() + "/") ? from.substring(own.spId().length()) : from;
        if (id.equals(own.administrator())) {
            return Optional.of(id);
        }
        String ownPrefix = own.cseId() + "/";
        if (id.startsWith(ownPrefix)) {
            id = id.substring(ownPrefix.length());
        }
        if (!id.startsWith("/")) {
            return registrations.ae(id).map(ae -> spRelative(ae.id(), own));
        }
        int slash = id.indexOf('/', 1);
        String cse = slash < 0 ? id : id.substring(0, slash);
        if (registrations.cse(cse).isPresent() || registrations.registrar().filter(cse::equals).isPresent()) {
            return Optional.of(cse);
        }
        return slash < 0 ? registrations.ae(id.substring(1)).map(ae -> spRelative(ae.id(), own)) : Optional.empty();
    }

    /** {@code C12 → /mn-cse/C12}, {@code S5 → /S5}. */
    static String spRelative(String stem, CseIdentity own) {
        return stem.startsWith("S") && Identifiers.isAeIdStem(stem) ? "/" + stem : own.cseId() + "/" + stem;
    }

    /** Whether the request would make an AE of its sender, who may have no name yet. */
    static boolean isAeRegistration(RequestPrimitive request) {
        return request.operation() == Operation.CREATE && request.resourceType().filter(ty -> ty == ResourceTypes.AE).isPresent();
    }

    /** Whether the response shows that the CSE believed its sender; of who was only refused nothing is known. */
    static boolean isBelieved(ResponsePrimitive response) {
        return response.isSuccess() || BELIEVED.contains(response.statusCode());
    }

    /** The name that the sender of a request has, now that it was answered: a new AE was told, others brought theirs along. */
    static Optional<String> name(RequestPrimitive request, ResponsePrimitive response) {
        if (!isAeRegistration(request)) {
            return request.from();
        }
        return response.content().filter(content -> content.name().equals("m2m:ae"))
                .flatMap(content -> content.attributes().text("aei")).or(request::from);
    }
}
