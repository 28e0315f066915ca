// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * What a tree of AEs, containers and instances is by the standard, as plainly as it can be written: nodes in memory, lists of
 * children, rules as a reader of TS-0004 7.4.6 and 7.4.7 would say them. The model that {@link RandomTreeContract} holds the CSE
 * against. Knows nothing of the CSE's own classes.
 */
final class PlainTree {
    static final int AE = 2;
    static final int CNT = 3;
    static final int CIN = 4;
    static final int BASE = 5;
    static final String ADMINISTRATOR = "CAdmin";

    /** One resource. */
    static final class Node {
        final int type;
        final String name;
        final String id;
        final String owner;
        final Node parent;
        final List<Node> children = new ArrayList<>();
        final Set<String> labels = new TreeSet<>();
        Optional<Long> mostInstances = Optional.empty();
        Optional<Long> mostBytes = Optional.empty();
        long state;
        String content = "";
        long end = Long.MAX_VALUE;

        Node(int type, String name, String id, String owner, Node parent) {
            this.type = type;
            this.name = name;
            this.id = id;
            this.owner = owner;
            this.parent = parent;
        }

        String path() {
            return parent == null ? name : parent.path() + "/" + name;
        }

        int depth() {
            return parent == null ? 0 : parent.depth() + 1;
        }

        List<Node> instances() {
            return children.stream().filter(child -> child.type == CIN).toList();
        }

        long bytes() {
            return instances().stream().mapToLong(instance -> instance.content.length()).sum();
        }

        Optional<Node> child(String wanted) {
            return children.stream().filter(child -> child.name.equals(wanted)).findFirst();
        }
    }

    final Node base;

    PlainTree(String name, String id) {
        base = new Node(BASE, name, id, "", null);
    }

    /** All nodes, parents before their children, siblings in the order in which they were made. */
    List<Node> all() {
        List<Node> all = new ArrayList<>();
        visit(base, all::add);
        return all;
    }

    static void visit(Node node, Consumer<Node> visitor) {
        visitor.accept(node);
        node.children.forEach(child -> visit(child, visitor));
    }

    /** An instance belongs to whoever its container belongs to; without policies nobody else has rights. */
    static boolean permits(String originator, Node node) {
        Node guarded = node.type == CIN ? node.parent : node;
        return originator.equals(ADMINISTRATOR) || originator.equals(guarded.owner);
    }

    /** What a CREATE is answered with, in the order in which a receiver looks. */
    int creation(String originator, Node parent, int type, Optional<String> name, int size) {
        if (!permits(originator, parent)) {
            return 4103;
        }
        boolean allowed = type == CNT ? parent.type != CIN : parent.type == CNT;
        if (!allowed) {
            return 4108;
        }
        boolean tooLarge = parent.mostBytes.filter(most -> size > most).isPresent();
        boolean noRoom = parent.mostInstances.filter(most -> most == 0).isPresent();
        if (name.flatMap(parent::child).isPresent()) {
            return 4105;
        }
        return type == CIN && (tooLarge || noRoom) ? 5207 : 2001;
    }

    Node container(Node parent, String name, String id, String owner) {
        Node node = new Node(CNT, name, id, owner, parent);
        parent.children.add(node);
        parent.state++;
        return node;
    }

    Node instance(Node parent, String name, String id, String content) {
        Node node = new Node(CIN, name, id, "", parent);
        node.content = content;
        node.state = ++parent.state;
        parent.children.add(node);
        trim(parent);
        return node;
    }

    /** The oldest give way until the container is within its limits. */
    void trim(Node container) {
        while (container.mostInstances.filter(most -> container.instances().size() > most).isPresent()
                || container.mostBytes.filter(most -> container.bytes() > most).isPresent()) {
            container.children.remove(container.instances().get(0));
        }
    }

    int update(String originator, Node node) {
        if (node.type == CIN || node.type == BASE) {
            return 4005;
        }
        return permits(originator, node) ? 2004 : 4103;
    }

    void updated(Node node) {
        node.state++;
        node.parent.state++;
        trim(node);
    }

    int deletion(String originator, Node node) {
        if (node.type == BASE) {
            return 4005;
        }
        return permits(originator, node) ? 2002 : 4103;
    }

    void delete(Node node) {
        node.parent.children.remove(node);
    }

    /** What has its time goes, with all below it. */
    void pass(long now) {
        all().stream().filter(node -> node.end <= now && node.parent != null).forEach(this::delete);
    }
}
