// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

/** Threads with a name that says whose they are, which keep no process alive. */
final class DaemonThreads {
    private DaemonThreads() {
    }

    static Thread create(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }
}
