// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Finds out that an address means a server we are connected to already under another name: a registree's pointOfAccess
 * names our own server as the network knows it, while we know it as loopback. A second connection with the same client
 * identifier would end the first [MQTT-3.1.4-2].
 *
 * <p>Names are looked up on a thread of their own, {@code lintel-mqtt-names}, which ends when it is idle.
 */
final class ServerAliases {
    private static final int MOST_WAITING = 256;
    private static final int MOST_REMEMBERED = 1_024;
    private static final long REMEMBERED_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final ThreadPoolExecutor lookUp;
    private final Map<ServerAddress, Answer> remembered = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ServerAddress, Answer> eldest) {
            return size() > MOST_REMEMBERED;
        }
    };

    private final ServerAddress own;
    private final Supplier<Set<Integer>> ownPorts;

    private record Answer(List<InetAddress> addresses, long nanos) {
    }

    /**
     * @param own      the co-located server
     * @param ownPorts all ports that it listens on
     */
    ServerAliases(ServerAddress own, Supplier<Set<Integer>> ownPorts) {
        this.own = own;
        this.ownPorts = ownPorts;
        lookUp = new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(MOST_WAITING), task -> {
            Thread thread = new Thread(task, "lintel-mqtt-names");
            thread.setDaemon(true);
            return thread;
        });
        lookUp.allowCoreThreadTimeOut(true);
    }

    /** The known server that this one is, or the address itself. */
    CompletionStage<ServerAddress> canonical(ServerAddress server, Supplier<List<ServerAddress>> known) {
        List<ServerAddress> candidates = known.get();
        if (candidates.contains(server) || candidates.stream().noneMatch(c -> c.port() == server.port())
                && !ownPorts.get().contains(server.port())) {
            return CompletableFuture.completedFuture(server);
        }
        synchronized (remembered) {
            Answer answer = remembered.get(server);
            if (answer != null && System.nanoTime() - answer.nanos() < REMEMBERED_NANOS) {
                return CompletableFuture.completedFuture(match(server, answer.addresses(), candidates));
            }
        }
        try {
            return CompletableFuture.supplyAsync(() -> match(server, addresses(server), known.get()), lookUp);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.completedFuture(server);
        }
    }

    void close() {
        lookUp.shutdownNow();
    }

    private List<InetAddress> addresses(ServerAddress server) {
        List<InetAddress> found;
        try {
            found = List.of(InetAddress.getAllByName(server.host()));
        } catch (UnknownHostException e) {
            found = List.of();
        }
        synchronized (remembered) {
            remembered.put(server, new Answer(found, System.nanoTime()));
        }
        return found;
    }

    private ServerAddress match(ServerAddress server, List<InetAddress> addresses, List<ServerAddress> known) {
        boolean here = addresses.stream().anyMatch(ServerAliases::isOfThisMachine);
        if (here && known.contains(own) && ownPorts.get().contains(server.port())) {
            return own;
        }
        for (ServerAddress candidate : known) {
            boolean same = candidate.port() == server.port() && candidate.secure() == server.secure()
                    && (candidate.isLoopback() && here
                    || candidate.isLiteral() && addresses.stream().anyMatch(a -> a.getHostAddress().equals(candidate.host())));
            if (same) {
                return candidate;
            }
        }
        return server;
    }

    private static boolean isOfThisMachine(InetAddress address) {
        try {
            return address.isLoopbackAddress() || address.isAnyLocalAddress()
                    || NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException e) {
            return false;
        }
    }
}
