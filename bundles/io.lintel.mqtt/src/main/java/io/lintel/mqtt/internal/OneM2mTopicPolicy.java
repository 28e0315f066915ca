// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import io.lintel.cse.api.Cse;
import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.Registrations;
import io.lintel.mqtt.server.ConnectedClient;
import io.lintel.mqtt.server.Identity;
import io.lintel.mqtt.server.TopicPolicy;
import io.lintel.primitive.Identifiers;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Authorisation by the MQTT server (TS-0010 7.4) for the co-located server: decides from the client identifier, from
 * what the server verified, from the administrator's rules, and from who is registered at this moment. Asked on the
 * server's event loops; answers from memory, and keeps a {@link ClientView} of each connected client so that a message
 * costs little. What it refuses goes to the {@link AuditLog}.
 *
 * <pre>
 *   Identity ── Principals ──► Principal ─┐
 *                                         ├─► TopicRights ──► ClientView ──► answers
 *   Registrations, AccessRules ───────────┘      (made anew when one of these changes)
 * </pre>
 *
 * <p>The client identifier of this CSE is reserved for its own connection, known by {@link OwnSockets}. While
 * {@code security.loopback} is {@code open}, anonymous clients on loopback are served: one that names itself as an AE or
 * CSE ({@code A::}, {@code C::}) is held to its own levels in oneM2M topics, any other may use all topics, only not in the
 * name of this CSE. All others must be authenticated, as the AE, CSE or credential that their client identifier claims
 * (MQ-57), and have the rights of the table.
 */
@Component(service = TopicPolicy.class)
public final class OneM2mTopicPolicy implements TopicPolicy {
    /** Accounts of the node itself, which the MQTT server makes at its start and nobody can set up. */
    static final String OWN_ACCOUNT = "lintel.cse";
    static final String ADAPTER_ACCOUNT = "lintel.adapter";

    private static final Logger LOG = LoggerFactory.getLogger(OneM2mTopicPolicy.class);
    private static final int WAIT_FOR_CSE_SECONDS = 10;
    /** What device adapters listen to is said by their bundles, so everything outside oneM2M is theirs. */
    private static final AccessRules.Filters ADAPTER = new AccessRules.Filters(List.of(TopicFilter.of("#")),
            List.of(TopicFilter.of("#")));
    private static final CompletionStage<Boolean> GRANTED = CompletableFuture.completedFuture(true);
    private static final CompletionStage<Boolean> NOT_GRANTED = CompletableFuture.completedFuture(false);
    private static final CompletionStage<PublishDecision> ALLOW = CompletableFuture.completedFuture(PublishDecision.ALLOW);

    private final AccessConfiguration access;
    private final OwnSockets ownSockets;
    private final Principals principals;
    private final AuditLog audit;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    /** By client identifier; the server connects one client by each, and replaces it at a takeover. */
    private final Map<String, ClientView> views = new ConcurrentHashMap<>();
    private volatile CseIdentity identity;
    private volatile Registrations registrations;

    @Activate
    public OneM2mTopicPolicy(@Reference AccessConfiguration access, @Reference OwnSockets ownSockets) {
        this(access, ownSockets, new AuditLog());
    }

    OneM2mTopicPolicy(AccessConfiguration access, OwnSockets ownSockets, AuditLog audit) {
        this.access = access;
        this.ownSockets = ownSockets;
        this.principals = new Principals(access);
        this.audit = audit;
    }

    /** Identity and registrations outlive their services: rights go on while the CSE is replaced. */
    @Reference(policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.OPTIONAL)
    void bindCse(Cse cse) {
        identity = cse.identity();
        readyWhenComplete();
    }

    void unbindCse(Cse cse) {
        LOG.debug("rights go on as those of {} while the CSE is away", identity);
    }

    @Reference(policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.OPTIONAL)
    void bindRegistrations(Registrations arrived) {
        registrations = arrived;
        readyWhenComplete();
    }

    void unbindRegistrations(Registrations left) {
        LOG.debug("registrations go on as they were while the CSE is away");
    }

    private void readyWhenComplete() {
        if (identity != null && registrations != null) {
            ready.complete(null);
        }
    }

    // ---- asked by the server ----------------------------------------------------------------------------------------

    /** Waits for the CSE, because without its identity no right can be told; the server keeps the client's packets. */
    @Override
    public CompletionStage<ConnectDecision> connect(ConnectedClient client) {
        return ready.isDone() ? CompletableFuture.completedFuture(decide(client))
                : ready.copy().orTimeout(WAIT_FOR_CSE_SECONDS, TimeUnit.SECONDS)
                        .handle((nothing, late) -> late == null ? decide(client) : ConnectDecision.REFUSE_NOT_AUTHORIZED);
    }

    @Override
    public CompletionStage<Boolean> subscribe(ConnectedClient client, String topicFilter) {
        if (ClientView.maySubscribe(snapshot(view(client)).rights(), topicFilter)) {
            return GRANTED;
        }
        audit.refused(client, "subscribe", topicFilter, "not among its rights");
        return NOT_GRANTED;
    }

