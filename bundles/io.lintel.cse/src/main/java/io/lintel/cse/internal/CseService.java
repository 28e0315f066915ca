// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal;

import io.lintel.cse.api.ContentListener;
import io.lintel.cse.api.Cse;
import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.Departure;
import io.lintel.cse.api.Door;
import io.lintel.cse.api.FlexContainerDefinitions;
import io.lintel.cse.api.Hop;
import io.lintel.cse.api.NodeManagement;
import io.lintel.cse.api.OutboundQueueAdministration;
import io.lintel.cse.api.PrimitiveSender;
import io.lintel.cse.api.RegistrationListener;
import io.lintel.cse.api.Registrations;
import io.lintel.cse.api.RequestCustody;
import io.lintel.cse.api.Traffic;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.internal.outbound.OutboundSettings;
import io.lintel.cse.internal.outbound.OutboundSide;
import io.lintel.cse.internal.registration.RegistrarDeparture;
import io.lintel.cse.internal.request.HeldRequests;
import io.lintel.cse.internal.watch.WatchedStore;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.Schedule;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The CSE as a component: reads the configuration, finds the store, the bindings and whoever wants to know, and registers
 * the doors of {@code io.lintel.cse.api}. A wrong value stops it with a sentence that names the key. The work is done by
 * what {@link CseCore} and {@link OutboundSide} put together.
 *
 * <p>Bindings and listeners may themselves need this very service to start, so their references are bound without
 * fetching the service; see {@link Whiteboard}.
 */
@Component(service = {Cse.class, Registrations.class, Traffic.class, Door.class}, immediate = true,
        configurationPid = "io.lintel.cse", property = CseService.OWN_DOOR + "=cse")
@Designate(ocd = CseConfig.class)
public final class CseService implements Cse, Registrations, Traffic, Door {
    static final String OWN_DOOR = "io.lintel.door";

    private static final Logger LOG = LoggerFactory.getLogger(CseService.class);
    private static final long REFRESH_MILLIS = 2000;
    private static final long EXECUTION_MILLIS = 250;
    private static final long NODE_SECONDS = 60;
    private static final long NODE_STARTED_SECONDS = 5;

    private final CseIdentity identity;
    private final ResourceStore store;
    private final CseCore core;
    private final OutboundSide outbound;
    private final HeldRequests held;
    private final ScheduledThreadPoolExecutor executor;
    private final Whiteboard<PrimitiveSender> senders;
    private final Whiteboard<Door> doors;
    private final Whiteboard<RegistrationListener> listeners;
    private final Whiteboard<ContentListener> watchers;
    private final ContributedDefinitions definitions;
    private final Whiteboard<NodeManagement> management;
    private final Optional<ServiceRegistration<Door>> registrarDoor;
    private final ServiceRegistration<OutboundQueueAdministration> administration;
    private List<String> doorStates = List.of();
    private final Optional<ServiceRegistration<Departure>> departure;

