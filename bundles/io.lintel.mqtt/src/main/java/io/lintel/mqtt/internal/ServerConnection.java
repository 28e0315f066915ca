// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import io.lintel.cse.api.Cse;
import io.lintel.cse.api.UnreachableException;
import io.lintel.primitive.Primitive;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Serialization;
import io.lintel.primitive.codec.PrimitiveCodec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything between this CSE and one MQTT server, over one connection for all counterparties (MQ-08, MQ-19): requests
 * in and their responses, requests out and theirs. The connection itself is {@link MqttLink}'s affair, requests in are
 * {@link RequestIntake}'s; this class knows the topics of this server and sorts what arrives.
 */
final class ServerConnection implements MqttLink.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(ServerConnection.class);
    private static final int OUTBOX_WINDOW = 128;
    private static final int OUTBOX_CAPACITY = 2_048;
    private static final int PENDING_CAPACITY = 2_048;
    private static final int FORMS_CAPACITY = 4_096;
    private static final long RELIEVE_MILLIS = 100;
    private static final int NO_RESPONSE = 5;

    private final ServerAddress server;
    private final Segments segments;
    private final boolean mccPrime;
    private final Settings settings;
    private final ScheduledExecutorService timer;
    private final MqttLink link;
    private final AcknowledgementLedger ledger;
    private final Outbox outbox;
    private final RequestIntake intake;
    private final PendingResponses pending;
    private final ResponseReader responses;
    private final Attending attending;
    private final ScheduledFuture<?> relief;
    /** What waits for the connection: run once when it is ready. */
    private final Set<Runnable> onReady = new LinkedHashSet<>();
    /** Swapped filters of peers that have not yet shown which order they use (see {@link Leniency#SWAPPED_RESPONSES}). */
    private final Map<String, String> swappedFilters = new ConcurrentHashMap<>();
    private final Set<String> provedStandard = ConcurrentHashMap.newKeySet();
    /** The topic level that each AE last used for itself. */
    private final Map<String, String> usedForms = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
            return size() > FORMS_CAPACITY;
        }
    };

    /** @param clientId the session's: that of the CSE (MQ-13), unless configured otherwise */
    ServerConnection(ServerSettings own, String clientId, Segments segments, Settings settings, ScheduledExecutorService timer,
            Executor worker, OwnSockets ownSockets) {
        this.server = own.address();
        this.segments = segments;
        this.mccPrime = segments.isMccPrime(clientId);
        this.settings = settings;
        this.timer = timer;
        SocketFactory sockets = own.sockets(ownSockets, clientId);
        this.link = new MqttLink(own, clientId, timer, sockets, this);
        this.ledger = new AcknowledgementLedger(own.window(), link::acknowledge);
        this.outbox = new Outbox(OUTBOX_WINDOW, OUTBOX_CAPACITY);
        this.responses = new ResponseReader(segments, settings.leniencies());
        RequestReader reader = new RequestReader(segments, settings.leniencies(), server.authority(), server.isLoopback(),
                () -> sockets instanceof OwnSockets.Factory plain ? plain.guard() : Optional.empty(), own.vouching());
        this.intake = new RequestIntake(server.authority() + " " + clientId, reader, settings.repetitions(), ledger, outbox,
                worker, settings.limits(), () -> link.hold(MqttLink.Hold.OVERFLOW, "too many requests wait"));
        this.pending = new PendingResponses(PENDING_CAPACITY, count -> ledger.responsesAwaited(count > 0));
        this.attending = new Attending(own.attendance(), Clock.systemUTC(), link);
        this.relief = timer.scheduleWithFixedDelay(this::relieve, RELIEVE_MILLIS, RELIEVE_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Listens for requests and registrations under a prefix, and for responses (MQ-36). Before {@link #open}. */
    void listen(String prefix) {
        String me = mccPrime ? segments.absolute() : segments.me();
        for (Topic.Kind kind : List.of(Topic.Kind.REQUEST, Topic.Kind.REGISTRATION_REQUEST)) {
            link.filter(Topic.requestFilter(prefix, kind, me), true);
            if (!mccPrime) {
                segments.others().forEach(other -> link.filter(Topic.requestFilter(prefix, kind, other), false));
            }
        }
        link.filter(Topic.responseFilter(prefix, me), true);
    }

    /** @param cse whose schedule counts, if it is there */
    void open(Optional<Cse> cse) {
        cse.ifPresent(present -> attending.follow(present::schedule));
        attending.begin();
        link.open();
    }

    /** It is known to the server now, which may have refused it before. */
    void tryNow() {
        link.open();
    }

    boolean isReady() {
        return link.isReady();
    }

    /** For a person: the server, and what is the matter with it. */
    String detail() {
        String trouble = link.trouble();
        return trouble.isEmpty() ? server.toString() : server + " (" + trouble + ")";
    }

    void cseArrived(Cse cse) {
        attending.follow(cse::schedule);
        intake.cseArrived(cse);
    }

    void cseLeft() {
        attending.remember();
        intake.cseLeft();
    }

    /**
     * Publishes a request on the topic of its receiver and completes with the response (TS-0010 6.4.2). One that wants no
     * response gets none; there the server's acknowledgement is the answer, because it keeps the message for its receiver.
     */
    CompletionStage<ResponsePrimitive> request(Primitive request, String prefix, String receiver, Serialization format,
            Instant until) {
        String peer = segments.normalise(receiver);
        String segment = segmentOf(peer);
        String me = segments.me(peer);
        Topic topic = Topic.of(prefix, Topic.Kind.REQUEST, me, segment, format);
        List<String> filters = new ArrayList<>(2);
        filters.add(Topic.responseFilter(prefix, me));
        if (settings.allows(Leniency.SWAPPED_RESPONSES) && peer.startsWith("/") && !provedStandard.contains(peer)) {
            filters.add(swappedFilters.computeIfAbsent(peer, p -> Topic.swappedResponseFilter(prefix, segment, me)));
        }
        boolean unanswered = request instanceof RequestPrimitive sent && sent.responseType() == NO_RESPONSE;
        Outbox.Message message = new Outbox.Message(topic.name(), PrimitiveCodec.of(format).encode(request), unanswered
                ? () -> pending.answered(peer, ResponsePrimitive.builder(ResponseStatusCode.ACCEPTED,
                        request.requestIdentifier()).build()) : () -> { });
        PendingResponses.Pending wait;
        try {
            wait = pending.add(request.requestIdentifier(), peer);
        } catch (UnreachableException e) {
            return CompletableFuture.failedStage(e);
        }
        dispatch(wait, message, filters, until);
        return wait.response();
    }

    /** Publishes on a topic as it stands; the server's acknowledgement is the answer (MQ-53 to MQ-55). */
    CompletionStage<ResponsePrimitive> notify(Primitive request, String topic, Serialization format, Instant until) {
        ResponsePrimitive accepted = ResponsePrimitive.builder(ResponseStatusCode.OK, request.requestIdentifier()).build();
        Outbox.Message message = new Outbox.Message(topic, PrimitiveCodec.of(format).encode(request),
                () -> pending.answered(topic, accepted));
        PendingResponses.Pending wait;
        try {
            wait = pending.add(request.requestIdentifier(), topic);
        } catch (UnreachableException e) {
            return CompletableFuture.failedStage(e);
        }
        dispatch(wait, message, List.of(), until);
        return wait.response();
    }

    /** Ends the session for good, and everything with it (MQ-20); fails if the server cannot be reached. */
    CompletionStage<Void> leave() {
        ended();
        return link.leave();
    }

    /** Ends everything: the session stays at the server, with what was not acknowledged. */
    void close() {
        ended();
        link.close();
    }

    /** Whether this connection was made by a request alone and has nothing to do any more. */
    boolean isDispensable() {
        return attending.isResting();
    }

    private void ended() {
        relief.cancel(false);
        intake.close();
        for (PendingResponses.Pending wait : pending.all()) {
            pending.failed(wait, new UnreachableException("the MQTT binding has ended", true, null));
        }
    }

    @Override
    public void arrived(String topicName, MqttMessage message, long generation) {
        attending.used();
        boolean acknowledgeable = message.getQos() == 1;
        AcknowledgementLedger.Ticket ticket = acknowledgeable ? ledger.opened(message.getId())
                : AcknowledgementLedger.Ticket.NONE;
        Optional<Topic> topic = Topic.parse(topicName);
        if (message.isRetained() || topic.isEmpty() || message.getQos() == 0 && !settings.allows(Leniency.QOS_0)) {
            LOG.debug("{}: ignored {} on {}", server, message.isRetained() ? "a retained message" : "a message", topicName);
            ledger.done(ticket);
        } else if (topic.get().kind().isRequest()) {
            remember(topic.get());
            intake.accept(topic.get(), new InboundMessage(topicName, message.getPayload(), message.getQos(),
                    message.isDuplicate(), message.getId(), ticket));
        } else {
            try {
                response(topic.get(), message.getPayload());
            } finally {
                ledger.done(ticket);
            }
        }
    }

    @Override
    public void connecting() {
        ledger.reset();
        intake.connectionLost();
    }

    @Override
    public void ready() {
        List<Runnable> due;
        synchronized (onReady) {
            due = List.copyOf(onReady);
            onReady.clear();
        }
        outbox.resume(link::publish);
        due.forEach(Runnable::run);
    }

    @Override
    public void lost(boolean clientLost) {
        ledger.reset();
        intake.connectionLost();
        if (clientLost) {
            outbox.takeBack();
        } else {
            outbox.pause();
        }
    }

    @Override
    public void published(Outbox.Message message) {
        outbox.acknowledged(message);
    }

    private void dispatch(PendingResponses.Pending wait, Outbox.Message message, List<String> filters, Instant until) {
        Optional<String> absent = attending.needed();
        if (absent.isPresent()) {
            pending.failed(wait, new UnreachableException("MQTT server " + server + ": " + absent.get(), false, null));
            return;
        }
        Instant now = Instant.now();
        long answerMillis = Math.max(0, Math.min(Duration.between(now, until).toMillis(), settings.requestTimeout().toMillis()));
        // a server that has not been there for that long is not waited for once more
        long connectMillis = link.isAwayFor(settings.connectWait()) ? 0 : Math.min(answerMillis,
                settings.connectWait().toMillis());
        pending.deadline(wait, timer.schedule(() -> expired(wait, message, answerMillis), answerMillis, TimeUnit.MILLISECONDS));
        Runnable publish = () -> whenSubscribed(filters, wait, message);
        if (link.isReady()) {
            publish.run();
            return;
        }
        synchronized (onReady) {
            onReady.add(publish);
        }
        wait.response().whenComplete((response, failure) -> notWaiting(publish));
        if (link.isReady()) {
            ready();
            return;
        }
        if (connectMillis < answerMillis) {
            ScheduledFuture<?> bound = timer.schedule(() -> unconnected(wait, publish), connectMillis, TimeUnit.MILLISECONDS);
            wait.response().whenComplete((response, failure) -> bound.cancel(false));
        }
    }

    private boolean notWaiting(Runnable publish) {
        synchronized (onReady) {
            return onReady.remove(publish);
        }
    }

    private void whenSubscribed(List<String> filters, PendingResponses.Pending wait, Outbox.Message message) {
        // Only the standard's own is waited for; a request that waited longer would be overtaken by the next.
        List<CompletionStage<Void>> subscriptions = filters.stream().map(link::subscribe).toList();
        CompletionStage<Void> own = subscriptions.isEmpty() ? CompletableFuture.completedFuture(null) : subscriptions.get(0);
        own.whenComplete((subscribed, failure) -> {
            if (wait.response().isDone()) {
                return;
            }
            if (failure != null) {
                pending.failed(wait, new UnreachableException("no subscription for the response at " + server, false, failure));
            } else if (!outbox.offer(message)) {
                pending.failed(wait, new UnreachableException("too much waits to be published at " + server, false, null));
            }
        });
    }

    private void unconnected(PendingResponses.Pending wait, Runnable publish) {
        if (!notWaiting(publish)) {
            return;
        }
        pending.failed(wait, new UnreachableException("no connection to MQTT server " + server + ": " + link.trouble(), false,
                null));
    }

    private void expired(PendingResponses.Pending wait, Outbox.Message message, long millis) {
        boolean withdrawn = outbox.withdraw(message);
        boolean mayHaveArrived = !withdrawn && outbox.wasHanded(message);
        String trouble = link.trouble();
        pending.failed(wait, new UnreachableException("no response from " + wait.peer() + " by MQTT server " + server + " in "
                + millis + " ms" + (trouble.isEmpty() ? "" : "; " + trouble), mayHaveArrived, null));
    }

    private void response(Topic topic, byte[] payload) {
        Optional<ResponseReader.Sender> sender = responses.sender(topic);
        if (sender.isEmpty() || !pending.awaits(sender.get().peer())) {
            LOG.debug("{}: nobody waits for a response on {}", server, topic);
            return;
        }
        String peer = sender.get().peer();
        if (responses.read(topic, payload).filter(response -> pending.answered(peer, response)).isPresent()
                && !sender.get().swapped()) {
            proveStandard(peer);
        }
    }

    /** A peer that answers where it should need not be listened to elsewhere: that filter also brings our own answers to it. */
    private void proveStandard(String peer) {
        String filter = swappedFilters.remove(peer);
        if (filter != null && provedStandard.size() < FORMS_CAPACITY) {
            provedStandard.add(peer);
            link.unsubscribe(filter);
        }
    }

    private void remember(Topic topic) {
        if (topic.kind() == Topic.Kind.REQUEST && topic.originator().indexOf(':') > 0) {
            segments.entity(topic.originator()).ifPresent(entity -> used(entity, topic.originator()));
        } else if (topic.kind() == Topic.Kind.REQUEST && topic.originator().startsWith("C")) {
            used(topic.originator(), topic.originator());
        }
    }

    private void used(String entity, String segment) {
        synchronized (usedForms) {
            usedForms.put(entity, segment);
        }
    }

    private String segmentOf(String entity) {
        synchronized (usedForms) {
            String used = usedForms.get(entity);
            return used != null ? used : segments.segment(entity, settings.spRelativeIds());
        }
    }

    private void relieve() {
        try {
            ledger.relieve();
            intake.look();
            if (intake.hasRoom()) {
                link.release(MqttLink.Hold.OVERFLOW);
            }
            attending.look(pending.count() > 0 || outbox.size() > 0 || intake.inProgress() > 0);
        } catch (RuntimeException e) {
            LOG.error("{}: upkeep failed", server, e);
        }
    }

    /** What waits or is on its way. */
    Collection<String> figures() {
        synchronized (onReady) {
            return List.of("in progress " + intake.inProgress(), "awaited " + pending.count(), "to publish " + outbox.size(),
                    "waiting for the connection " + onReady.size());
        }
    }
}
