// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.lintel.mqtt.server.internal.Router.Obstacle;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * One message that waits for full queues. A client with clean session 1 that keeps others waiting is disconnected, which
 * ends its queue; a full queue of a durable session, or the journal, is waited for as long as the message's sender has
 * patience. Belongs to the event loop.
 */
final class WaitForRoom {
    private final Broker broker;
    private final Runnable tryAgain;
    private final Runnable giveUp;
    private final long patienceMillis;
    private final long since;
    private Obstacle obstacle;
    private Future<?> timer;
    private final Runnable turn = this::turn;

    /** @param patienceMillis after which {@code giveUp} runs; 0 for never */
    WaitForRoom(Broker broker, long patienceMillis, Runnable tryAgain, Runnable giveUp) {
        this.broker = broker;
        this.patienceMillis = patienceMillis;
        this.tryAgain = tryAgain;
        this.giveUp = giveUp;
        this.since = System.nanoTime();
    }

    void at(Obstacle full) {
        boolean consumerIsSlow = full.session() != null && !full.session().isDurable();
        obstacle = full;
        full.room().await(turn);
        if (consumerIsSlow || patienceMillis > 0) {
            long patience = consumerIsSlow ? broker.limits().queues().slowMillis() : patienceMillis;
            long left = TimeUnit.MILLISECONDS.toNanos(patience) - (System.nanoTime() - since);
            timer = broker.loop().schedule(() -> expired(consumerIsSlow), Math.max(0, left), TimeUnit.NANOSECONDS);
        }
    }

    private void turn() {
        stopTimer();
        obstacle = null;
        tryAgain.run();
    }

    private void expired(boolean consumerIsSlow) {
        Session full = obstacle.session();
        if (consumerIsSlow && !broker.memoryTotal().isWithin(1)) {
            Session fullest = broker.fullestInMemory();   // all are full together: the one to blame holds the most
            full = fullest == null ? full : fullest;
        }
        cancel();
        if (!consumerIsSlow) {
            giveUp.run();
            return;
        }
        if (full.connection() != null) {
            broker.counters().add(Counter.SLOW_CONSUMERS_CLOSED, 1);
            full.connection().close("it does not take what it subscribed to");
        }
        tryAgain.run();
    }

    void cancel() {
        if (obstacle != null) {
            obstacle.room().leave(turn);
            obstacle = null;
            stopTimer();
        }
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }
}
