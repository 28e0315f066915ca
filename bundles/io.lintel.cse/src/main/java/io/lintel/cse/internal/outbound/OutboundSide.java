// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.outbound;

import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.Door;
import io.lintel.cse.api.OutboundQueueAdministration;
import io.lintel.cse.api.PrimitiveSender;
import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.address.Place;
import io.lintel.cse.internal.notification.NotificationSide;
import io.lintel.cse.internal.operation.EventSink;
import io.lintel.cse.internal.operation.VirtualResource;
import io.lintel.cse.internal.polling.PollingChannelRules;
import io.lintel.cse.internal.polling.PollingChannelUri;
import io.lintel.cse.internal.polling.PollingChannels;
import io.lintel.cse.internal.registration.OwnRegistration;
import io.lintel.cse.internal.registration.RegistrarLink;
import io.lintel.cse.internal.registration.RegistrarPeer;
import io.lintel.cse.internal.registration.RegistrarPicture;
import io.lintel.cse.internal.registration.RegistrarSettings;
import io.lintel.cse.internal.registration.RemoteCseIndex;
import io.lintel.cse.internal.registration.RemoteCseRules;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.cse.internal.request.RequestIdentifiers;
import io.lintel.cse.internal.schedule.Reachability;
import io.lintel.cse.internal.schedule.ScheduleRules;
import io.lintel.cse.internal.schedule.Schedules;
import io.lintel.cse.internal.type.TypeRules;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.Schedule;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything by which this CSE is a sender: notifications, transit, its own registration, and the rules of the two types
 * that steer them. The hosting side puts {@link #events()}, {@link #forwarding()} and {@link #rules()} to its use, starts
 * this after the store and the doors are there, and closes it before they go.
 */
public final class OutboundSide {
    private static final Logger LOG = LoggerFactory.getLogger(OutboundSide.class);
    private static final long SWEEP_MILLIS = 1000;
    private static final long TICK_MILLIS = 100;

    private final ScheduledExecutorService executor;
    private final OutboundExchange exchange;
    private final Schedules schedules;
    private final Reachability reachability;
    private final OutboundQueue queue;
    private final OutboundTelling telling;
    private final OutboundAdministration administration;
    private final OutboundCounters counters = new OutboundCounters();
    private final NotificationSide notifications;
    private final Forwarder forwarder;
    private final DeliveryAggregation aggregation;
    private final Map<Integer, TypeRules> rules;
    private final Optional<RegistrarLink> registrar;
    private final Optional<String> infrastructure;
    private final EntityIds ids;
    private final OutboundRouter router;
    private final PollingChannels polling;
    private final PollingChannelUri pollingUri;
    private final OutboundSettings settings;
    private final Clock clock;
    private final Function<RequestPrimitive, CompletionStage<ResponsePrimitive>> internal;
    private ScheduledFuture<?> sweep;
    private ScheduledFuture<?> ticks;

    /**
     * What the outbound side asks of the hosting side.
     *
     * @param internal    serves a request of this CSE to itself ({@code fr} its own CSE-ID), without access control
     * @param mayRetrieve whether the originator of the request may RETRIEVE the resource; any thread
     * @param doors       the URIs by which peers reach this CSE through its open doors, from memory
     */
    public record Hosting(Function<RequestPrimitive, CompletionStage<ResponsePrimitive>> internal,
            BiPredicate<RequestContext, Resource> mayRetrieve, Supplier<List<String>> doors) {
    }

    /**
     * @param senders  the binding for a URI scheme in lower case, if it is there now
     * @param executor runs short steps that may read from the store; two threads are enough, one will do
     */
    public OutboundSide(CseIdentity identity, ResourceStore store, Function<String, Optional<PrimitiveSender>> senders,
            Hosting hosting,
            OutboundSettings settings, Optional<RegistrarSettings> registrarSettings, Clock clock,
            ScheduledExecutorService executor) {
        this.executor = executor;
        this.settings = settings;
        this.clock = clock;
        this.internal = hosting.internal();
        this.ids = new EntityIds(identity);
        this.infrastructure = registrarSettings.map(RegistrarSettings::inCse);
        Optional<String> registrarId = registrarSettings.map(RegistrarSettings::cseId);
        RemoteCseIndex remotes = new RemoteCseIndex(store);
        Supplier<List<String>> sessions = () -> settings.sessionReachable()
                ? sessionPoints(hosting.doors().get(), registrarSettings) : List.of();
        this.polling = new PollingChannels(store, clock);
        this.pollingUri = new PollingChannelUri(store, ids, polling, settings.bounds().pollWait());
        this.router = new OutboundRouter(ids, store, remotes, senders, registrarId, sessions, polling);
        this.exchange = new OutboundExchange(router, clock, registrarId, this::doubtRegistration);
        OutboundCommit commit = new OutboundCommit(store, executor);
        this.schedules = new Schedules(store);
        this.reachability = new Reachability(schedules, store, ids);
        this.telling = new OutboundTelling(new OutboundResults(ids), settings, clock);
        this.queue = new OutboundQueue(store, executor, commit, settings, counters, clock,
                telling, this::deliver, this::endSubscription, this::asleepUntil);
        this.administration = new OutboundAdministration(queue, store);
        this.notifications = new NotificationSide(new NotificationSide.Ground(ids, store, router, queue, commit, executor,
                schedules, this::asleepUntil, this::send, this::verify, hosting.mayRetrieve()), settings, counters, clock);
        this.registrar = registrarSettings.map(wanted -> {
            RegistrarPeer peer = new RegistrarPeer(ids, wanted, exchange, settings, clock);
            RegistrarPicture picture = new RegistrarPicture(ids, wanted, peer, remotes, hosting.internal(), settings, clock);
            OwnRegistration registration = new OwnRegistration(ids, wanted, peer, store, hosting.doors(),
                    () -> !remotes.withCseId(wanted.cseId()).isEmpty(), counters, clock);
            return new RegistrarLink(wanted, registration, picture, counters, clock, executor, queue::tryAgain,
                    () -> registeredAnew(wanted.cseId()));
        });
        Runnable checkRegistration = () -> registrar.ifPresent(RegistrarLink::checkSoon);
        this.forwarder = new Forwarder(ids, store, router, remotes, exchange, queue, settings, counters, clock, registrarId,
                reachability);
        this.aggregation = new DeliveryAggregation(identity.cseId(), store, queue, settings.releaseVersion(), forwarder::sendOn);
        this.rules = new HashMap<>(notifications.rules());
        rules.put(ResourceTypes.REMOTE_CSE, new RemoteCseRules(ids, remotes, commit, checkRegistration));
        rules.put(ResourceTypes.POLLING_CHANNEL, new PollingChannelRules(polling, commit));
        rules.put(ResourceTypes.SCHEDULE, new ScheduleRules(schedules, commit, this::scheduleChanged));
    }

    private void scheduleChanged() {
        queue.tryAgain();
        notifications.scheduleChanged();
    }

    private void registeredAnew(String registrarId) {
        AnnouncementSending announcements = telling.announcements();
        if (announcements != null) {
            announcements.registeredAnew(registrarId);
        }
    }

    /** AEs registered here are more likely at our own MQTT server than at the registrar's, which so comes last. */
    private static List<String> sessionPoints(List<String> doors, Optional<RegistrarSettings> registrar) {
        String registrars = registrar.map(settings -> settings.uri().getAuthority()).orElse("");
        return doors.stream().filter(point -> point.startsWith("mqtt"))
                .sorted(Comparator.comparing(point -> registrars.equals(URI.create(point).getAuthority()))).toList();
    }

    public EventSink events() {
        return notifications.events();
    }

    /** What serves the virtual resources that belong to this side. */
    public Map<Place.Virtual, VirtualResource> virtual() {
        return Map.of(Place.Virtual.POLLING_CHANNEL_URI, pollingUri);
    }

    public Forwarding forwarding() {
        return forwarder;
    }

    /** The queue that notifications wait in, for other requests of this CSE that have to arrive. */
    public OutboundEnqueuing queue() {
        return queue;
    }

    /** The CSE-ID of the IN-CSE, which may lie beyond the registrar; there is none without a configured registrar. */
    public Optional<String> infrastructure() {
        return infrastructure;
    }

    public OutboundQueueAdministration administration() {
        return administration;
    }

    /** When this CSE itself is to be reachable; from memory. */
    public Schedule ownSchedule() {
        return schedules.below(ids.identity().baseId());
    }

    /** When whoever a request to a target is handed to can be reached again, if its schedule says that it can't now. */
    private Optional<Instant> asleepUntil(String target) {
        return schedules.isEmpty() ? Optional.empty()
                : router.receiver(target).flatMap(receiver -> reachability.asleepUntil(receiver, clock.instant()));
    }

    /** The rules of the types that steer what leaves. */
    public Map<Integer, TypeRules> rules() {
        return Map.copyOf(rules);
    }

    /** Open while this CSE is registered; there is none without a configured registrar. */
    public Optional<Door> registrarDoor() {
        return registrar.map(Door.class::cast);
    }

    /** The administrator's way to end the registration; there is none without a configured registrar. */
    public Optional<RegistrarLink> registrar() {
        return registrar;
    }

    public Map<String, Long> counters() {
        Map<String, Long> snapshot = counters.snapshot();
        snapshot.put("outbound.targets", (long) queue.activeTargets().size());
        snapshot.put("outbound.outstanding", (long) exchange.outstanding());
        return snapshot;
    }

    /** Takes up what waits since the last run, and registers. */
    public void start() {
        sweep = executor.scheduleWithFixedDelay(this::sweep, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
        ticks = executor.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
        executor.execute(() -> {
            queue.start();
            notifications.start();
        });
        registrar.ifPresent(RegistrarLink::start);
    }

    private void tick() {
        try {
            notifications.tick();
        } catch (RuntimeException e) {
            LOG.warn("held notifications could not be looked at; it is tried again", e);
        }
    }

    private void sweep() {
        try {
            polling.sweep();
            exchange.sweep();
            queue.sweepExpired();
            queue.lookAtSchedules();
        } catch (RuntimeException e) {
            LOG.warn("what has expired could not be looked for; it is tried again", e);
        }
    }

    /** Ends all pauses: a door says something new, so a peer may be back. */
    public void tryAgain() {
        queue.tryAgain();
    }

    /** Ends the pauses of what waits for this entity, or for what lies behind it: it has just connected. Any thread. */
    public void reachable(String entity) {
        executor.execute(() -> queue.activeTargets().stream().filter(target -> router.receiver(target).filter(receiver ->
                entity.equals(receiver.text("csi").orElseGet(() -> ids.spRelative(receiver.id())))).isPresent())
                .forEach(queue::tryAgain));
    }

    /** Ends sending; the executor is its owner's to end. */
    public void close() {
        registrar.ifPresent(RegistrarLink::close);
        queue.close();
        if (sweep != null) {
            sweep.cancel(false);
            ticks.cancel(false);
        }
        exchange.close();
    }

    private CompletionStage<ResponsePrimitive> deliver(OutboundItem item) {
        if (item.kind() == OutboundItem.Kind.ANNOUNCEMENT) {
            return telling.announcements().send(item);
        }
        Instant deadline = clock.instant().plus(settings.requestTimeout());
        Instant expiration = Instant.ofEpochMilli(item.expiration());
        Instant end = expiration.isBefore(deadline) ? expiration : deadline;
        if (item.kind() != OutboundItem.Kind.REQUEST) {
            OutboundRoute route = router.toTarget(item.target());
            return send(item.request(), route, route.patience(item, clock.instant(), end)).thenApply(response -> {
                notifications.answered(item, response);
                return response;
            });
        }
        CompletionStage<ResponsePrimitive> answer = aggregation.send(item, end);
        if (!answer.toCompletableFuture().isCompletedExceptionally()) {
            RequestOutcomes.requestOf(item).ifPresent(queue.results().outcomes()::forwarded);
        }
        return answer;
    }

    /** An AE registered here is asked through the front door, where the creator's right to have it notified is looked at. */
    private CompletionStage<ResponsePrimitive> verify(RequestPrimitive request, OutboundRoute route, Instant deadline) {
        return route.kind() == OutboundRoute.Kind.AE ? internal.apply(request) : send(request, route, deadline);
    }

    private void doubtRegistration() {
        registrar.ifPresent(RegistrarLink::doubt);
    }

    private CompletionStage<ResponsePrimitive> send(RequestPrimitive request, OutboundRoute route, Instant deadline) {
        if (route.kind() == OutboundRoute.Kind.HERE) {
            return internal.apply(request);
        }
        RequestPrimitive outgoing = route.foreign() ? request.toBuilder().from(ids.absolute(ids.identity().cseId())).build()
                : request;
        return exchange.send(outgoing.toBuilder().to(router.nameOnTheWay(request.to(), route)).build(), route, deadline);
    }

    /** A subscription whose {@code exc} has run out ends like any other, by a DELETE. */
    private void endSubscription(Resource subscription) {
        RequestPrimitive delete = RequestPrimitive.builder(Operation.DELETE, subscription.id()).from(ids.identity().cseId())
                .requestIdentifier(RequestIdentifiers.next())
                .set(RequestParameter.RELEASE_VERSION_INDICATOR, settings.releaseVersion()).build();
        internal.apply(delete).whenComplete((response, failure) -> queue.removals().ended(subscription));
    }
}