    @Override
    public CompletionStage<PublishDecision> publish(ConnectedClient client, String topic, boolean retain) {
        ClientView view = view(client);
        ClientView.Snapshot now = snapshot(view);
        ClientView.Answer answer = view.mayPublish(now, topic);
        if (!answer.allowed()) {
            boolean forged = answer.topic().filter(now.rights()::isForged).isPresent();
            return refused(view, topic, forged, forged ? "it speaks for somebody else" : "not among its rights");
        }
        if (retain && answer.topic().isPresent()) {
            // A retained request would come again with every new subscription.
            return refused(view, topic, false, "primitives are not retained");
        }
        return ALLOW;
    }

    private CompletionStage<PublishDecision> refused(ClientView view, String topic, boolean forged, String why) {
        boolean last = access.mistakes() > 0 && view.anotherMistake() >= access.mistakes();
        boolean ends = forged || last;
        audit.refused(view.client(), "publish", topic, why + (ends ? "; disconnected" : "") + (last && !forged
                ? " after " + access.mistakes() + " refusals" : ""));
        return CompletableFuture.completedFuture(ends ? PublishDecision.DISCONNECT : PublishDecision.DROP);
    }

    @Override
    public boolean deliver(ConnectedClient client, String topic) {
        ClientView view = view(client);
        return view.isOwn() || view.mayReceive(snapshot(view), topic);
    }

    @Override
    public void disconnected(ConnectedClient client) {
        views.computeIfPresent(client.clientId(), (id, view) -> view.client() == client ? null : view);
    }

    // ---- who it is --------------------------------------------------------------------------------------------------

    private ConnectDecision decide(ConnectedClient client) {
        if (isOwn(client)) {
            views.put(client.clientId(), new ClientView(client, true));
            ownSockets.guarded(client.address(), access);
            return ConnectDecision.ACCEPT;
        }
        Optional<String> claimed = claimed(client.clientId());
        if (claimed.filter(identity.cseId()::equals).isPresent() || client.identity().equals(Identity.user(OWN_ACCOUNT))) {
            // the account alone proves nothing: its secret was shown to whoever listens at the server's address
            return refuse(client, ConnectDecision.REFUSE_IDENTIFIER, "only this CSE's own connection may be that");
        }
        Optional<Principal> principal = principal(client);
        if (principal.isEmpty()) {
            boolean admitted = client.loopback() && (access.loopbackOpen()
                    || access.rules().admitsAnonymous() && claimed.isEmpty());
            return admitted ? ConnectDecision.ACCEPT
                    : refuse(client, ConnectDecision.REFUSE_NOT_AUTHORIZED, "it is not authenticated");
        }
        if (!fits(client.clientId(), claimed, principal.get())) {
            return refuse(client, ConnectDecision.REFUSE_IDENTIFIER,
                    "the client identifier is not that of " + principal.get().credential());
        }
        return ConnectDecision.ACCEPT;
    }

    private ConnectDecision refuse(ConnectedClient client, ConnectDecision decision, String why) {
        audit.refused(client, "connect", client.clientId(), why);
        return decision;
    }

    /** MQ-57: an AE-ID or CSE-ID in the client identifier is one that the credential stands for; so is a Credential-ID. */
    private boolean fits(String clientId, Optional<String> claimed, Principal principal) {
        if (claimed.isPresent()) {
            return claimed.get().startsWith("/") ? clientId.startsWith("C::") && cse(principal, claimed).equals(claimed)
                    : mayBe(principal, claimed.get());
        }
        if (clientId.startsWith("A::") || clientId.startsWith("C::")) {
            return false;
        }
        return !CredentialIds.isShaped(clientId)
                || CredentialIds.canonical(Segments.credential(clientId), segments()).equals(principal.credential());
    }

    /** The client's class of TS-0010 7.4 as of now. */
    private TopicRights rights(ConnectedClient client, boolean own, AccessRules rules) {
        if (own) {
            return new TopicRights.Own();
        }
        if (identity == null) {
            return new TopicRights.ByRules(AccessRules.Filters.NONE);
        }
        if (client.identity().equals(Identity.user(ADAPTER_ACCOUNT))) {
            return new TopicRights.ByRules(ADAPTER);
        }
        Segments segments = segments();
        Optional<String> claimed = claimed(client.clientId());
        Optional<Principal> known = principal(client);
        if (known.isEmpty()) {
            if (!client.loopback() || !access.loopbackOpen()) {
                return new TopicRights.ByRules(rules.filters(Principals.asker(client)));
            }
            return claimed.isEmpty() ? new TopicRights.Anonymous(segments)
                    : new TopicRights.AnonymousEntity(segments, claimed.get());
        }
        Principal principal = known.get();
        return new VerifiedRights(segments, identity.cseId(), principal.credential(),
                cse(principal, claimed).filter(this::mayAct), registered(principal, claimed),
                id -> id.startsWith("/") ? mayBecome(principal, id) : mayBe(principal, id), rules.filters(principal.asker()));
    }

