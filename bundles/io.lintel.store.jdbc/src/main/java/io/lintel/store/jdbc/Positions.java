// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.jdbc;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where deleted resources stood, for those whose ID does not say it, so that a list can be continued after its last
 * element is gone. Remembers the latest few thousand. For all threads.
 */
final class Positions {
    private static final int REMEMBERED = 4096;

    private final Map<String, Long> numbers = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > REMEMBERED;
        }
    };

    void deleted(Row row) {
        if (!row.isInstance() && Keys.number(row.resource().id()) != row.number()) {
            synchronized (numbers) {
                numbers.put(row.resource().id(), row.number());
            }
        }
    }

    /**
     * The number of a resource that is there no more.
     *
     * @throws IllegalArgumentException if nothing of this ID was seen here
     */
    long of(String id) {
        Keys.Instance instance = Keys.instance(id);
        if (instance != null) {
            return instance.number();
        }
        synchronized (numbers) {
            Long number = numbers.get(id);
            if (number != null) {
                return number;
            }
        }
        long number = Keys.number(id);
        if (number < 0) {
            throw new IllegalArgumentException("no list can be continued after " + id + ": it is not here");
        }
        return number;
    }
}
