// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.profile;

import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.Hop;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceReader;
import io.lintel.cse.internal.outbound.Forwarding;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.cse.internal.request.RequestIdentifiers;
import io.lintel.primitive.Address;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * The check of the service subscription when an AE registers (TS-0001 10.2.2.2, TS-0003 8.2.2.3). At the IN-CSE the
 * resources are here; any other CSE asks the IN-CSE for its own {@code <serviceSubscribedNode>} and its rules before it
 * registers an AE, and uses what it heard for a minute, or longer while the IN-CSE can't be asked. Holds no thread.
 */
public final class ServiceSubscriptions {
    private static final Duration FRESH = Duration.ofMinutes(1);
    private static final int MOST_RULES = 100;
    private static final String BY_CERTIFICATE = "33-";
    private static final String RELEASE = "2a";

    /** Whether there has to be a service subscription. */
    public enum Mode {
        /** Nothing is looked at; the settings alone say who may register. */
        OFF,
        /** Where there is one, it says who may register. */
        IF_PRESENT,
        /** Without one nobody registers. */
        REQUIRED
    }

    private final CseIdentity identity;
    private final Mode mode;
    private final SubscribedNodes nodes;
    private final Forwarding forwarding;
    private final Supplier<Optional<String>> inCse;
    private final Clock clock;
    private volatile Heard heard;

    /** @param rules empty if there is no subscription of this CSE */
    private record Heard(Optional<List<Attributes>> rules, Instant at) {
    }

    /** @param inCse the CSE-ID of the IN-CSE, as long as there is a way to it */
    public ServiceSubscriptions(CseIdentity identity, Mode mode, SubscribedNodes nodes, Forwarding forwarding,
            Supplier<Optional<String>> inCse, Clock clock) {
        this.identity = identity;
        this.mode = mode;
        this.nodes = nodes;
        this.forwarding = forwarding;
        this.inCse = inCse;
        this.clock = clock;
    }

    public boolean isOff() {
        return mode == Mode.OFF;
    }

    /** Completes when {@link #permitted} can answer; fails with 5103 if the IN-CSE would have to be asked and can't be. */
    public CompletionStage<Void> prepare() {
        Heard known = heard;
        boolean fresh = known != null && clock.instant().isBefore(known.at().plus(FRESH));
        if (mode == Mode.OFF || identity.type() == CseIdentity.CseType.IN || fresh) {
            return CompletableFuture.completedFuture(null);
        }
        return inCse.get().map(this::ask)
                .orElseGet(() -> CompletableFuture.failedFuture(unreachable("there is no way to it now")))
                .handle((rules, failure) -> {
                    if (failure == null) {
                        heard = new Heard(rules, clock.instant());
                    } else if (heard == null) {
                        throw unreachable(failure.getCause() == null ? failure.getMessage() : failure.getCause().getMessage());
                    }
                    return null;
                });
    }

    /** What the AE may register as: its wish, or what becomes of it; 4126, or 4128 without a subscription. */
    public String permitted(ResourceReader reader, RequestContext context) {
        Optional<List<Attributes>> rules = rules(reader);
        if (rules.isEmpty()) {
            if (mode == Mode.REQUIRED) {
                throw new PrimitiveException(ResponseStatusCode.SERVICE_SUBSCRIPTION_NOT_ESTABLISHED,
                        "there is no service subscription of " + identity.cseId() + ", where AEs would register");
            }
            return context.originator();
        }
        String appId = context.request().content().map(Content::attributes).flatMap(content -> content.text("api")).orElse("");
        return AppRules.permitted(rules.get(), credential(context.hop()), appId, context.originator());
    }

    /** What came with the registration, or the AE-ID that a certificate proved (TS-0003 10.4, type 33). */
    private static String credential(Hop hop) {
        return hop.credential().or(() -> hop.verified().map(id -> BY_CERTIFICATE + id.substring(id.lastIndexOf('/') + 1)))
                .orElse("");
    }

