// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.lintel.mqtt.server.internal.Router.Obstacle;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * One message that waits for full queues. A client with clean session 1 that keeps others waiting is disconnected, which
 * ends its queue; for a durable session or the journal the message's own sender gives up. Belongs to the event loop.
 */
final class WaitForRoom {
    private final Broker broker;
    private final Runnable tryAgain;
    private final Runnable giveUp;
    private final long since;
    private Obstacle obstacle;
    private Future<?> timer;
    private final Runnable turn = this::turn;

    WaitForRoom(Broker broker, Runnable tryAgain, Runnable giveUp) {
        this.broker = broker;
        this.tryAgain = tryAgain;
        this.giveUp = giveUp;
        this.since = System.nanoTime();
    }

    void at(Obstacle full) {
        boolean consumerIsSlow = full.session() != null && !full.session().isDurable();
        long patience = consumerIsSlow ? broker.limits().slowMillis() : broker.limits().patienceMillis();
        long left = TimeUnit.MILLISECONDS.toNanos(patience) - (System.nanoTime() - since);
        obstacle = full;
        full.room().await(turn);
        timer = broker.loop().schedule(() -> expired(consumerIsSlow), Math.max(0, left), TimeUnit.NANOSECONDS);
    }

    private void turn() {
        timer.cancel(false);
        obstacle = null;
        tryAgain.run();
    }

    private void expired(boolean consumerIsSlow) {
        Session full = obstacle.session();
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
            timer.cancel(false);
        }
    }
}
