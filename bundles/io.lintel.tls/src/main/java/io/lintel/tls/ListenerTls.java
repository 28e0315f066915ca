// SPDX-License-Identifier: Apache-2.0
package io.lintel.tls;

import io.lintel.tls.internal.MaterialReader;
import io.lintel.tls.internal.NodeCertificates;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A listener's TLS context over time: made when the first connection wants it, since it is a good part of the memory that
 * a node at rest would have, and again when one of its files has changed. Before that, only files that somebody configured
 * are looked into, and the node's own are made if there are none yet. Connections keep the context that they began with.
 * Files that are broken leave the context as it is and are reported once. Called on any thread; works on the given one.
 */
public final class ListenerTls {
    private static final Logger LOG = LoggerFactory.getLogger(ListenerTls.class);
    private static final long LOOK_AT_OWN_NANOS = Duration.ofHours(6).toNanos();

    private final String listener;
    private final MaterialReader builder;
    private final Executor worker;
    private final CompletableFuture<Void> first = new CompletableFuture<>();
    private final AtomicBoolean begun = new AtomicBoolean();
    private final AtomicBoolean wanted = new AtomicBoolean();
    private Map<Path, Stamp> seen = Map.of();
    private boolean tried;
    private long lookedAtOwn;
    private volatile ServerTls current;
    private volatile String problem = "";

    ListenerTls(String listener, TlsSettings settings, NodeCertificates own, Executor worker) {
        this.listener = listener;
        this.builder = new MaterialReader(settings, own);
        own.want(settings.names());
        this.worker = worker;
    }

    /** The context, null as long as there is none. */
    public ServerTls current() {
        return current;
    }

    /** From now on its files are watched, so that what is wrong with them is known before a client comes. */
    public void begin() {
        if (begun.compareAndSet(false, true)) {
            worker.execute(this::refresh);
        }
    }

    /** Has the context made, and says when it is there; while its files are broken, that takes until they are mended. */
    public CompletableFuture<Void> prepare() {
        if (wanted.compareAndSet(false, true)) {
            begun.set(true);
            worker.execute(this::refresh);
        }
        return first;
    }

    /** Looks whether a file has changed, and makes a new context then, if there was one. */
    public void check() {
        if (begun.get()) {
            worker.execute(this::refresh);
        }
    }

    /** Why there is no context, or why it is not the one its files say; empty if all is well. */
    public Optional<String> problem() {
        return problem.isEmpty() ? Optional.empty() : Optional.of(problem);
    }

    /** Whether clients cannot connect. */
    public boolean isBroken() {
        return current == null && !problem.isEmpty();
    }

    private synchronized void refresh() {
        try {
            boolean make = wanted.get();
            boolean firstTry = make && !tried;
            if (firstTry || builder.lacksOwn() || make && System.nanoTime() - lookedAtOwn > LOOK_AT_OWN_NANOS) {
                lookedAtOwn = System.nanoTime();
                builder.ensureOwn();
            }
            Map<Path, Stamp> now = builder.stamps();
            if (now.equals(seen) && !firstTry) {
                return;
            }
            boolean again = current != null;
            seen = now;
            tried = make;
            if (make) {
                current = builder.build();
            } else {
                builder.check();
            }
            problem = "";
            if (again) {
                LOG.info("listener {}: new TLS certificates are in use; connections that are there stay", listener);
            }
            if (make) {
                first.complete(null);
            }
        } catch (IOException e) {
            report(e.getMessage());
        } catch (RuntimeException | Error e) {
            LOG.error("listener {}: TLS cannot be set up", listener, e);
            report(e.toString());
        }
    }

    private void report(String why) {
        if (!why.equals(problem)) {
            LOG.error("listener {}: {}{}", listener, why, current == null ? "" : "; the certificates before stay in use");
        }
        problem = why;
    }
}
