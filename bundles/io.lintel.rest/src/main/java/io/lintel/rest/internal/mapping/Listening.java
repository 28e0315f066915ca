// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.mapping;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** What the listeners of all bindings have in common. */
public final class Listening {
    private static final int WORKER_IDLE_SECONDS = 10;
    private static final int WORKER_TASKS = 64;

    private Listening() {
    }

    /**
     * The address of a plain listener. Anything but loopback is refused: what listens on the network is encrypted and
     * knows its clients.
     *
     * @param key the configuration key, for the message
     * @throws IllegalArgumentException and the component that asked does not start
     */
    public static InetAddress plainAddress(String key, String host) {
        InetAddress address = address(key, host);
        if (!address.isLoopbackAddress()) {
            throw new IllegalArgumentException(key + "=" + host
                    + " is refused: this listener has no encryption and knows no clients, "
                    + "so it binds to loopback only (127.0.0.1, ::1 or localhost)");
        }
        return address;
    }

    /**
     * The address of any listener.
     *
     * @param key the configuration key, for the message
     * @throws IllegalArgumentException if the host names none
     */
    public static InetAddress address(String key, String host) {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(key + " names no address of this machine: " + host, e);
        }
    }

    /** What peers may call this machine where nobody has said how. */
    public static String machine() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    /** As in a URI: a v6 address in brackets. */
    public static String uriHost(String host) {
        return host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host;
    }

    /** For work that reads files now and then: one thread that ends when there is none. What is too much at a time is dropped. */
    public static ThreadPoolExecutor worker(String name) {
        ThreadPoolExecutor worker = new ThreadPoolExecutor(1, 1, WORKER_IDLE_SECONDS, TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(WORKER_TASKS), threads(name), new ThreadPoolExecutor.DiscardPolicy());
        worker.allowCoreThreadTimeOut(true);
        return worker;
    }

    /** Daemon threads {@code name-1}, {@code name-2} … */
    public static ThreadFactory threads(String name) {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
