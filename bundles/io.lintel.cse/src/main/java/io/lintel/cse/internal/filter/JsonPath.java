// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.filter;

import io.lintel.cse.internal.request.Refusals;
import io.lintel.primitive.Attributes;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A query of {@code cfq} (content filter, {@code cfs} 1): JSONPath as in RFC 9535 without functions: names, wildcards,
 * indexes, slices, several selectors at once, descendants, and filters with comparisons, existence, {@code &&}, {@code ||},
 * {@code !} and parentheses. Immutable; what it may look at is bounded.
 */
public final class JsonPath {
    private static final int MOST_VISITS = 200_000;

    private final boolean fromRoot;
    private final List<Segment> segments;

    JsonPath(boolean fromRoot, List<Segment> segments) {
        this.fromRoot = fromRoot;
        this.segments = List.copyOf(segments);
    }

    /** @throws io.lintel.primitive.PrimitiveException 4000 saying where the text is no query */
    public static JsonPath parse(String text) {
        return new JsonPathParser(text).query();
    }

    /** Whether the query finds anything in a content, which may be a value of the model or JSON in a text. */
    public boolean finds(Object content) {
        Optional<Object> root = content instanceof String text ? JsonText.read(text) : Optional.of(content);
        return root.isPresent() && !nodes(new Run(root.get()), root.get()).isEmpty();
    }

    /** Whether it can find one value at most, so that it may be compared. */
    boolean isSingular() {
        return segments.stream().allMatch(segment -> !segment.descendants() && segment.selectors().size() == 1
                && segment.selectors().get(0).isSingular());
    }

    private List<Object> nodes(Run run, Object current) {
        List<Object> nodes = List.of(fromRoot ? run.root : current);
        for (Segment segment : segments) {
            List<Object> next = new ArrayList<>();
            for (Object node : nodes) {
                segment.select(run, node, next);
            }
            nodes = next;
        }
        return nodes;
    }

    /** One evaluation: the root, and how much it has looked at. */
    static final class Run {
        private final Object root;
        private int visits;

        Run(Object root) {
            this.root = root;
        }

        void visit() {
            if (++visits > MOST_VISITS) {
                throw Refusals.badRequest("cfq looks at more than " + MOST_VISITS + " values of one content");
            }
        }
    }

    /** One step of the path. */
    record Segment(boolean descendants, List<Selector> selectors) {
        void select(Run run, Object node, List<Object> found) {
            run.visit();
            selectors.forEach(selector -> selector.select(run, node, found));
            if (descendants) {
                children(node).forEach(child -> select(run, child, found));
            }
        }
    }

    private static List<Object> children(Object node) {
        if (node instanceof Attributes object) {
            List<Object> members = new ArrayList<>(object.size());
            object.forEach((name, value) -> members.add(value));
            return members;
        }
        return node instanceof List<?> list ? List.copyOf(list) : List.of();
    }

    /** What a step picks of a value's members or elements. */
    interface Selector {
        void select(Run run, Object node, List<Object> found);

        default boolean isSingular() {
            return false;
        }
    }

    record Name(String name) implements Selector {
        @Override
        public void select(Run run, Object node, List<Object> found) {
            if (node instanceof Attributes object) {
                object.get(name).ifPresent(found::add);
            }
        }

        @Override
        public boolean isSingular() {
            return true;
        }
    }

    record Wildcard() implements Selector {
        @Override
        public void select(Run run, Object node, List<Object> found) {
            children(node).forEach(child -> {
                run.visit();
                found.add(child);
            });
        }
    }

    record Index(long index) implements Selector {
        @Override
        public void select(Run run, Object node, List<Object> found) {
            if (node instanceof List<?> list) {
                long at = index < 0 ? list.size() + index : index;
                if (at >= 0 && at < list.size()) {
                    found.add(list.get((int) at));
                }
            }
        }

        @Override
        public boolean isSingular() {
            return true;
        }
    }

    /** Start, end and step as in RFC 9535 2.3.4; empty ones have their defaults. */
    record Slice(Optional<Long> start, Optional<Long> end, long step) implements Selector {
        @Override
        public void select(Run run, Object node, List<Object> found) {
            if (!(node instanceof List<?> list) || step == 0) {
                return;
            }
            long size = list.size();
            long from = start.map(n -> n < 0 ? size + n : n).orElse(step > 0 ? 0 : size - 1);
            long to = end.map(n -> n < 0 ? size + n : n).orElse(step > 0 ? size : -1L);
            if (step > 0) {
                for (long i = Math.max(from, 0); i < Math.min(to, size); i += step) {
                    run.visit();
                    found.add(list.get((int) i));
                }
            } else {
                for (long i = Math.min(from, size - 1); i > Math.max(to, -1); i += step) {
                    run.visit();
                    found.add(list.get((int) i));
                }
            }
        }
    }

    record Filter(Condition condition) implements Selector {
        @Override
        public void select(Run run, Object node, List<Object> found) {
            children(node).forEach(child -> {
                run.visit();
                if (condition.holds(run, child)) {
                    found.add(child);
                }
            });
        }
    }

    /** A filter's expression, on the value that it decides about. */
    interface Condition {
        boolean holds(Run run, Object current);
    }

    static Condition exists(JsonPath path) {
        return (run, current) -> !path.nodes(run, current).isEmpty();
    }

    /** @param constant the value when there is no path */
    record Operand(Optional<JsonPath> path, Object constant) {
        /** Null when the path finds nothing. */
        private Object value(Run run, Object current) {
            if (path.isEmpty()) {
                return constant;
            }
            List<Object> nodes = path.get().nodes(run, current);
            return nodes.isEmpty() ? null : nodes.get(0);
        }
    }

    static Condition comparison(Operand left, String operator, Operand right) {
        return (run, current) -> {
            Object a = left.value(run, current);
            Object b = right.value(run, current);
            return switch (operator) {
                case "==" -> same(a, b);
                case "!=" -> !same(a, b);
                case "<" -> less(a, b);
                case ">" -> less(b, a);
                case "<=" -> less(a, b) || same(a, b);
                default -> less(b, a) || same(a, b);
            };
        };
    }

    private static boolean same(Object a, Object b) {
        return a instanceof Number x && b instanceof Number y ? decimal(x).compareTo(decimal(y)) == 0 : Objects.equals(a, b);
    }

    private static boolean less(Object a, Object b) {
        if (a instanceof Number x && b instanceof Number y) {
            return decimal(x).compareTo(decimal(y)) < 0;
        }
        return a instanceof String x && b instanceof String y && x.compareTo(y) < 0;
    }

    private static BigDecimal decimal(Number number) {
        return number instanceof BigDecimal exact ? exact : new BigDecimal(number.toString());
    }
}
