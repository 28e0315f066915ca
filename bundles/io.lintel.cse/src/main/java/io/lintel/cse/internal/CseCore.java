// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal;

import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.NodeManagement;
import io.lintel.cse.api.RegistrationListener;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.internal.access.AccessControl;
import io.lintel.cse.internal.access.ConsultationRules;
import io.lintel.cse.internal.access.DynamicAuthorization;
import io.lintel.cse.internal.access.RoleRules;
import io.lintel.cse.internal.access.TokenRules;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.address.Place;
import io.lintel.cse.internal.address.TargetResolver;
import io.lintel.cse.internal.announcement.AnnouncedRules;
import io.lintel.cse.internal.announcement.Announcements;
import io.lintel.cse.internal.delivery.AggregatedRequests;
import io.lintel.cse.internal.delivery.DeliveryRules;
import io.lintel.cse.internal.group.Groups;
import io.lintel.cse.internal.management.ExecInstanceRules;
import io.lintel.cse.internal.management.ExecTargets;
import io.lintel.cse.internal.management.Executions;
import io.lintel.cse.internal.management.MgmtCmdRules;
import io.lintel.cse.internal.management.MgmtObjRules;
import io.lintel.cse.internal.management.NodeLinks;
import io.lintel.cse.internal.management.OwnNode;
import io.lintel.cse.internal.nonblocking.FlexBlocking;
import io.lintel.cse.internal.nonblocking.RequestLife;
import io.lintel.cse.internal.nonblocking.RequestResources;
import io.lintel.cse.internal.nonblocking.RequestRules;
import io.lintel.cse.internal.nonblocking.ResultReception;
import io.lintel.cse.internal.operation.CommonAttributes;
import io.lintel.cse.internal.operation.Creation;
import io.lintel.cse.internal.operation.Deletion;
import io.lintel.cse.internal.operation.Discovery;
import io.lintel.cse.internal.operation.EventSink;
import io.lintel.cse.internal.operation.Expiration;
import io.lintel.cse.internal.operation.LongReads;
import io.lintel.cse.internal.operation.ResultContents;
import io.lintel.cse.internal.operation.Retrieval;
import io.lintel.cse.internal.operation.TreeLimits;
import io.lintel.cse.internal.operation.Update;
import io.lintel.cse.internal.operation.VirtualResource;
import io.lintel.cse.internal.operation.VirtualResources;
import io.lintel.cse.internal.operation.Writes;
import io.lintel.cse.internal.outbound.Forwarding;
import io.lintel.cse.internal.outbound.OutboundEnqueuing;
import io.lintel.cse.internal.outbound.OutboundSettings;
import io.lintel.cse.internal.profile.ServiceSubscriptions;
import io.lintel.cse.internal.profile.SubscribedNodeRules;
import io.lintel.cse.internal.profile.SubscribedNodes;
import io.lintel.cse.internal.registration.AeAnncRules;
import io.lintel.cse.internal.registration.AeRegistration;
import io.lintel.cse.internal.registration.AnnouncedAe;
import io.lintel.cse.internal.registration.InfrastructureStems;
import io.lintel.cse.internal.registration.RegistrationView;
import io.lintel.cse.internal.request.AsynchronousResults;
import io.lintel.cse.internal.request.DelayedExecutions;
import io.lintel.cse.internal.request.DeliveredRequests;
import io.lintel.cse.internal.request.Deliveries;
import io.lintel.cse.internal.request.Dispatcher;
import io.lintel.cse.internal.request.HostedNotify;
import io.lintel.cse.internal.request.NonBlocking;
import io.lintel.cse.internal.request.OriginatorCheck;
import io.lintel.cse.internal.request.RequestChecks;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.cse.internal.statistics.EventConfigRules;
import io.lintel.cse.internal.statistics.Statistics;
import io.lintel.cse.internal.statistics.StatsCollectRules;
import io.lintel.cse.internal.type.AccessControlPolicyRules;
import io.lintel.cse.internal.type.TypeCatalog;
import io.lintel.cse.internal.type.TypeRules;
import io.lintel.primitive.Address;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceType;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponsePrimitive;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Puts the hosting side together. Knows no framework, so that a test builds exactly what {@link CseService} runs. */
public final class CseCore {
    private static final long START_SECONDS = 30;

