// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import io.lintel.cse.api.Binding;
import io.lintel.cse.api.Hop;
import io.lintel.primitive.Content;
import io.lintel.primitive.Identifiers;
import io.lintel.primitive.Operation;
import io.lintel.primitive.Primitive;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponseParameter;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Serialization;
import io.lintel.primitive.codec.PrimitiveCodec;
import io.lintel.primitive.codec.PrimitiveDecodeException;
import io.lintel.tls.CredentialId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * From a PUBLISH on a request topic to a request and its hop, or to the refusal that answers it (TS-0010 6.4.3, 6.5).
 * Pure; runs on the thread that dispatches a connection's requests.
 *
 * <p>Every refusal can be sent, because the topic alone says where to. When not even the request identifier could be
 * read, the response carries an empty {@code rqi} (MQ-37 and MQ-38 demand the parameter, but leave open what a sender
 * of garbage is told): no peer takes it for the answer to another request, and a person who watches sees the reason.
 */
final class RequestReader {
    private static final int AE = 2;
    private static final int REMOTE_CSE = 16;

    private final Segments segments;
    private final Set<Leniency> leniencies;
    private final String server;
    private final boolean loopback;
    private final Supplier<Optional<AccessConfiguration>> guard;
    private final Optional<AccessConfiguration> vouching;

    /**
     * What was read: a request with its hop, or a refusal.
     *
     * @param format the serialisation of the request, and of its response
     */
    record Reading(Optional<RequestPrimitive> request, Optional<Hop> hop, Optional<ResponsePrimitive> refusal,
            Serialization format) {
    }

    /** For a server of which nothing is known but that it may be the co-located one. */
    RequestReader(Segments segments, Set<Leniency> leniencies, String server, boolean loopback,
            Supplier<Optional<AccessConfiguration>> guard) {
        this(segments, leniencies, server, loopback, guard, Optional.empty());
    }

    /**
     * @param loopback whether the connection it came through stays on this machine
     * @param guard    whose rules everything on the connection has passed, if the server is the co-located one
     * @param vouching what credentials stand for that another server has verified, if it is configured as one that does
     */
    RequestReader(Segments segments, Set<Leniency> leniencies, String server, boolean loopback,
            Supplier<Optional<AccessConfiguration>> guard, Optional<AccessConfiguration> vouching) {
        this.segments = segments;
        this.leniencies = leniencies;
        this.server = server;
        this.loopback = loopback;
        this.guard = guard;
        this.vouching = vouching;
    }

    Reading read(Topic topic, byte[] payload, String deliveryKey) {
        Optional<Serialization> looks = Payload.sniff(payload);
        Serialization format = topic.suffix().flatMap(Serialization::ofSuffix).or(() -> looks).orElse(Serialization.JSON);
        byte[] bytes = payload;
        try {
            checkSuffix(topic, looks);
            if (format == Serialization.CBOR && looks.isEmpty()) {
                bytes = hexText(payload).orElse(payload);
            }
            RequestPrimitive request = withOriginator(topic, decode(format, bytes));
            Hop hop = hop(topic, request, deliveryKey);
            return new Reading(Optional.of(request), Optional.of(hop), Optional.empty(), format);
        } catch (PrimitiveDecodeException e) {
            return refused(e, e.requestIdentifier().orElse(""), e.releaseVersionIndicator(), format);
        } catch (PrimitiveException e) {
            Optional<Primitive> readable = tryDecode(looks.orElse(format), bytes);
            return refused(e, readable.map(Primitive::requestIdentifier).orElse(""),
                    readable.flatMap(p -> p.parameters().text("rvi")), format);
        }
    }

    private void checkSuffix(Topic topic, Optional<Serialization> looks) {
        if (topic.hasNoSuffix()) {
            if (!leniencies.contains(Leniency.NO_SUFFIX)) {
                throw bad("the topic must end with /json, /xml or /cbor: " + topic);
            }
            return;
        }
        String suffix = topic.suffix().orElseThrow(() -> bad("the topic has levels after the format: " + topic));
        Serialization stated = Serialization.ofSuffix(suffix).orElseThrow(() -> new PrimitiveException(
                ResponseStatusCode.UNSUPPORTED_MEDIA_TYPE, "the topic ends with " + suffix + ", not with json, xml or cbor"));
        if (looks.isPresent() && looks.get() != stated) {
            throw bad("the topic says " + stated.suffix() + ", but the payload looks like " + looks.get().suffix());
        }
    }

    private RequestPrimitive decode(Serialization format, byte[] bytes) {
        if (format == Serialization.JSON && !leniencies.contains(Leniency.WRAPPED_JSON) && Payload.isWrappedJson(bytes)) {
            throw bad("the primitive is wrapped in m2m:rqp, as Release 1 had it");
        }
        if (PrimitiveCodec.of(format).decode(bytes) instanceof RequestPrimitive request) {
            return request;
        }
        throw bad("a response on a topic for requests");
    }

