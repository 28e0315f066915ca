// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.lintel.mqtt.server.MqttServerAdministration.LimitView;
import io.lintel.mqtt.server.MqttServerAdministration.Page;
import io.lintel.mqtt.server.MqttServerAdministration.QueueEntry;
import io.lintel.mqtt.server.MqttServerAdministration.RetainedView;
import io.lintel.mqtt.server.MqttServerAdministration.SessionQuery;
import io.lintel.mqtt.server.MqttServerAdministration.SessionView;
import io.lintel.mqtt.server.MqttServerAdministration.Trace;
import io.lintel.mqtt.server.SessionChange;
import io.lintel.mqtt.server.StoredMessage;
import io.lintel.mqtt.server.TraceEvent;
import io.lintel.mqtt.server.TraceFilter;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the administrator from any thread: asks the event loop and waits. Walks over all sessions are cut into slices
 * between which the loop serves its clients; sorting is done on the caller's thread.
 */
final class Administration {
    private static final Logger LOG = LoggerFactory.getLogger(Administration.class);
    private static final long CALL_SECONDS = 5;
    private static final int SLICE = 500;
    private static final int MOST_ON_A_PAGE = 1_000;
    private static final int MOST_QUEUE_ENTRIES = 100;
    private static final long MOST_QUEUE_PAGE_BYTES = 1_048_576;
    private static final int PREVIEW_BYTES = 256;

    private final Broker broker;
    private final EventLoop loop;

    Administration(Broker broker) {
        this.broker = broker;
        this.loop = broker.loop();
    }

    // ---- sessions ---------------------------------------------------------------------------------------------------

    Page<SessionView> sessions(SessionQuery query) {
        SessionSelection selection = new SessionSelection(query);
        List<Session> all = call(() -> new ArrayList<>(broker.sessions()), List.of());
        for (int from = 0; from < all.size(); from += SLICE) {
            List<Session> slice = all.subList(from, Math.min(from + SLICE, all.size()));
            call(() -> selection.look(slice), null);
        }
        List<Session> page = selection.page(MOST_ON_A_PAGE);
        List<SessionView> views = new ArrayList<>();
        for (int from = 0; from < page.size(); from += SLICE / 10) {
            List<Session> slice = page.subList(from, Math.min(from + SLICE / 10, page.size()));
            views.addAll(call(() -> slice.stream().map(SessionViews::of).toList(), List.of()));
        }
        return new Page<>(views, selection.total());
    }

    Optional<SessionView> session(String clientId) {
        return call(() -> Optional.ofNullable(broker.session(clientId)).map(SessionViews::of), Optional.empty());
    }

    List<QueueEntry> queue(String clientId, long after, int limit) {
        return later(() -> {
            Session session = broker.session(clientId);
            if (session == null || session.queuedMessages() == 0) {
                return CompletableFuture.completedFuture(List.<QueueEntry>of());
            }
            long average = Math.max(1, session.queuedBytes() / session.queuedMessages());
            int most = (int) Math.max(1, Math.min(Math.min(limit, MOST_QUEUE_ENTRIES), MOST_QUEUE_PAGE_BYTES / average));
            if (session.outbound() instanceof MemoryOutbound memory) {
                return CompletableFuture.completedFuture(memory.page(after, most).stream()
                        .map(waiting -> entry(waiting.message(), waiting.qos(), 0, false)).toList());
            }
            CompletableFuture<List<QueueEntry>> page = new CompletableFuture<>();
            broker.reader().read(clientId, after, most, (messages, failure) -> page.complete(messages.stream()
                    .map(queued -> entry(queued.message(), queued.qos(), queued.packetId(), queued.released())).toList()));
            return page;
        }, List.of());
    }

    private static QueueEntry entry(StoredMessage message, int qos, int packetId, boolean released) {
        return new QueueEntry(message.id(), message.topic(), qos, message.retain(), message.payload().length,
                preview(message.payload()), packetId, released);
    }

    private static byte[] preview(byte[] payload) {
        return Arrays.copyOf(payload, Math.min(payload.length, PREVIEW_BYTES));
    }

    boolean disconnect(String clientId) {
        return call(() -> {
            Session session = broker.session(clientId);
            if (session == null || session.connection() == null) {
                return false;
            }
            session.connection().close("the administrator disconnects it");
            return true;
        }, false);
    }