    private final RegistrationView registrations;
    private final TrafficCounters traffic = new TrafficCounters();
    private final AccessControl access;
    private final Dispatcher dispatcher;
    private final Writes writes;
    private final Expiration expiration;
    private final CseBase base;
    private final ResourceStore store;
    private final Clock clock;
    private final DelayedExecutions delayed;
    private final ContentTypes content;
    private final OwnNode own;
    private final Executions executions;
    private final Statistics statistics;
    private final Groups groups;
    private final RequestResources requests;
    private final DeliveryRules deliveries;
    private final Announcements announcements;

    /**
     * What the outbound side gives to the hosting side.
     *
     * @param infrastructure the CSE-ID of the IN-CSE, if this CSE has a registrar
     * @param virtual        what serves virtual resources
     */
    public record Outbound(EventSink events, Forwarding forwarding, Map<Integer, TypeRules> rules, OutboundEnqueuing queue,
            Optional<String> infrastructure,
            Map<Place.Virtual, VirtualResource> virtual) {

        public Outbound(EventSink events, Forwarding forwarding, Map<Integer, TypeRules> rules, OutboundEnqueuing queue,
                Optional<String> infrastructure) {
            this(events, forwarding, rules, queue, infrastructure, Map.of());
        }
    }

    /**
     * What surrounds the CSE.
     *
     * @param listeners hands an action to each registration listener
     * @param doors     URIs of the open doors
     * @param executor  for short steps
     * @param maximumDelayed most requests that wait for their execution time
     * @param requestLife    of {@code <request>} resources
     * @param management     who knows the machine, if anybody does
     */
    record Surroundings(Clock clock, Consumer<Consumer<RegistrationListener>> listeners, Supplier<List<String>> doors,
            Executor executor, int maximumDelayed, RequestLife requestLife, Supplier<Optional<NodeManagement>> management) {

        Surroundings(Clock clock, Consumer<Consumer<RegistrationListener>> listeners, Supplier<List<String>> doors,
                Executor executor, int maximumDelayed) {
            this(clock, listeners, doors, executor, maximumDelayed, RequestLife.defaults(), Optional::empty);
        }

        Surroundings(Clock clock, Consumer<Consumer<RegistrationListener>> listeners, Supplier<List<String>> doors,
                Executor executor) {
            this(clock, listeners, doors, executor, OutboundSettings.Bounds.defaults().executions());
        }
    }

