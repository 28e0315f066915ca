// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.ws;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is connected: the open connections, and by which of them an entity is reached. There is one for each (TS-0020 6.1): the
 * newest, unless that is less sure of its sender than the one before. Any thread.
 */
final class Counterparties {
    private static final Logger LOG = LoggerFactory.getLogger(Counterparties.class);

    private final Set<Conversation> open = ConcurrentHashMap.newKeySet();
    private final Map<String, Conversation> byEntity = new ConcurrentHashMap<>();

    void opened(Conversation conversation) {
        open.add(conversation);
    }

    List<Conversation> all() {
        return List.copyOf(open);
    }

    /** How many connections others have opened. */
    long accepted() {
        return open.stream().filter(Conversation::isAccepted).count();
    }

    Optional<Conversation> of(String entity) {
        return Optional.ofNullable(byEntity.get(entity));
    }

    /**
     * From now on the entity is reached by this connection; one that was there before ends when it has nothing more to do. The
     * administrator is no entity, is sent nothing, and may have as many connections as people administer.
     */
    void bind(String entity, Conversation conversation) {
        if (!entity.startsWith("/")) {
            return;
        }
        Conversation[] replaced = new Conversation[1];
        byEntity.compute(entity, (key, before) -> {
            if (before != null && before != conversation && before.isSecured() && !conversation.isSecured()) {
                return before;
            }
            replaced[0] = before;
            return conversation;
        });
        if (replaced[0] != null && replaced[0] != conversation) {
            LOG.debug("{} is connected anew from {}", entity, conversation.peer());
            replaced[0].retire("a newer connection of " + entity + " takes its place");
        }
    }

    /** The entity is registered no more: its connection is that of a stranger again. */
    void unbind(String entity) {
        Conversation conversation = byEntity.get(entity);
        if (conversation != null && conversation.isAccepted()) {
            byEntity.remove(entity, conversation);
            conversation.forget(entity);
        }
    }

    void ended(Conversation conversation) {
        open.remove(conversation);
        conversation.entity().ifPresent(entity -> byEntity.remove(entity, conversation));
    }
}