    /**
     * The CSE that the client is: the one that its credential says; if that leaves it open, the one that registered with this
     * credential (7.4 class 4 turns into class 1).
     */
    private Optional<String> cse(Principal principal, Optional<String> claimed) {
        if (principal.cse().isPresent() || !principal.isCse() || registrations == null) {
            return principal.cse();
        }
        return registrations.withCredential(principal.credential()).stream().filter(Registrations.Registration::cse)
                .map(Registrations.Registration::id).filter(principal::coversCse)
                .filter(id -> claimed.isEmpty() || claimed.get().equals(id)).findFirst();
    }

    /** Another IN-CSE of another service provider has no rights before the administrator has made it known (Mcc'). */
    private boolean mayAct(String cseId) {
        return !cseId.equals(identity.cseId()) && (!cseId.startsWith("//") || isKnownCse(cseId));
    }

    /** Whether a credential that leaves the CSE-ID open may yet register this one. */
    private boolean mayBecome(Principal principal, String cseId) {
        return principal.coversCse(cseId) && !cseId.equals(identity.cseId())
                && (registrations == null || registrations.cse(cseId).isEmpty());
    }

    /** The AEs that the client is, by its client identifier or by its credential, and that are registered. */
    private List<String> registered(Principal principal, Optional<String> claimed) {
        if (principal.isCse() || registrations == null) {
            return List.of();
        }
        Set<String> stems = new LinkedHashSet<>(principal.exactStems());
        if (claimed.isPresent()) {
            stems.add(claimed.get());
            stems.retainAll(Set.of(claimed.get()));
        } else {
            registrations.withCredential(principal.credential()).forEach(registration -> stems.add(registration.id()));
        }
        return stems.stream().filter(stem -> isRegistered(stem) && mayBe(principal, stem)).toList();
    }

    private boolean isRegistered(String stem) {
        return registrations.ae(stem).isPresent() || stem.equals(identity.administrator());
    }

    /**
     * Whether the credential may be this AE: it stands for the AE-ID, and if the AE is registered, then with this
     * credential. A registration without one, made on this machine while loopback is open, belongs to whoever is that
     * AE by name.
     */
    private boolean mayBe(Principal principal, String stem) {
        Registrations known = registrations;
        if (!principal.covers(stem) || known == null) {
            return false;
        }
        Optional<String> credential = known.ae(stem).map(Registrations.Registration::credential);
        boolean administrator = stem.equals(identity.administrator());
        if (credential.isEmpty() && !administrator) {
            return true;
        }
        return credential.filter(text -> !text.isEmpty()).map(principal.credential()::equals)
                .orElseGet(() -> principal.isExactly(stem));
    }

    private Optional<Principal> principal(ConnectedClient client) {
        return principals.of(client, identity, this::isKnownCse);
    }

    private boolean isOwn(ConnectedClient client) {
        return client.loopback() && ownSockets.clientAt(client.address()).filter(client.clientId()::equals).isPresent();
    }

    /** The entity in a client identifier {@code A::…} or {@code C::…}, in normal form (MQ-13); empty if there is none. */
    private Optional<String> claimed(String clientId) {
        boolean ae = clientId.startsWith("A::");
        if (!ae && !clientId.startsWith("C::") || identity == null) {
            return Optional.empty();
        }
        String id = clientId.substring(3);
        if (ae) {
            return Optional.of(segments().normalise(id)).filter(normal -> !normal.isEmpty());
        }
        String slashed = "/" + id.replace(':', '/');
        String absolute = Identifiers.isAbsoluteCseId(slashed) ? slashed : id;
        String relative = absolute.startsWith(identity.spId() + "/") ? absolute.substring(identity.spId().length()) : absolute;
        return Optional.of(relative.startsWith("/") ? relative : "/" + relative);
    }

    // ---- what is known of it ----------------------------------------------------------------------------------------

    private ClientView view(ConnectedClient client) {
        ClientView known = views.get(client.clientId());
        if (known != null && known.client() == client) {
            return known;
        }
        ClientView made = new ClientView(client, identity != null && isOwn(client));
        views.put(client.clientId(), made);
        return made;
    }

    private ClientView.Snapshot snapshot(ClientView view) {
        CseIdentity me = identity;
        Registrations known = registrations;
        AccessRules rules = access.rules();
        ClientView.Snapshot current = view.current(me, known, rules);
        if (current != null) {
            return current;
        }
        ClientView.Basis basis = new ClientView.Basis(me, known, known == null ? 0 : known.version(), rules);
        return view.renewed(basis, rights(view.client(), view.isOwn(), rules), me == null ? null : segments());
    }

    private Segments segments() {
        return new Segments(identity, this::isKnownCse, true, true);
    }

    private boolean isKnownCse(String cseId) {
        Registrations known = registrations;
        return known != null && (known.cse(cseId).isPresent() || known.registrar().filter(cseId::equals).isPresent());
    }
}
