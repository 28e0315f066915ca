// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * All subscriptions, by the levels of their filters: finding the subscribers of a topic name costs by its levels, not
 * by the number of subscriptions. Walks level by level and never recursively, since a topic name may have 65 535 of
 * them. Belongs to the event loop.
 */
final class SubscriptionTrie {
    private final Node root = new Node(null, null);
    private int subscriptions;

    /** Nodes reached by the levels looked at so far, and those reached by one more; kept to be used again. */
    private List<Node> here = new ArrayList<>();
    private List<Node> next = new ArrayList<>();

    /** Takes what a match finds. */
    interface Visitor {
        void visit(Session session, int qos);
    }

    /** Adds the subscription, or replaces the granted QoS of the same filter [MQTT-3.8.4-3]. */
    void add(String filter, Session session, int qos) {
        Node node = root;
        int from = 0;
        while (true) {
            int end = Topics.endOfLevel(filter, from);
            node = node.childOrNew(filter.substring(from, end));
            if (end == filter.length()) {
                break;
            }
            from = end + 1;
        }
        if (node.subscribers == null) {
            node.subscribers = new HashMap<>(2);
        }
        if (node.subscribers.put(session, qos) == null) {
            subscriptions++;
        }
    }

    void remove(String filter, Session session) {
        Node node = root;
        int from = 0;
        while (true) {
            int end = Topics.endOfLevel(filter, from);
            node = node.children == null ? null : node.children.get(filter.substring(from, end));
            if (node == null) {
                return;
            }
            if (end == filter.length()) {
                break;
            }
            from = end + 1;
        }
        if (node.subscribers == null || node.subscribers.remove(session) == null) {
            return;
        }
        subscriptions--;
        if (node.subscribers.isEmpty()) {
            node.subscribers = null;
        }
        while (node.parent != null && node.subscribers == null && node.children == null) {
            node.parent.dropChild(node);
            node = node.parent;
        }
    }

    /** Visits every subscription that matches the topic name; a session with several is visited for each. */
    void match(String topic, Visitor visitor) {
        here.clear();
        here.add(root);
        int from = 0;
        boolean wildcards = !Topics.isReserved(topic);   // on the first level only
        while (!here.isEmpty()) {
            int end = Topics.endOfLevel(topic, from);
            String level = topic.substring(from, end);
            next.clear();
            for (Node node : here) {
                if (node.children == null) {
                    continue;
                }
                if (wildcards) {
                    Node rest = node.children.get("#");
                    if (rest != null) {
                        rest.visit(visitor);
                    }
                    addIfThere(node.children.get("+"));
                }
                addIfThere(node.children.get(level));
            }
            wildcards = true;
            List<Node> done = here;
            here = next;
            next = done;
            if (end == topic.length()) {
                break;
            }
            from = end + 1;
        }
        for (Node node : here) {
            node.visit(visitor);
            Node rest = node.children == null ? null : node.children.get("#");   // "a/#" matches "a"
            if (rest != null) {
                rest.visit(visitor);
            }
        }
        here.clear();
        next.clear();
    }

    int size() {
        return subscriptions;
    }

    private void addIfThere(Node node) {
        if (node != null) {
            next.add(node);
        }
    }

    /** One level of filters. Its maps exist only while they hold something. */
    private static final class Node {
        private final Node parent;
        private final String level;
        private Map<String, Node> children;
        private Map<Session, Integer> subscribers;

        Node(Node parent, String level) {
            this.parent = parent;
            this.level = level;
        }

        Node childOrNew(String childLevel) {
            if (children == null) {
                children = new HashMap<>(2);
            }
            return children.computeIfAbsent(childLevel, l -> new Node(this, l));
        }

        void dropChild(Node child) {
            children.remove(child.level);
            if (children.isEmpty()) {
                children = null;
            }
        }

        void visit(Visitor visitor) {
            if (subscribers != null) {
                subscribers.forEach(visitor::visit);
            }
        }
    }
}