    @Activate
    public CseService(BundleContext bundleContext,
            @Reference(policyOption = ReferencePolicyOption.GREEDY) ResourceStore plainStore,
            @Reference RegistrarConfiguration registrar, @Reference SecurityConfiguration security, CseConfig config) {
        CseSettings settings = ConfigReader.settings(config, security.loopbackOpen());
        this.identity = settings.identity();
        this.watchers = new Whiteboard<>(bundleContext);
        this.store = new WatchedStore(plainStore, watchers::services);
        this.senders = new Whiteboard<>(bundleContext);
        this.doors = new Whiteboard<>(bundleContext);
        this.listeners = new Whiteboard<>(bundleContext);
        this.definitions = new ContributedDefinitions(bundleContext);
        this.management = new Whiteboard<>(bundleContext);
        this.executor = new ScheduledThreadPoolExecutor(2, CseService::thread);
        executor.setRemoveOnCancelPolicy(true);
        Clock clock = Clock.systemUTC();
        AtomicReference<CseCore> built = new AtomicReference<>();
        OutboundSide.Hosting hosting = new OutboundSide.Hosting(request -> built.get().internal(request),
                (context, resource) -> built.get().mayRetrieve(context, resource), () -> pointsOfAccess(settings));
        OutboundSettings numbers = ConfigReader.outbound(config, settings);
        this.outbound = new OutboundSide(identity, store, this::sender, hosting, numbers, registrar.settings(), clock, executor);
        this.core = new CseCore(settings, store, new CseCore.Surroundings(clock,
                action -> listeners.services().forEach(action), this::openDoors, executor, numbers.bounds().executions(),
                ConfigReader.requestLife(config), () -> management.services().stream().findFirst()),
                new CseCore.Outbound(outbound.events(), outbound.forwarding(), outbound.rules(), outbound.queue(),
                        outbound.infrastructure(), outbound.virtual()));
        built.set(core);
        try {
            core.open();
        } catch (RuntimeException e) {
            executor.shutdownNow();
            throw e;
        }
        this.held = new HeldRequests(store, config.maximumHeldRequests(), config.maximumHeldBytes());
        outbound.start();
        executor.scheduleWithFixedDelay(() -> guarded(core::refreshPointsOfAccess), 0, REFRESH_MILLIS, TimeUnit.MILLISECONDS);
        executor.execute(() -> guarded(core::openNode));
        // Once when all bundles have started, then now and then.
        executor.schedule(() -> guarded(core::refreshNode), NODE_STARTED_SECONDS, TimeUnit.SECONDS);
        executor.scheduleWithFixedDelay(() -> guarded(core::refreshNode), NODE_SECONDS, NODE_SECONDS, TimeUnit.SECONDS);
        executor.scheduleWithFixedDelay(() -> guarded(held::flush), REFRESH_MILLIS, REFRESH_MILLIS, TimeUnit.MILLISECONDS);
        executor.scheduleWithFixedDelay(() -> guarded(this::watchDoors), REFRESH_MILLIS, REFRESH_MILLIS, TimeUnit.MILLISECONDS);
        executor.scheduleWithFixedDelay(() -> guarded(core::executeDelayed), EXECUTION_MILLIS, EXECUTION_MILLIS,
                TimeUnit.MILLISECONDS);
        executor.scheduleWithFixedDelay(() -> guarded(core::watchContent), EXECUTION_MILLIS, EXECUTION_MILLIS,
                TimeUnit.MILLISECONDS);
        executor.scheduleWithFixedDelay(() -> guarded(core::sweepExpired), config.expirationSweepSeconds(),
                config.expirationSweepSeconds(), TimeUnit.SECONDS);
        this.registrarDoor = outbound.registrarDoor().map(door -> bundleContext.registerService(Door.class, door, null));
        this.administration = bundleContext.registerService(OutboundQueueAdministration.class, outbound.administration(), null);
        this.departure = outbound.registrar().map(link -> bundleContext.registerService(Departure.class,
                new RegistrarDeparture(link, registrar.settings().orElseThrow().cseId()), null));
        LOG.info("{}-CSE {} is open: {} resources, release {}", identity.type(), identity.cseId(), store.resourceCount(),
                String.join(", ", settings.releaseVersions()));
    }

