// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.jdbc;

import java.util.ArrayList;
import java.util.List;

/** The statements whose cost must not grow with what is stored, for the tests that ask a database how it runs them. */
public final class Plans {
    private Plans() {
    }

    /** Reads and changes that are made for single requests; all of instances of one type, and the start, are not. */
    public static List<String> statements() {
        List<String> statements = new ArrayList<>(List.of(ResourceQueries.BY_ID, ResourceQueries.INSTANCE, ResourceQueries.CHILD,
                ResourceQueries.NAMED_INSTANCE, ResourceQueries.GENERATED, ResourceQueries.CHILDREN,
                ResourceQueries.CHILDREN_OF_TYPE, ResourceQueries.OF_TYPE,
                ResourceQueries.INSTANCES, ResourceQueries.NEWEST, ResourceQueries.EXPIRED, ResourceQueries.EXPIRED_INSTANCES,
                OutboundQueries.ITEMS, OutboundQueries.ITEM,
                OutboundQueries.LATEST, OutboundQueries.EXPIRED, WriterView.RELEASE, OutboundQueries.FIRST_TARGET,
                OutboundQueries.NEXT_TARGET, SessionReader.QUEUE,
                SessionReader.MESSAGE, WriterView.RESPONSE, StoredResponses.RESPONSES,
                StoredResponses.DELETE, StoredResponses.SIZES, HeldQueries.REQUESTS, HeldQueries.MARKS));
        statements.addAll(ChangeWriter.CHANGES);
        statements.addAll(Journal.CHANGES);
        return statements;
    }
}