    CseCore(CseSettings settings, ResourceStore unwatched, Surroundings surroundings, Outbound outbound) {
        this.clock = surroundings.clock();
        this.registrations = new RegistrationView(settings.identity(), unwatched, surroundings.listeners());
        TargetResolver resolver = new TargetResolver(settings.identity(), registrations, clock);
        this.announcements = new Announcements(unwatched, settings, resolver, outbound.queue(), outbound.forwarding(), clock,
                surroundings.executor());
        this.store = announcements.store();
        this.access = new AccessControl(settings, registrations, resolver);
        this.content = new ContentTypes(settings, store, outbound.events(), clock);
        this.statistics = new Statistics(store, new EntityIds(settings.identity()), clock, traffic);
        AeAnncRules announcedAes = new AeAnncRules(settings.identity(), registrations);
        AeRegistration aeRegistration = new AeRegistration(settings, new InfrastructureStems(settings, registrations, store,
                outbound, clock), announcedAes);
        this.requests = new RequestResources(settings.identity(), store, outbound.events(), outbound.queue(),
                surroundings.requestLife(), clock);
        outbound.queue().results().tell(requests);
        RequestChecks checks = new RequestChecks(settings.releaseVersions());
        OriginatorCheck originators = new OriginatorCheck(settings, registrations, stem -> AnnouncedAe.host(store, stem));
        this.deliveries = new DeliveryRules(settings.identity(), store, outbound.queue(), outbound.forwarding(),
                new DeliveredRequests(checks, originators, (writer, request, key) ->
                        executions().accept(writer, request, key, this::executed)), surroundings.requestLife().limit());
        this.writes = new Writes(store, registrations, checks, clock, settings);
        this.groups = new Groups(store, new Groups.Surroundings(resolver, access, settings, writes, outbound.events(),
                outbound.queue(), clock, surroundings.executor(), this::internal, this::onBehalf));
        this.own = new OwnNode(settings.identity(), store, outbound.events(), clock, surroundings.management());
        this.executions = new Executions(store, own, new ExecTargets(settings.identity(), own, resolver), access,
                outbound.events(), clock);
        TypeCatalog catalog = catalog(settings, content, resolver, new NodeLinks(aeRegistration, resolver), announcedAes, groups,
                outbound, infrastructureRules(new EntityIds(settings.identity()), resolver, statistics), announcements);
        CommonAttributes common = new CommonAttributes(settings);
        ResultContents results = new ResultContents(resolver, new Discovery(resolver, access, catalog),
                new LongReads(surroundings.executor()), settings);
        Deletion deletion = new Deletion(store, writes, resolver, access, catalog, outbound.events(), results, clock);
        content.deleteBy(deletion);
        TreeLimits limits = new TreeLimits(settings.limits(), store);
        ServiceSubscriptions subscriptions = new ServiceSubscriptions(settings.identity(), settings.access().subscriptions(),
                new SubscribedNodes(new EntityIds(settings.identity()), resolver), outbound.forwarding(),
                () -> registrations.registrar().map(registrar -> outbound.infrastructure().orElse(registrar)), clock);
        Creation creation = new Creation(store, writes, resolver, access, catalog, limits, subscriptions, common, aeRegistration,
                announcedAes, deletion, outbound.events(), results);
        Update update = new Update(store, writes, resolver, access, catalog, limits, common, outbound.events(), results);
        Retrieval retrieval = new Retrieval(store, resolver, access, deletion, results, outbound.events().interest(), settings,
                this::onBehalf, own::live);
        HostedNotify notify = new HostedNotify(store, resolver, access, outbound.forwarding(), groups.notifications(), catalog,
                outbound.events().interest(), new ResultReception(settings.identity(), requests, writes));
        this.delayed = new DelayedExecutions(store, outbound.queue(), writes, clock, settings.requestTimeout(),
                surroundings.maximumDelayed(), requests, surroundings.executor());
        FlexBlocking flexBlocking = new FlexBlocking(store, requests, delayed::at, clock, settings.requestTimeout().dividedBy(2));
        DynamicAuthorization authorization = new DynamicAuthorization(store, access, outbound.forwarding(), clock,
                settings.requestTimeout());
        this.dispatcher = new Dispatcher(settings.identity(), clock, checks, originators, resolver,
                new VirtualResources(store, resolver,
                virtualResources(outbound, groups)),
                new Deliveries(clock), writes,
                new Dispatcher.Operations(creation, retrieval, update, deletion, notify), outbound.forwarding(), traffic,
                new NonBlocking(store, resolver, writes, outbound.forwarding(), requests, delayed,
                        new AsynchronousResults(store, outbound.queue(), settings), flexBlocking), (context, work) -> {
                    Address address = Address.parse(context.request().to());
                    groups.requests().check(context, address);
                    return announcements.heard(context, address, statistics.observe(context, authorization.serve(context, work)));
                });
        this.expiration = new Expiration(store, deletion, clock, surroundings.executor());
        this.base = new CseBase(settings, store, clock, catalog, surroundings.doors());
    }

    private static Map<Place.Virtual, VirtualResource> virtualResources(Outbound outbound, Groups groups) {
        Map<Place.Virtual, VirtualResource> all = new HashMap<>(outbound.events().virtualResources());
        all.putAll(outbound.virtual());
        all.put(Place.Virtual.FAN_OUT_POINT, groups.fanOutPoint());
        return all;
    }

    private TypeCatalog catalog(CseSettings settings, ContentTypes content, TargetResolver resolver, TypeRules aes,
            AeAnncRules announcedAes, Groups groups, Outbound outbound, Map<Integer, TypeRules> infrastructure,
            Announcements announcements) {
        Map<Integer, TypeRules> rules = new HashMap<>(outbound.rules());
        rules.put(ResourceTypes.AE, aes);
        rules.computeIfPresent(ResourceTypes.REMOTE_CSE, (type, registrations) -> new NodeLinks(registrations, resolver));
        rules.put(ResourceTypes.NODE, new TypeRules() { });
        rules.put(ResourceTypes.MGMT_OBJ, new MgmtObjRules(own));
        rules.put(MgmtCmdRules.TYPE, new MgmtCmdRules(executions));
        rules.put(ExecInstanceRules.TYPE, new ExecInstanceRules(executions));
        if (settings.identity().type() == CseIdentity.CseType.IN) {
            rules.putAll(infrastructure);
        }
        rules.put(ResourceTypes.ACCESS_CONTROL_POLICY, new AccessControlPolicyRules());
        rules.put(RoleRules.TYPE, new RoleRules(new EntityIds(settings.identity())));
        rules.put(TokenRules.TYPE, new TokenRules());
        rules.put(ConsultationRules.TYPE, new ConsultationRules());
        rules.put(ResourceTypes.GROUP, groups.rules());
        rules.put(ResourceTypes.REQUEST, new RequestRules(requests));
        rules.put(AggregatedRequests.TYPE, deliveries);
        rules.putAll(content.rules());
        AnnouncedRules announced = new AnnouncedRules(new EntityIds(settings.identity()), announcedAes, outbound.forwarding());
        ResourceTypes.all().stream().map(ResourceType::number).filter(number -> number > ResourceTypes.ANNOUNCED_OFFSET)
                .forEach(number -> rules.put(number, announced));
        return new TypeCatalog(settings.identity(), announcements.around(rules), content.children());
    }