    @Deactivate
    void deactivate() {
        administration.unregister();
        registrarDoor.ifPresent(ServiceRegistration::unregister);
        departure.ifPresent(ServiceRegistration::unregister);
        core.close();
        definitions.close();
        outbound.close();
        executor.shutdownNow();
        LOG.info("CSE {} is closed", identity.cseId());
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "lintel-cse");
        thread.setDaemon(true);
        return thread;
    }

    /** A periodic step must not throw, or it is never run again. */
    private static void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            LOG.error("a periodic step failed; it is tried again", e);
        }
    }

    @Reference(service = PrimitiveSender.class, cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addSender(ServiceReference<PrimitiveSender> reference) {
        senders.add(reference);
    }

    void removeSender(ServiceReference<PrimitiveSender> reference) {
        senders.remove(reference);
    }

    @Reference(service = Door.class, cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC,
            target = "(!(" + OWN_DOOR + "=cse))")
    void addDoor(ServiceReference<Door> reference) {
        doors.add(reference);
    }

    void removeDoor(ServiceReference<Door> reference) {
        doors.remove(reference);
    }

    @Reference(service = RegistrationListener.class, cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC)
    void addListener(ServiceReference<RegistrationListener> reference) {
        listeners.add(reference);
    }

    void removeListener(ServiceReference<RegistrationListener> reference) {
        listeners.remove(reference);
    }

    @Reference(service = ContentListener.class, cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addWatcher(ServiceReference<ContentListener> reference) {
        watchers.add(reference);
    }

    void removeWatcher(ServiceReference<ContentListener> reference) {
        watchers.remove(reference);
    }

    @Reference(service = NodeManagement.class, cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addManagement(ServiceReference<NodeManagement> reference) {
        management.add(reference);
        executor.execute(() -> guarded(core::refreshNode));
    }

    void removeManagement(ServiceReference<NodeManagement> reference) {
        management.remove(reference);
    }

    @Reference(service = FlexContainerDefinitions.class, cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC)
    void addDefinitions(ServiceReference<FlexContainerDefinitions> reference) {
        definitions.add(reference);
    }

    void removeDefinitions(ServiceReference<FlexContainerDefinitions> reference) {
        definitions.remove(reference);
    }

    private Optional<PrimitiveSender> sender(String scheme) {
        return senders.find(reference -> serves(reference.getProperty(PrimitiveSender.SCHEMES), scheme)).stream().findFirst();
    }

    private static boolean serves(Object property, String scheme) {
        return property instanceof String[] schemes ? Arrays.asList(schemes).contains(scheme)
                : property instanceof Collection<?> many ? many.contains(scheme) : scheme.equals(property);
    }

    /** A binding whose links have changed may lead to peers again that could not be reached: what waits is tried. */
    private void watchDoors() {
        List<String> states = senders.services().stream().filter(Door.class::isInstance).map(Door.class::cast)
                .map(door -> door.name() + ' ' + door.isOpen() + ' ' + door.detail()).sorted().toList();
        if (!states.equals(doorStates)) {
            doorStates = states;
            outbound.tryAgain();
        }
    }

    private List<String> openDoors() {
        return doors.services().stream().filter(Door::isOpen).flatMap(door -> door.pointsOfAccess().stream()).toList();
    }

    private List<String> pointsOfAccess(CseSettings settings) {
        List<String> points = new ArrayList<>(settings.pointsOfAccess());
        points.addAll(openDoors());
        return points;
    }

    @Override
    public CompletionStage<ResponsePrimitive> handle(RequestPrimitive request, Hop hop) {
        return core.dispatcher().handle(request, hop);
    }

    @Override
    public void reachable(String entity) {
        outbound.reachable(entity);
    }

    @Override
    public RequestCustody custody() {
        return held;
    }

    @Override
    public CseIdentity identity() {
        return identity;
    }

    @Override
    public Schedule schedule() {
        return outbound.ownSchedule();
    }

    @Override
    public Optional<Registration> ae(String stem) {
        return core.registrations().ae(stem);
    }

    @Override
    public Optional<Registration> cse(String cseId) {
        return core.registrations().cse(cseId);
    }

    @Override
    public Optional<String> registrar() {
        return core.registrations().registrar();
    }

    @Override
    public Collection<Registration> withCredential(String credential) {
        return core.registrations().withCredential(credential);
    }

    @Override
    public long version() {
        return core.registrations().version();
    }

    @Override
    public Collection<Registration> all() {
        return core.registrations().all();
    }

    @Override
    public Map<String, Long> counters() {
        Map<String, Long> counters = new TreeMap<>(core.traffic().counters());
        counters.putAll(outbound.counters());
        counters.put("requests.held", held.count());
        counters.put("requests.delayed.waiting", (long) core.delayed());
        counters.put("requests.resources", (long) core.requestResources());
        return counters;
    }

    @Override
    public String name() {
        return "cse";
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public String detail() {
        return identity.type() + "-CSE " + identity.cseId() + ", " + store.resourceCount() + " resources";
    }
}
