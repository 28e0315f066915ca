// SPDX-License-Identifier: Apache-2.0
package io.lintel.itest.contract;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/**
 * What a case file says in its JSON notation: plain values, and, where an answer is described, matchers for what can't be
 * known. Read by {@link Notation}, compared by {@link Comparison}, sent by {@link Variables#json}.
 */
sealed interface Expected {

    /** @param open whether other members may be there, too ({@code ...}) */
    record Members(Map<String, Expected> members, boolean open) implements Expected {
    }

    /** How the elements of a list are compared. */
    enum Order {
        EXACT, SET, CONTAINS
    }

    record Elements(List<Expected> elements, Order order) implements Expected {
    }

    /** May have {@code ${…}} in it. */
    record Text(String text) implements Expected {
    }

    record Number(BigDecimal value) implements Expected {
    }

    record Flag(boolean value) implements Expected {
    }

    record Null() implements Expected {
    }

    /** A variable that stands alone and keeps its type. */
    record Variable(String name) implements Expected {
    }

    /** A matcher by its word, with what it needs. */
    record Matcher(String word, Expected argument) implements Expected {
    }

    /** What is found here gets a name. */
    record Named(Expected value, String name) implements Expected {
    }
}
