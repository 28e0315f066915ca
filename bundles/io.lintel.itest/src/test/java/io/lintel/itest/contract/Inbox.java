// SPDX-License-Identifier: Apache-2.0
package io.lintel.itest.contract;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What one participant was notified of, in order, and how it answers. Verifications are kept apart. */
final class Inbox implements Door.Listener {
    private static final int OK = 2000;
    private static final int SECONDS = 30;

    private final BlockingQueue<Door.Notification> notifications = new LinkedBlockingQueue<>();
    private final BlockingQueue<Door.Notification> verifications = new LinkedBlockingQueue<>();
    private volatile int answer = OK;

    @Override
    public int notified(Door.Notification notification) {
        boolean verification = notification.content() != null && notification.content().has("m2m:sgn")
                && notification.content().getAsJsonObject("m2m:sgn").has("vrq");
        (verification ? verifications : notifications).add(notification);
        return answer;
    }

    void answer(int status) {
        answer = status;
    }

    Door.Notification next(boolean verification) throws InterruptedException {
        Door.Notification next = (verification ? verifications : notifications).poll(SECONDS, TimeUnit.SECONDS);
        if (next == null) {
            throw new ContractFault("no " + (verification ? "verification" : "notification") + " came within " + SECONDS + " s");
        }
        return next;
    }

    void silence(int millis) throws InterruptedException {
        Door.Notification next = notifications.poll(millis, TimeUnit.MILLISECONDS);
        if (next != null) {
            throw new ContractFault("notified, although it should not be: " + next.content());
        }
    }

    /** What nobody has looked at. */
    String left() {
        return notifications.isEmpty() ? ""
                : notifications.stream().map(one -> String.valueOf(one.content())).toList().toString();
    }
}
