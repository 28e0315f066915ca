// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.lintel.mqtt.server.MqttServerAdministration.LimitView;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** How much of what is bounded is used, and what of it needs an administrator's eye. On the event loop. */
final class LimitUse {
    private static final int NEARLY_FULL_PERCENT = 80;

    /** What is used up for moments whenever there is much to do: shown, and nothing to be warned of. */
    private static final Set<String> WORKING_MEMORY =
            Set.of("mqttserver.waitingBytesInAll", "mqttserver.windowBytesInAll", "mqttserver.journalBytes");

    private LimitUse() {
    }

    static List<LimitView> of(Broker broker) {
        Limits limits = broker.limits();
        List<LimitView> views = new ArrayList<>();
        views.add(shared("Connections", "maxConnections", broker.admission().open(), limits.connections().most()));
        views.add(shared("Durable sessions", "maxSessions", broker.durableSessions(), limits.sessions().mostDurable()));
        views.add(shared("Subscriptions", "maxSubscriptionsInAll", broker.trie().size(), limits.sessions().subscriptionsInAll()));
        QueueTotal durable = broker.durableTotal();
        views.add(shared("Messages in durable queues", "sessionQueueMessagesInAll", durable.messages(),
                durable.most().messages()));
        views.add(shared("Bytes in durable queues", "sessionQueueBytesInAll", durable.bytes(), durable.most().bytes()));
        QueueTotal memory = broker.memoryTotal();
        views.add(shared("Messages in queues in memory", "memoryQueueMessagesInAll", memory.messages(),
                memory.most().messages()));
        views.add(shared("Bytes in queues in memory", "memoryQueueBytesInAll", memory.bytes(), memory.most().bytes()));
        views.add(shared("Bytes of durable queues in memory", "windowBytesInAll", broker.windowBytes(),
                limits.sending().windowBytesInAll()));
        views.add(shared("Bytes on their way to disk", "journalBytes", broker.journal().bytes(),
                limits.publishing().journalBytes()));
        views.add(shared("Retained messages", "maxRetainedMessages", broker.retained().size(), limits.retained().messages()));
        views.add(shared("Bytes in retained messages", "maxRetainedBytes", broker.retained().bytes(), limits.retained().bytes()));
        views.add(shared("Bytes of clients that are held back", "waitingBytesInAll", broker.waitingBytes(),
                limits.publishing().waitingBytes()));
        fullest(broker, views);
        return views;
    }

    private static LimitView shared(String name, String key, long used, long most) {
        return new LimitView(name, "mqttserver." + key, Math.max(0, used), most, Optional.empty());
    }

    /** The queue that is nearest to its own limit, by messages or by bytes. */
    private static void fullest(Broker broker, List<LimitView> views) {
        Session fullest = null;
        double share = 0;
        for (Session session : broker.sessions()) {
            double own = Math.max((double) session.queuedMessages() / session.most().messages(),
                    (double) session.queuedBytes() / session.most().bytes());
            if (own > share) {
                fullest = session;
                share = own;
            }
        }
        if (fullest == null) {
            return;
        }
        Limits.Queue most = fullest.most();
        String prefix = "mqttserver." + (fullest.isDurable() ? "session" : "memory");
        boolean byMessages = (double) fullest.queuedMessages() / most.messages() >= (double) fullest.queuedBytes() / most.bytes();
        views.add(byMessages
                ? new LimitView("Messages in the fullest queue", prefix + "QueueMessages", fullest.queuedMessages(),
                most.messages(),
                        Optional.of(fullest.clientId()))
                : new LimitView("Bytes in the fullest queue", prefix + "QueueBytes", fullest.queuedBytes(), most.bytes(),
                        Optional.of(fullest.clientId())));
    }

    /** One line for each limit that is nearly or wholly reached. */
    static List<String> warnings(List<LimitView> views) {
        return views.stream().filter(view -> view.percent() >= NEARLY_FULL_PERCENT && view.most() > 0
                        && !WORKING_MEMORY.contains(view.setting()))
                .map(view -> String.format(Locale.ROOT, "%s: %,d of %,d%s (%s)", view.name(), view.used(), view.most(),
                        view.whose().map(client -> ", of " + client).orElse(""), view.setting()))
                .toList();
    }
}
