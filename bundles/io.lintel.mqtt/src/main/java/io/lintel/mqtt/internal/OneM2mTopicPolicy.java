// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import io.lintel.cse.api.Cse;
import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.Registrations;
import io.lintel.mqtt.server.ConnectedClient;
import io.lintel.mqtt.server.TopicPolicy;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Authorisation by the MQTT server (TS-0010 7.4) for the co-located server: decides from the client identifier, from
 * what the server verified, and from who is registered at this moment. Asked on the server's event loops; answers from
 * memory.
 *
 * <p>The client identifier of this CSE is reserved for its own connection, known by {@link OwnSockets}. While
 * {@code security.loopback} is {@code open}, anonymous clients on loopback are served: one that names itself as an AE or
 * CSE ({@code A::}, {@code C::}) is held to its own levels in oneM2M topics, any other may use all topics, only not in
 * the name of this CSE. When it is {@code closed}, clients must be authenticated, by the name that their client
 * identifier claims (MQ-57); the rights then are those of the table, and topics outside oneM2M are this CSE's alone.
 */
@Component(service = TopicPolicy.class, configurationPid = "io.lintel.security")
@Designate(ocd = OneM2mTopicPolicy.Config.class)
public final class OneM2mTopicPolicy implements TopicPolicy {
    private static final Logger LOG = LoggerFactory.getLogger(OneM2mTopicPolicy.class);
    private static final int WAIT_FOR_CSE_SECONDS = 10;
    private static final String SYSTEM_TOPICS = "$";

    /** Settings of {@code io.lintel.security} that this policy heeds. */
    @ObjectClassDefinition(name = "Lintel security")
    @interface Config {
        @AttributeDefinition(name = "Loopback",
                description = "open: anonymous clients on this machine are served; closed: they are not")
        String loopback() default "open";
    }

    private final boolean loopbackOpen;
    private final OwnSockets ownSockets;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private volatile CseIdentity identity;
    private volatile Registrations registrations;

    @Activate
    public OneM2mTopicPolicy(Config config, @Reference OwnSockets ownSockets) {
        loopbackOpen = switch (config.loopback()) {
            case "open" -> true;
            case "closed" -> false;
            default -> throw new IllegalArgumentException("security.loopback must be open or closed: " + config.loopback());
        };
        this.ownSockets = ownSockets;
    }

    /** The identity outlives the service: rights go on while the CSE is replaced. */
    @Reference(policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.OPTIONAL)
    void bindCse(Cse cse) {
        identity = cse.identity();
        ready.complete(null);
    }

    void unbindCse(Cse cse) {
        LOG.debug("rights go on as those of {} while the CSE is away", identity);
    }

    @Reference(policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.OPTIONAL)
    void bindRegistrations(Registrations arrived) {
        registrations = arrived;
    }

    void unbindRegistrations(Registrations left) {
        if (registrations == left) {
            registrations = null;
        }
    }

    /** Waits for the CSE, because without its identity no right can be told; the server keeps the client's packets. */
    @Override
    public CompletionStage<ConnectDecision> connect(ConnectedClient client) {
        return ready.isDone() ? CompletableFuture.completedFuture(decide(client))
                : ready.copy().orTimeout(WAIT_FOR_CSE_SECONDS, TimeUnit.SECONDS)
                        .handle((nothing, late) -> late == null ? decide(client) : ConnectDecision.REFUSE_NOT_AUTHORIZED);
    }

    @Override
    public CompletionStage<Boolean> subscribe(ConnectedClient client, String topicFilter) {
        return CompletableFuture.completedFuture(maySubscribe(client, topicFilter));
    }

    @Override
    public CompletionStage<PublishDecision> publish(ConnectedClient client, String topic, boolean retain) {
        return CompletableFuture.completedFuture(decide(client, topic, retain));
    }

    @Override
    public boolean deliver(ConnectedClient client, String topic) {
        Optional<TopicRights> rights = rights(client);
        if (rights.isEmpty()) {
            return false;
        }
        return Topic.parse(topic).map(rights.get()::mayReceive).orElseGet(rights.get()::mayUseOtherTopics);
    }

