// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.access;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.Timestamps;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code m2m:seci} as dynamic authorization uses it (TS-0004 6.3.5, 7.5.2): the question and what the answer says. Pure. */
final class SecurityInfo {
    static final String MEMBER = "m2m:seci";
    private static final int REQUEST = 1;
    private static final long RESPONSE = 2;

    private SecurityInfo() {
    }

    /**
     * What an authorization system granted.
     *
     * @param privileges each a set of rules
     * @param until      the end of the privileges; empty if the answer says none: then they are for this request
     * @param tokens     for the originator
     */
    record Answer(List<Attributes> privileges, Optional<Instant> until, List<String> tokens) {
    }

    static Content question(Attributes request) {
        return new Content(MEMBER, Attributes.builder().set("sit", REQUEST).set("dreq", request).build());
    }

    /** {@code m2m:dynAuthDasRequest}: who wants to do what, from where, and how he might be let. */
    static Attributes request(RequestContext context, AccessDenied denied, Resource consultation, EntityIds ids,
            List<String> rolesOfPolicies, Optional<OriginatorPlace.Coordinates> place) {
        Attributes parameters = context.request().parameters();
        String cse = ids.identity().cseId();
        Attributes.Builder request = Attributes.builder().set("or", ids.spRelative(context.originator()))
                .set("trt", denied.target().type()).set("op", context.request().operation().code());
        String host = AddressBlock.host(context.hop().peer());
        if (AddressBlock.isAddress(host)) {
            request.set("oip", Attributes.of(host.indexOf(':') < 0 ? "ip4" : "ip6", host));
        }
        place.ifPresent(at -> request.set("olo", Attributes.of("accr", List.of(at.latitude(), at.longitude(), 0.0))));
        list(request, "orid", parameters.texts("rids"));
        request.set("rts", Timestamps.format(context.now())).set("trid", cse + "/" + denied.target().id());
        request.set("ppl", consultation.text("dal"));
        list(request, "rfa", rolesOfPolicies);
        list(request, "tids", parameters.texts("tids"));
        return request.build();
    }

    private static void list(Attributes.Builder request, String name, List<String> values) {
        if (!values.isEmpty()) {
            request.set(name, values);
        }
    }

    /** Empty if the response grants nothing. */
    static Optional<Answer> answer(ResponsePrimitive response, Instant now) {
        Attributes info = response.isSuccess() ? response.content().filter(content -> content.name().equals(MEMBER))
                .map(Content::attributes).orElse(Attributes.empty()) : Attributes.empty();
        if (info.number("sit").filter(type -> type == RESPONSE).isEmpty()) {
            return Optional.empty();
        }
        Attributes result = info.object("dres").orElse(Attributes.empty());
        List<Attributes> grants = new ArrayList<>(result.objects("dai"));
        result.object("dai").ifPresent(grants::add);
        List<Attributes> privileges = grants.stream().flatMap(grant -> grant.object("gp").stream()).toList();
        List<String> tokens = result.texts("tkns");
        Optional<Instant> until = grants.stream().flatMap(grant -> grant.get("pl").stream())
                .flatMap(end -> Timestamps.parseAbsoluteOrRelative(end.toString(), now).stream()).min(Instant::compareTo);
        return privileges.isEmpty() && tokens.isEmpty() ? Optional.empty() : Optional.of(new Answer(privileges, until, tokens));
    }
}