    /** The request with the topic's originator as {@code fr}, where it has none and may not be without. */
    private RequestPrimitive withOriginator(Topic topic, RequestPrimitive request) {
        boolean wish = request.operation() == Operation.CREATE && request.resourceType().orElse(0) == AE;
        if (request.from().isPresent() || wish || topic.kind() != Topic.Kind.REQUEST
                || !leniencies.contains(Leniency.MISSING_FROM)) {
            return request;
        }
        return segments.entity(topic.originator()).map(id -> request.toBuilder().from(id).build()).orElse(request);
    }

    private Optional<byte[]> hexText(byte[] payload) {
        return leniencies.contains(Leniency.HEX_CBOR) ? Payload.hexText(payload) : Optional.empty();
    }

    private Hop hop(Topic topic, RequestPrimitive request, String deliveryKey) {
        String peer = server + "/" + topic.originator();
        if (topic.kind() == Topic.Kind.REGISTRATION_REQUEST && !isRetrievalOfBase(request)) {
            int type = request.resourceType().orElse(0);
            if (request.operation() != Operation.CREATE || type != AE && type != REMOTE_CSE) {
                throw bad("only the creation of an AE or a remoteCSE may come on a reg_req topic");
            }
            if (topic.originator().isEmpty()) {
                throw bad("the topic names no Credential-ID: " + topic);
            }
            String credential = credential(topic, request, type);
            return new Hop(Binding.MQTT, peer, loopback, isVerified(), Optional.empty(), Optional.empty(),
                    Optional.of(credential),
                    Optional.of(deliveryKey), false, permitted(credential));
        }
        String originator = segments.entity(topic.originator(), request.from())
                .orElseThrow(() -> bad("the topic's originator is no AE-ID or CSE-ID: " + topic));
        if (segments.isAdministrator(originator) && vouching.isEmpty() && guard.get().isEmpty()) {
            throw new PrimitiveException(ResponseStatusCode.ORIGINATOR_NOT_AUTHENTICATED, originator
                    + " does not administer through an MQTT server that may serve anybody; if it verifies its clients, say so"
                    + " with mqtt.server-NAME.verifies");
        }
        return new Hop(Binding.MQTT, peer, loopback, isVerified(), Optional.empty(), Optional.of(originator), Optional.empty(),
                Optional.of(deliveryKey));
    }

    /**
     * The Credential-ID in its one spelling. Where a CSE writes its own CSE-ID instead, that is as good as the Credential-ID of
     * its certificate would be, since it is what {@code fr} says.
     */
    private String credential(Topic topic, RequestPrimitive request, int type) {
        String credential = Segments.credential(topic.originator());
        if (CredentialIds.isShaped(credential)) {
            return CredentialIds.canonical(credential, segments);
        }
        if (!leniencies.contains(Leniency.ID_AS_CREDENTIAL)) {
            throw bad("the topic names no Credential-ID, which is two digits, a dash and a value: " + topic);
        }
        Optional<String> from = request.from().map(segments::normalise);
        boolean own = type == REMOTE_CSE && from.filter(Identifiers::isCseId).isPresent()
                && segments.entity(topic.originator(), from).equals(from);
        return own ? CredentialId.ofCse(from.get()) : credential;
    }

    /** What peers ask before they register, on the topics of registration; served as if it came by the ordinary ones. */
    private boolean isRetrievalOfBase(RequestPrimitive request) {
        return request.operation() == Operation.RETRIEVE && leniencies.contains(Leniency.REGISTRATION_RETRIEVE)
                && segments.isMyBase(request.to());
    }

    /** What the credential may register as (MQ-60), where the server that showed it is one that has verified it. */
    private Optional<List<String>> permitted(String credential) {
        return vouching.map(access -> access.permittedElsewhere(credential))
                .or(() -> guard.get().flatMap(access -> access.permitted(credential)));
    }

    /** Whether the server lets nobody publish in the name of another (TS-0010 7.2). */
    private boolean isVerified() {
        return vouching.isPresent() || guard.get().filter(access -> !access.loopbackOpen()).isPresent();
    }

    private static Optional<Primitive> tryDecode(Serialization format, byte[] bytes) {
        try {
            return Optional.of(PrimitiveCodec.of(format).decode(bytes));
        } catch (PrimitiveException e) {
            return Optional.empty();
        }
    }

    private static Reading refused(PrimitiveException why, String requestIdentifier, Optional<String> rvi, Serialization format) {
        ResponsePrimitive.Builder refusal = ResponsePrimitive.builder(why.status(), requestIdentifier)
                .content(Content.debugInfo(why.getMessage()));
        rvi.ifPresent(version -> refusal.set(ResponseParameter.RELEASE_VERSION_INDICATOR, version));
        return new Reading(Optional.empty(), Optional.empty(), Optional.of(refusal.build()), format);
    }

    private static PrimitiveException bad(String sentence) {
        return new PrimitiveException(ResponseStatusCode.BAD_REQUEST, sentence);
    }
}
