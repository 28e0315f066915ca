// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.mqtt.server.Identity;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.mqtt.MqttEncoder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * The broker with its real parts but on one thread and without network or clock of its own: whoever drives it says when
 * units are written, pages are read, time passes, and when its process is killed. Tight limits, so that little makes
 * every queue full. Knows what has to hold at any time, and what has to be left in the end: nothing.
 */
final class FuzzedServer {
    private static final int MOST_TURNS = 20_000;
    /** More than the journal waits before it offers a unit again. */
    private static final long TIMER_MILLIS = 60;
    private static final int QUIET_TURNS = 3;
    private static final int BUFFER_BYTES = 512;
    /** Nobody is verified, since that takes other threads. */
    static final Access ACCESS = new Access("fuzzed", true, Set.of(Identity.Method.NONE));

    private final Limits limits;
    private final InMemorySessionStore store = InMemorySessionStore.byHand();
    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);
    private final Deque<Runnable> reads = new ArrayDeque<>();
    private final List<FuzzedClient> clients = new ArrayList<>();
    private EmbeddedChannel clock;
    private Broker broker;

    /** @param setup chooses among limits */
    FuzzedServer(int setup) {
        limits = limits(setup);
        boot();
    }

    private static Limits limits(int setup) {
        Map<String, Object> changed = new HashMap<>(Map.ofEntries(Map.entry("maxPacketBytes", 1_024),
                Map.entry("maxSessions", 3), Map.entry("maxSubscriptions", 4), Map.entry("maxSubscriptionsInAll", 6),
                Map.entry("maxInFlight", 3), Map.entry("maxUnacknowledged", 4), Map.entry("waitingBytesInAll", 2_000L),
                Map.entry("sessionQueueMessages", 8), Map.entry("sessionQueueBytes", 2_000L),
                Map.entry("sessionQueueMessagesInAll", 12), Map.entry("sessionQueueBytesInAll", 3_000L),
                Map.entry("memoryQueueMessages", 6), Map.entry("memoryQueueBytes", 1_500L),
                Map.entry("memoryQueueMessagesInAll", 8), Map.entry("memoryQueueBytesInAll", 2_000L),
                Map.entry("slowConsumerMillis", 1L), Map.entry("windowMessages", 4), Map.entry("windowBytes", 600L),
                Map.entry("outboundBufferBytes", BUFFER_BYTES), Map.entry("maxRetainedMessages", 3),
                Map.entry("maxRetainedBytes", 500L)));
        changed.put("journalBytes", (setup & 1) == 0 ? 1_500L : 1L);
        changed.put("holdMillis", List.of(0, 1, 2, 0).get(setup >> 1 & 3));
        changed.put("queueFullWaitMillis", (long) (setup >> 3 & 1));
        ValueCheck check = new ValueCheck();
        Limits limits = Limits.of(TestServer.defaults(MqttServerConfig.class, changed), check);
        assertThat(check.problems()).isEmpty();
        return limits;
    }

    private void boot() {
        clock = new EmbeddedChannel();
        clock.freezeTime();   // timers ring when the story says so, however long the machine takes for it
        EventLoop loop = clock.eventLoop();
        broker = new Broker(loop, limits, new Counters(), store, store.load(), () -> null, true, null,
                new StoreReader(store, loop, new Reads()));
    }

    Broker broker() {
        return broker;
    }

    InMemorySessionStore store() {
        return store;
    }

    Limits limits() {
        return limits;
    }

    UnpooledByteBufAllocator allocator() {
        return allocator;
    }

    /** A new connection. */
    FuzzedClient open() {
        FuzzedClient client = new FuzzedClient(channel(pipeline -> { }), limits.maxInFlight());
        clients.add(client);
        return client;
    }

    /** A channel with all that a listener puts into it. */
    FuzzedChannel channel(Consumer<ChannelPipeline> transport) {
        Connection connection = new Connection(broker, ACCESS);
        FuzzedChannel channel = new FuzzedChannel();
        channel.config().setAllocator(allocator);
        channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(BUFFER_BYTES / 2, BUFFER_BYTES));
        assertThat(broker.admits(channel)).isTrue();
        channel.pipeline().addLast(new BytesOut(broker.counters(), connection));
        transport.accept(channel.pipeline());
        channel.pipeline().addLast(new PacketGate(limits.connections().maxPacketBytes(), broker.counters(), connection),
                MqttEncoder.INSTANCE, connection);
        channel.pipeline().fireChannelActive();
        return channel;
    }

    // ---- what its driver does ---------------------------------------------------------------------------------------

    /** Works until there is nothing to do without the disk or time. */
    void work() {
        for (int turn = 0; turn < MOST_TURNS; turn++) {
            int before = progress();
            clock.runPendingTasks();
            for (FuzzedClient client : List.copyOf(clients)) {
                client.exchange(allocator);
            }
            if (progress() == before && !clock.hasPendingTasks()) {
                clients.removeIf(FuzzedClient::isGone);
                return;
            }
        }
        throw new AssertionError("the server does not come to rest");
    }

    private int progress() {
        return clients.stream().mapToInt(FuzzedClient::progress).sum();
    }

    /** Writes what was asked for, and tells whether that was anything. */
    boolean write() {
        try {
            boolean some = store.writeAll() > 0;
            work();
            return some;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Reads the pages that were asked for, and tells whether there were any. */
    boolean read() {
        boolean some = !reads.isEmpty();
        for (Runnable next = reads.poll(); next != null; next = reads.poll()) {
            next.run();
        }
        work();
        return some;
    }

    /** Timers ring; a little time passes for what looks at the clock itself. */
    void letTimePass() {
        if (limits.sending().holdMillis() > 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(limits.sending().holdMillis()));
        }
        clock.advanceTimeBy(TIMER_MILLIS, TimeUnit.MILLISECONDS);
        clock.runScheduledPendingTasks();
        work();
    }

    /** The process is killed, and another started over what was written, as soon as the disk works. */
    void killAndRestart() {
        store.failing(false);
        clients.forEach(FuzzedClient::kill);
        clients.clear();
        clock.finishAndReleaseAll();
        store.forgetWaiting();
        reads.clear();
        boot();
        work();
    }

    // ---- what has to hold -------------------------------------------------------------------------------------------

    void check() {
        long[] durable = new long[2];
        long[] memory = new long[2];
        int subscriptions = 0;
        for (Session session : broker.sessions()) {
            assertThat(session.queuedMessages()).as("messages queued for %s", session.clientId()).isNotNegative();
            assertThat(session.queuedBytes()).as("bytes queued for %s", session.clientId()).isNotNegative();
            if (session.queuedMessages() == 0) {
                assertThat(session.queuedBytes()).as("bytes of no messages for %s", session.clientId()).isZero();
            }
            if (session.outbound() != null) {
                assertThat(session.outbound().inFlight()).isLessThanOrEqualTo(limits.maxInFlight());
                assertThat(session.connection().isOpen()).isTrue();
            }
            long[] sum = session.isDurable() ? durable : memory;
            sum[0] += session.queuedMessages();
            sum[1] += session.queuedBytes();
            subscriptions += session.subscriptions().size();
        }
        assertThat(broker.durableTotal().messages()).as("messages of durable sessions").isEqualTo(durable[0]);
        assertThat(broker.durableTotal().bytes()).as("bytes of durable sessions").isEqualTo(durable[1]);
        assertThat(broker.memoryTotal().messages()).as("messages in memory").isEqualTo(memory[0]);
        assertThat(broker.memoryTotal().bytes()).as("bytes in memory").isEqualTo(memory[1]);
        assertThat(broker.trie().size()).as("subscriptions").isEqualTo(subscriptions);
        assertThat(broker.waitingBytes()).isNotNegative();
    }

    /** With a disk and clients that work again, everything comes to rest, and the queues are what the store has. */
    void settle() {
        store.failing(false);
        clients.forEach(client -> client.stalled(false));
        rest();
        check();
        for (Session session : broker.sessions()) {
            if (session.isDurable()) {
                assertThat(store.hasSession(session.clientId())).as(session.clientId()).isTrue();
                assertThat(session.queuedMessages()).as("queued for %s, in the store", session.clientId())
                        .isEqualTo(store.queued(session.clientId()));
            }
        }
    }

    private void rest() {
        int quiet = 0;
        for (int turn = 0; quiet < QUIET_TURNS; turn++) {
            assertThat(turn).as("turns to come to rest").isLessThan(MOST_TURNS);
            boolean busy = write() | read();
            quiet = busy ? 0 : quiet + 1;
            if (!busy) {
                letTimePass();
            }
        }
    }

    /** Closes everything and ends all sessions: nothing is left. */
    void end() {
        clients.forEach(FuzzedClient::abort);
        rest();
        assertThat(broker.connections()).isEmpty();
        assertThat(broker.counters().get(Counter.CONNECTIONS_OPEN)).isZero();
        for (Session session : List.copyOf(broker.sessions())) {
            assertThat(session.isDurable()).as("a session that outlived its connection is durable").isTrue();
            assertThat(session.isInTransition()).as(session.clientId()).isFalse();
            broker.removeSession(session, failure -> assertThat(failure).isNull());
        }
        rest();
        check();
        assertThat(broker.sessions()).isEmpty();
        assertThat(broker.durableSessions()).isZero();
        assertThat(broker.waitingBytes()).isZero();
        assertThat(broker.journal().drained()).as("the journal has nothing left").satisfies(drained -> {
            work();
            assertThat(drained).isCompleted();
        });
        if (limits.publishing().journalBytes() == 1) {
            assertThat(broker.journal().isFull()).as("bytes on their way to disk").isFalse();
        }
        assertThat(store.messages()).as("messages kept, all of them retained").isLessThanOrEqualTo(limits.retained().messages());
        clock.finishAndReleaseAll();
        assertThat(allocator.metric().usedHeapMemory()).as("bytes in heap buffers").isZero();
        assertThat(allocator.metric().usedDirectMemory()).as("bytes in direct buffers").isZero();
    }

    /** Reads wait until they are asked for. */
    private final class Reads extends AbstractExecutorService {
        @Override
        public void execute(Runnable command) {
            reads.add(command);
        }

        @Override
        public void shutdown() {
            reads.clear();
        }

        @Override
        public List<Runnable> shutdownNow() {
            reads.clear();
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return false;
        }

        @Override
        public boolean isTerminated() {
            return false;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return true;
        }
    }
}