    private ConnectDecision decide(ConnectedClient client) {
        if (isOwn(client)) {
            return ConnectDecision.ACCEPT;
        }
        Optional<String> claimed = claimed(client.clientId());
        if (claimed.filter(identity.cseId()::equals).isPresent()) {
            LOG.debug("{} at {} refused: the identifier is this CSE's own", client.clientId(), client.address());
            return ConnectDecision.REFUSE_IDENTIFIER;
        }
        if (client.principal().isEmpty()) {
            return client.loopback() && loopbackOpen ? ConnectDecision.ACCEPT : ConnectDecision.REFUSE_NOT_AUTHORIZED;
        }
        if (claimed.isPresent() && !claimed.get().equals(segments().normalise(client.principal().get()))) {
            LOG.debug("{} at {} refused: authenticated as {}", client.clientId(), client.address(), client.principal().get());
            return ConnectDecision.REFUSE_IDENTIFIER;
        }
        return ConnectDecision.ACCEPT;
    }

    private boolean maySubscribe(ConnectedClient client, String filter) {
        Optional<TopicRights> rights = rights(client);
        if (rights.isEmpty()) {
            return false;
        }
        Optional<Topic> topic = Topic.parse(filter);
        if (topic.isPresent()) {
            return rights.get().mayReceive(topic.get());
        }
        // A filter that is wider than one kind of topic is narrowed at delivery; one that matches no such topic is not ours.
        boolean wide = filter.startsWith("#") || filter.startsWith("+") || filter.startsWith("/oneM2M/")
                || filter.startsWith("/+")
                || filter.startsWith("/#");
        return wide || rights.get().mayUseOtherTopics();
    }

    private PublishDecision decide(ConnectedClient client, String name, boolean retain) {
        Optional<TopicRights> rights = rights(client);
        Optional<Topic> topic = Topic.parse(name);
        if (rights.isEmpty()) {
            return PublishDecision.DROP;
        }
        if (topic.isEmpty()) {
            return rights.get().mayUseOtherTopics() && !name.startsWith(SYSTEM_TOPICS) ? PublishDecision.ALLOW
                    : refused(client, name, false);
        }
        if (!rights.get().mayPublish(topic.get())) {
            return refused(client, name, rights.get().isForged(topic.get()));
        }
        // A retained request would come again with every new subscription.
        return retain ? refused(client, name + " (retained)", false) : PublishDecision.ALLOW;
    }

    private static PublishDecision refused(ConnectedClient client, String topic, boolean forged) {
        LOG.debug("{} at {} may not publish to {}", client.clientId(), client.address(), topic);
        return forged ? PublishDecision.DISCONNECT : PublishDecision.DROP;
    }

    /** The client's class of TS-0010 7.4; empty if it is none. */
    private Optional<TopicRights> rights(ConnectedClient client) {
        if (isOwn(client)) {
            return Optional.of(new TopicRights.Own());
        }
        if (identity == null) {
            return Optional.empty();
        }
        Segments segments = segments();
        Optional<String> claimed = claimed(client.clientId());
        if (client.principal().isEmpty()) {
            if (!client.loopback() || !loopbackOpen) {
                return Optional.empty();
            }
            return Optional.of(claimed.isEmpty() ? new TopicRights.Anonymous(segments)
                    : new TopicRights.Entity(segments, claimed.get(), Optional.empty(), Optional.empty(), true));
        }
        String credential = client.principal().get();
        if (claimed.isEmpty() || !claimed.get().equals(segments.normalise(credential))) {
            return Optional.of(new TopicRights.Registrant(credential));
        }
        boolean cse = claimed.get().startsWith("/");
        if (!cse && !isRegistered(claimed.get())) {
            return Optional.of(new TopicRights.Registrant(credential));
        }
        return Optional.of(new TopicRights.Entity(segments, claimed.get(), cse ? Optional.empty() : Optional.of(identity.cseId()),
                Optional.of(credential), false));
    }

    private boolean isOwn(ConnectedClient client) {
        return client.loopback() && ownSockets.clientAt(client.address()).filter(client.clientId()::equals).isPresent();
    }

    /** The entity in a client identifier {@code A::…} or {@code C::…}, in normal form (MQ-13). */
    private Optional<String> claimed(String clientId) {
        boolean ae = clientId.startsWith("A::");
        if (!ae && !clientId.startsWith("C::") || identity == null) {
            return Optional.empty();
        }
        String id = clientId.substring(3);
        if (ae) {
            return Optional.of(segments().normalise(id));
        }
        return Optional.of(id.startsWith("/") ? id : "/" + id);
    }

    private Segments segments() {
        return new Segments(identity, this::isKnownCse, true);
    }

    private boolean isKnownCse(String cseId) {
        Registrations known = registrations;
        return known != null && (known.cse(cseId).isPresent() || known.registrar().filter(cseId::equals).isPresent());
    }

    private boolean isRegistered(String stem) {
        Registrations known = registrations;
        return known != null && known.ae(stem).isPresent();
    }
}