    /** Service subscriptions and statistics: types that only an IN-CSE has. */
    private static Map<Integer, TypeRules> infrastructureRules(EntityIds ids, TargetResolver resolver, Statistics statistics) {
        TypeRules plain = new TypeRules() { };
        return Map.of(ResourceTypes.M2M_SERVICE_SUBSCRIPTION_PROFILE, plain, ResourceTypes.SERVICE_SUBSCRIBED_APP_RULE, plain,
                ResourceTypes.SERVICE_SUBSCRIBED_NODE, new SubscribedNodeRules(new SubscribedNodes(ids, resolver)),
                ResourceTypes.STATS_CONFIG, plain, ResourceTypes.EVENT_CONFIG, new EventConfigRules(statistics),
                ResourceTypes.STATS_COLLECT, new StatsCollectRules(statistics, ids));
    }

    /**
     * Makes the CSEBase if there is none and learns who is registered. Blocks until that is on disk.
     *
     * @throws IllegalStateException if the store is another CSE's or does not work
     */
    void open() {
        try {
            base.ensure().thenCompose(done -> requests.recover()).toCompletableFuture().get(START_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IllegalStateException wrong ? wrong
                    : new IllegalStateException("the store could not keep the CSEBase", e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException("the store did not keep the CSEBase within " + START_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the CSEBase was made", e);
        }
        registrations.load();
        access.load(store, clock.instant());
        statistics.load();
        statistics.restore();
        deliveries.load();
        delayed.load(dispatcher::executed);
        content.load();
        groups.load();
        executions.load();
    }

    /** This CSE ends: what others answer from now on is not kept, because they were not asked to the end. */
    public void close() {
        writes.close();
    }

    public Dispatcher dispatcher() {
        return dispatcher;
    }

    public RegistrationView registrations() {
        return registrations;
    }

    TrafficCounters traffic() {
        return traffic;
    }

    public CompletionStage<ResponsePrimitive> internal(RequestPrimitive request) {
        return dispatcher.internal(request);
    }

    private DelayedExecutions executions() {
        return delayed;
    }

    private CompletionStage<ResponsePrimitive> executed(RequestContext context) {
        return dispatcher.executed(context);
    }

    /** Whether the originator of a request may RETRIEVE a resource. */
    boolean mayRetrieve(RequestContext context, Resource resource) {
        return access.permits(store, context, resource, Operation.RETRIEVE.accessControlBit());
    }

    private CompletionStage<ResponsePrimitive> onBehalf(RequestContext context) {
        return dispatcher.onBehalf(context);
    }

    /** Executes what has its time now; every second or so. */
    public void executeDelayed() {
        delayed.tick();
        statistics.tick();
        groups.tick();
        announcements.tick();
        executions.tick();
    }

    /** Looks for points of time series, and positions, that are overdue; every quarter of a second or so. */
    public void watchContent() {
        content.tick();
    }

    /** How many time series are watched for missing data. */
    public int watchedTimeSeries() {
        return content.missingData().watched();
    }

    /** How many {@code <request>} resources there are. */
    public int requestResources() {
        return requests.count();
    }

    /** How many requests wait for their execution time. */
    public int delayed() {
        return delayed.size();
    }

    /** Makes this machine's node and its management objects, or brings them up to date. */
    CompletionStage<Void> openNode() {
        return own.open();
    }

    /** Brings the management objects of this machine up to date. */
    public CompletionStage<Void> refreshNode() {
        return own.refresh();
    }

    public void sweepExpired() {
        expiration.sweep();
    }

    void refreshPointsOfAccess() {
        base.refresh();
    }
}
