// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * An immutable, ordered set of members by short name: a resource's representation, a primitive's parameters, or a
 * complex value inside one. It is the one model that JSON, XML and CBOR are read into and written from.
 *
 * <p>A value is a {@link String}, {@link Boolean}, {@link Long}, {@link Double}, {@link BigDecimal} (a number that
 * neither of the former holds exactly), {@code Attributes}, a {@link List} of these, or {@link #NULL}.
 * The typed readers answer empty when the member is missing <em>or of another type</em>; what a peer sent is checked
 * by the attribute table before it is read here.
 */
public final class Attributes {
    /** The explicit null of TS-0004 8.4: "delete this attribute", or "fill in the creator". */
    public static final Object NULL = new Object() {
        @Override
        public String toString() {
            return "null";
        }
    };

    private static final Attributes EMPTY = new Attributes(new LinkedHashMap<>());

    private final Map<String, Object> members;

    private Attributes(LinkedHashMap<String, Object> members) {
        this.members = Collections.unmodifiableMap(members);
    }

    /** No members at all. */
    public static Attributes empty() {
        return EMPTY;
    }

    /** One member; for more use {@link #builder()}. */
    public static Attributes of(String name, Object value) {
        return builder().set(name, value).build();
    }

    /** Starts from nothing. */
    public static Builder builder() {
        return new Builder(new LinkedHashMap<>());
    }

    /** Starts from a copy of these members. */
    public Builder toBuilder() {
        return new Builder(new LinkedHashMap<>(members));
    }

    /** The value, {@link #NULL} included. */
    public Optional<Object> get(String name) {
        return Optional.ofNullable(members.get(name));
    }

    /** Whether the member is there, even as {@link #NULL}. */
    public boolean has(String name) {
        return members.containsKey(name);
    }

    /** Whether the member is there as {@link #NULL}. */
    public boolean isNull(String name) {
        return members.get(name) == NULL;
    }

    public Optional<String> text(String name) {
        return members.get(name) instanceof String s ? Optional.of(s) : Optional.empty();
    }

    /** An integral number; a fraction or a number beyond a {@code long} is no integral number. */
    public Optional<Long> number(String name) {
        return members.get(name) instanceof Long n ? Optional.of(n) : Optional.empty();
    }

    public Optional<Boolean> flag(String name) {
        return members.get(name) instanceof Boolean b ? Optional.of(b) : Optional.empty();
    }

    public Optional<Attributes> object(String name) {
        return members.get(name) instanceof Attributes a ? Optional.of(a) : Optional.empty();
    }

    /** The list, or an empty one when the member is missing or no list. */
    public List<Object> list(String name) {
        Object value = members.get(name);
        if (value instanceof List<?> list) {
            return Collections.unmodifiableList(list);
        }
        return List.of();
    }

    /** The strings of a list; elements of other types are left out. */
    public List<String> texts(String name) {
        return list(name).stream().filter(String.class::isInstance).map(String.class::cast).toList();
    }

    /** The integral numbers of a list; a single number counts as a list of one. */
    public List<Long> numbers(String name) {
        if (members.get(name) instanceof Long n) {
            return List.of(n);
        }
        return list(name).stream().filter(Long.class::isInstance).map(Long.class::cast).toList();
    }

    /** The objects of a list. */
    public List<Attributes> objects(String name) {
        return list(name).stream().filter(Attributes.class::isInstance).map(Attributes.class::cast).toList();
    }

    /** The member names, in order. */
    public Set<String> names() {
        return members.keySet();
    }

    public boolean isEmpty() {
        return members.isEmpty();
    }

    public int size() {
        return members.size();
    }

    public void forEach(BiConsumer<String, Object> action) {
        members.forEach(action);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Attributes a && members.equals(a.members);
    }

    @Override
    public int hashCode() {
        return members.hashCode();
    }

    @Override
    public String toString() {
        return members.toString();
    }

    /** Collects members; not for sharing between threads. */
    public static final class Builder {
        private LinkedHashMap<String, Object> members;

        private Builder(LinkedHashMap<String, Object> members) {
            this.members = members;
        }

        /**
         * Sets or replaces a member. Integers are widened to {@link Long}, lists are copied.
         *
         * @throws IllegalArgumentException for a Java type outside the model: that is a mistake of ours
         */
        public Builder set(String name, Object value) {
            members.put(name, normalise(value));
            return this;
        }

        /** Sets the member if there is a value. */
        public Builder set(String name, Optional<?> value) {
            value.ifPresent(v -> set(name, v));
            return this;
        }

        public Builder remove(String name) {
            members.remove(name);
            return this;
        }

        public boolean has(String name) {
            return members.containsKey(name);
        }

        /** Sets all members of the other. */
        public Builder setAll(Attributes other) {
            members.putAll(other.members);
            return this;
        }

        public Attributes build() {
            LinkedHashMap<String, Object> built = members;
            members = new LinkedHashMap<>(built);
            return built.isEmpty() ? EMPTY : new Attributes(built);
        }

        private static Object normalise(Object value) {
            if (value instanceof String || value instanceof Long || value instanceof Boolean || value instanceof Double
                    || value instanceof BigDecimal || value instanceof Attributes || value == NULL) {
                return value;
            }
            if (value instanceof Integer n) {
                return n.longValue();
            }
            if (value instanceof List<?> list) {
                List<Object> copy = new ArrayList<>(list.size());
                list.forEach(element -> copy.add(normalise(element)));
                return Collections.unmodifiableList(copy);
            }
            throw new IllegalArgumentException("not a value of the model: " + value);
        }
    }
}