    boolean dropSession(String clientId) {
        return later(() -> {
            Session session = broker.session(clientId);
            if (session == null || session.isInTransition()) {
                return CompletableFuture.completedFuture(false);
            }
            if (session.connection() != null) {
                session.connection().close("the administrator ends its session");
            }
            if (!session.isDurable()) {
                return CompletableFuture.completedFuture(true);
            }
            LOG.info("The administrator ends the session of {}, for which {} messages waited", clientId,
                    session.queuedMessages());
            CompletableFuture<Boolean> ended = new CompletableFuture<>();
            broker.removeSession(session, failure -> ended.complete(failure == null));
            return ended;
        }, false);
    }

    boolean unsubscribe(String clientId, String topicFilter) {
        return later(() -> {
            Session session = broker.session(clientId);
            if (session == null || session.isInTransition() || !session.subscriptions().containsKey(topicFilter)) {
                return CompletableFuture.completedFuture(false);
            }
            CompletableFuture<Boolean> done = new CompletableFuture<>();
            broker.subscribeHandler().end(session, List.of(topicFilter), failure -> done.complete(failure == null));
            return done;
        }, false);
    }

    // ---- retained messages ------------------------------------------------------------------------------------------

    Page<RetainedView> retained(String topicFilter, int offset, int limit) {
        if (topicFilter.isEmpty()) {
            return new Page<>(List.of(), 0);
        }
        return call(() -> {
            List<RetainedView> views = new ArrayList<>();
            int[] seen = {0};
            broker.retained().forEachMatching(topicFilter, message -> {
                if (seen[0]++ >= offset && views.size() < Math.min(limit, MOST_ON_A_PAGE)) {
                    views.add(new RetainedView(message.topic(), message.qos(), message.payload().length,
                            preview(message.payload())));
                }
            });
            return new Page<>(views, seen[0]);
        }, new Page<>(List.of(), 0));
    }

    boolean clearRetained(String topic) {
        return later(() -> {
            if (topic.isEmpty() || Topics.isReserved(topic) || !broker.retained().has(topic)) {
                return CompletableFuture.completedFuture(false);
            }
            CompletableFuture<Boolean> cleared = new CompletableFuture<>();
            broker.journal().write(List.of(new SessionChange.RetainedCleared(topic)), 0, failure -> {
                if (failure == null) {
                    broker.retained().set(new StoredMessage(0, topic, 0, true, new byte[0]));
                }
                cleared.complete(failure == null);
            });
            return cleared;
        }, false);
    }

    // ---- the whole --------------------------------------------------------------------------------------------------

    List<LimitView> limits() {
        return call(() -> LimitUse.of(broker), List.of());
    }

    List<String> warnings() {
        return LimitUse.warnings(limits());
    }

    Trace trace(TraceFilter filter, Consumer<TraceEvent> consumer) {
        Function<OpenTrace, Runnable> removal = trace -> () -> broker.traces().remove(trace);
        Optional<Trace> trace = call(() -> Optional.of(broker.traces().add(filter, consumer,
                closed -> loop.execute(removal.apply(closed)))),
                Optional.empty());
        return trace.orElseThrow(() -> new IllegalStateException("there are too many traces already, or the server ends"));
    }

    // ---- asking the event loop --------------------------------------------------------------------------------------

    /** What the call gives on the event loop; {@code otherwise} if the server ends or does not answer in time. */
    <T> T call(Callable<T> call, T otherwise) {
        return later(() -> CompletableFuture.completedFuture(call.call()), otherwise);
    }

    private <T> T later(Callable<CompletionStage<T>> call, T otherwise) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        try {
            loop.execute(() -> {
                try {
                    call.call().whenComplete((value, failure) -> {
                        if (failure == null) {
                            answer.complete(value);
                        } else {
                            answer.completeExceptionally(failure);
                        }
                    });
                } catch (Exception e) {
                    answer.completeExceptionally(e);
                }
            });
            return answer.get(CALL_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RejectedExecutionException e) {
            LOG.debug("The server ended before it answered its administrator");
        } catch (TimeoutException e) {
            LOG.warn("The MQTT server did not answer its administrator in {} s", CALL_SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IllegalStateException refused) {
                throw refused;
            }
            LOG.error("The MQTT server could not answer its administrator", e.getCause());
        }
        return otherwise;
    }
}
