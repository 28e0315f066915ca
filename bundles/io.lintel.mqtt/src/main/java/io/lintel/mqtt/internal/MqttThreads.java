// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The binding's own threads: {@code lintel-mqtt-timer} connects and watches deadlines, {@code lintel-mqtt-worker} turns
 * responses into messages. What comes after the end is dropped. Besides, Paho has three threads for each connection, four with
 * a WebSocket.
 *
 * @param worker not with a bounded queue, but bounded by the requests in progress: each has at most one task here
 */
record MqttThreads(ScheduledThreadPoolExecutor timer, ThreadPoolExecutor worker) {

    static MqttThreads start() {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, task -> daemon(task, "lintel-mqtt-timer"),
                new ThreadPoolExecutor.DiscardPolicy());
        timer.setRemoveOnCancelPolicy(true);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        return new MqttThreads(timer, new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
                task -> daemon(task, "lintel-mqtt-worker"), new ThreadPoolExecutor.DiscardPolicy()));
    }

    void stop() {
        timer.shutdownNow();
        worker.shutdownNow();
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }
}
