// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import io.lintel.primitive.ResponsePrimitive;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The sessions of registrations under way ({@link RegistrationSession}): one for each server, prefix and Credential-ID, since
 * two with one client identifier would push each other out. A new one begins when the one before has left. Any thread.
 */
final class InitialRegistrations {
    private record Key(ServerAddress server, String prefix, String credential) {
    }

    private final Map<Key, RegistrationSession> open = new HashMap<>();
    private final Map<Key, RegistrationSession> leaving = new HashMap<>();
    private final Map<Key, CompletionStage<Void>> left = new HashMap<>();
    private boolean ended;

    /**
     * Sends a registration over the session for it, and has that left when the answer is there.
     *
     * @param made makes the session, if there is none
     * @param sent sends the registration over it
     */
    CompletionStage<ResponsePrimitive> register(ServerAddress server, String prefix, String credential,
            Supplier<RegistrationSession> made, Function<RegistrationSession, CompletionStage<ResponsePrimitive>> sent) {
        Key key = new Key(server, prefix, credential);
        return leftBefore(key).thenCompose(nothing -> {
            RegistrationSession session;
            synchronized (this) {
                session = open.get(key);
                if (session == null) {
                    session = made.get();
                    open.put(key, session);
                    stopLeaving(key);
                    session.open();
                }
                if (ended) {
                    session.close();
                }
            }
            RegistrationSession used = session;
            return sent.apply(used).whenComplete((answer, failure) -> {
                if (answer != null) {
                    leave(key, used);
                }
            });
        });
    }

    private synchronized CompletionStage<Void> leftBefore(Key key) {
        return left.getOrDefault(key, CompletableFuture.completedFuture(null));
    }

    private synchronized void leave(Key key, RegistrationSession session) {
        if (ended || !open.remove(key, session)) {
            return;
        }
        leaving.put(key, session);
        left.put(key, session.leave());
    }

    /** The client identifier is used again: an earlier session that could not be left goes with the next. */
    private void stopLeaving(Key key) {
        RegistrationSession before = leaving.remove(key);
        left.remove(key);
        if (before != null) {
            before.close();
        }
    }

    /** Servers have other settings: what is under way fails, the next attempt begins anew. */
    synchronized void restart() {
        open.values().forEach(RegistrationSession::close);
        open.clear();
    }

    synchronized void close() {
        ended = true;
        open.values().forEach(RegistrationSession::close);
        leaving.values().forEach(RegistrationSession::close);
    }
}