    /** Refuses the registration of a CSE that has no service subscription, at an IN-CSE that requires one. */
    public void requireNode(ResourceReader reader, String cseId) {
        boolean exempt = cseId.equals(identity.cseId()) || cseId.equals(identity.administrator());
        if (mode == Mode.REQUIRED && identity.type() == CseIdentity.CseType.IN && !exempt && nodes.of(reader, cseId).isEmpty()) {
            throw new PrimitiveException(ResponseStatusCode.SERVICE_SUBSCRIPTION_NOT_ESTABLISHED,
                    "there is no service subscription of " + cseId);
        }
    }

    private Optional<List<Attributes>> rules(ResourceReader reader) {
        if (identity.type() != CseIdentity.CseType.IN) {
            return heard.rules();
        }
        return nodes.of(reader, identity.cseId()).map(node -> nodes.rules(reader, node).stream().map(Resource::attributes)
                .toList());
    }

    // ---- what another CSE than the IN-CSE asks it ----

    private CompletionStage<Optional<List<Attributes>>> ask(String infrastructure) {
        Attributes criteria = Attributes.builder().set("fu", 1).set("ty", List.of(ResourceTypes.SERVICE_SUBSCRIBED_NODE))
                .set("atr", List.of(Attributes.builder().set("nm", "csi").set("val", identity.cseId()).build())).build();
        RequestPrimitive.Builder discovery = RequestPrimitive.builder(Operation.RETRIEVE, infrastructure)
                .set(RequestParameter.FILTER_CRITERIA, criteria).set(RequestParameter.RESULT_CONTENT, 6);
        return send(discovery).thenCompose(response -> {
            List<String> found = references(response);
            return found.isEmpty() ? CompletableFuture.completedFuture(Optional.<List<Attributes>>empty())
                    : retrieve(absolute(infrastructure, found.get(0))).thenCompose(node -> rules(infrastructure,
                            node.texts("rlk"))).thenApply(Optional::of);
        });
    }

    private static List<String> references(ResponsePrimitive response) {
        List<String> found = new ArrayList<>();
        response.content().ifPresent(content -> {
            if (content.value() instanceof List<?> list) {
                list.forEach(reference -> found.add(reference.toString()));
            } else if (content.value() instanceof Attributes object) {
                object.objects("rrf").forEach(reference -> reference.text("val").ifPresent(found::add));
            }
        });
        return found;
    }

    private CompletionStage<List<Attributes>> rules(String infrastructure, List<String> links) {
        List<Attributes> rules = new ArrayList<>();
        CompletionStage<Void> all = CompletableFuture.completedFuture(null);
        for (String link : links.size() > MOST_RULES ? links.subList(0, MOST_RULES) : links) {
            all = all.thenCompose(done -> retrieve(absolute(infrastructure, link))).thenAccept(rules::add);
        }
        return all.thenApply(done -> rules);
    }

    private static String absolute(String infrastructure, String reference) {
        return reference.startsWith("/") ? reference : infrastructure + "/" + reference;
    }

    private CompletionStage<Attributes> retrieve(String address) {
        return send(RequestPrimitive.builder(Operation.RETRIEVE, address)).thenApply(response -> response.content()
                .map(Content::attributes).orElse(Attributes.empty()));
    }

    private CompletionStage<ResponsePrimitive> send(RequestPrimitive.Builder builder) {
        RequestPrimitive request = builder.from(identity.cseId()).requestIdentifier(RequestIdentifiers.next())
                .set(RequestParameter.RELEASE_VERSION_INDICATOR, RELEASE).build();
        return forwarding.forward(request, identity.cseId(), Hop.local("io.lintel.cse"), Address.parse(request.to()))
                .thenApply(response -> {
                    if (!response.isSuccess()) {
                        throw unreachable("it answered " + response.statusCode() + " to " + request.to());
                    }
                    return response;
                });
    }

    private static PrimitiveException unreachable(String why) {
        return new PrimitiveException(ResponseStatusCode.TARGET_NOT_REACHABLE,
                "the service subscription at the IN-CSE says which AEs may register here, but " + why);
    }
}
