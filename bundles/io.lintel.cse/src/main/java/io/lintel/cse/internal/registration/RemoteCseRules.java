// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.registration;

import io.lintel.cse.api.CseIdentity.CseType;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.outbound.OutboundCommit;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.cse.internal.type.TypeRules;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Identifiers;
import io.lintel.primitive.Operation;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.ResponseStatusCode;

/**
 * What is special about {@code <remoteCSE>} (TS-0004 7.4.4): the registration of another CSE here, and the local picture
 * of the registrar, which this CSE makes itself. A change below is passed on upwards after its commit.
 */
public final class RemoteCseRules implements TypeRules {
    private final EntityIds ids;
    private final RemoteCseIndex index;
    private final OutboundCommit commit;
    private final Runnable descendantsChanged;

    /** @param descendantsChanged run after the commit of a change to what can be reached through this CSE */
    public RemoteCseRules(EntityIds ids, RemoteCseIndex index, OutboundCommit commit, Runnable descendantsChanged) {
        this.ids = ids;
        this.index = index;
        this.commit = commit;
        this.descendantsChanged = descendantsChanged;
    }

    @Override
    public void create(ResourceWriter writer, RequestContext context, Resource parent, Attributes.Builder attributes) {
        Attributes requested = attributes.build();
        if (isOwn(context)) {
            String pictured = requested.text("csi").orElse("");
            checkFree(writer, pictured);
            return;
        }
        if (ids.identity().type() == CseType.ASN) {
            throw refusal(ResponseStatusCode.OPERATION_NOT_ALLOWED, "an ASN-CSE accepts no registrations of CSEs");
        }
        String registree = context.originator();
        if (isOtherProvider(registree, requested)) {
            checkFree(writer, requested.text("csi").orElseThrow());
            return;
        }
        if (EntityIds.isAe(registree)) {
            throw refusal(ResponseStatusCode.OPERATION_NOT_ALLOWED, registree + " is an AE and can't register as a CSE");
        }
        if (!Identifiers.isCseId(registree) && !registree.startsWith("//")) {
            throw refusal(ResponseStatusCode.BAD_REQUEST, "fr is no CSE-ID: " + registree);
        }
        requested.text("csi").filter(named -> !ids.spRelative(named).equals(registree)).ifPresent(named -> {
            throw refusal(ResponseStatusCode.BAD_REQUEST, "csi is " + named + ", but the request is from " + registree);
        });
        checkFree(writer, registree);
        RegistrationCredentials.requireNoOtherCse(writer, context.hop(), registree);
        if (requested.texts("dcse").contains(ids.identity().cseId())) {
            throw refusal(ResponseStatusCode.BAD_REQUEST, "dcse lists this CSE, " + ids.identity().cseId()
                    + ": registrations must not loop");
        }
        attributes.set("csi", registree);
    }

    /**
     * The IN-CSE of another service provider does not register (Mcc'): the administrators of both IN-CSEs make each other
     * known, by its absolute CSE-ID.
     */
    private boolean isOtherProvider(String originator, Attributes requested) {
        return ids.identity().type() == CseType.IN && originator.equals(ids.identity().administrator())
                && requested.text("csi").flatMap(ids::shorten).filter(id -> id.startsWith("//") && !EntityIds.isAe(id))
                        .isPresent();
    }

    private void checkFree(ResourceWriter writer, String cseId) {
        if (cseId.equals(ids.identity().cseId())) {
            throw refusal(ResponseStatusCode.ORIGINATOR_HAS_ALREADY_REGISTERED, cseId + " is this CSE itself");
        }
        for (Resource remote : RemoteCseIndex.all(writer)) {
            if (remote.text("csi").filter(cseId::equals).isPresent()) {
                throw refusal(ResponseStatusCode.ORIGINATOR_HAS_ALREADY_REGISTERED, cseId + " is registered already, as "
                        + remote.name());
            }
        }
    }

    @Override
    public void created(ResourceWriter writer, RequestContext context, Resource parent, Resource created) {
        index.hint(created);
        if (!isOwn(context)) {
            RegistrationCredentials.keep(writer, context.hop(), created);
        }
        commit.after(descendantsChanged);
    }

    @Override
    public void update(ResourceWriter writer, RequestContext context, Resource before, Attributes changes,
            Attributes.Builder after) {
        checkNoAe(context);
        if (changes.texts("dcse").contains(ids.identity().cseId())) {
            throw refusal(ResponseStatusCode.BAD_REQUEST, "dcse lists this CSE, " + ids.identity().cseId()
                    + ": registrations must not loop");
        }
    }

    @Override
    public void updated(ResourceWriter writer, RequestContext context, Resource before, Resource after) {
        index.hint(after);
        if (!before.attributes().texts("dcse").equals(after.attributes().texts("dcse"))) {
            commit.after(descendantsChanged);
        }
    }

    @Override
    public void deleted(ResourceWriter writer, RequestContext context, Resource deleted) {
        if (context.request().operation() == Operation.DELETE) {
            checkNoAe(context);
        }
        index.forget(deleted);
        RegistrationCredentials.forget(writer, deleted);
        commit.after(descendantsChanged);
    }

    /** AEs read registrations of CSEs at most; the administrator is no ordinary AE. */
    private void checkNoAe(RequestContext context) {
        String originator = context.originator();
        if (EntityIds.isAe(originator) && !originator.equals(ids.identity().administrator())) {
            throw refusal(ResponseStatusCode.OPERATION_NOT_ALLOWED, originator
                    + " is an AE and can't change the registration of a CSE");
        }
    }

    private boolean isOwn(RequestContext context) {
        return context.originator().equals(ids.identity().cseId());
    }

    private static PrimitiveException refusal(ResponseStatusCode status, String text) {
        return new PrimitiveException(status, text);
    }
}
