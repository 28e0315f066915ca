// SPDX-License-Identifier: Apache-2.0
package io.lintel.itest.contract;

import com.google.gson.JsonObject;

/**
 * A binding from the client's side: one class for each, over real sockets. Used by many runs at a time; what a binding
 * can't express is a {@link ContractFault} that says so.
 */
interface Door extends AutoCloseable {
    /** As case files call it: {@code mqtt}, {@code http}, {@code coap}, {@code websocket}. */
    String name();

    /** Sends a request and waits for its response. */
    Response send(Request request, Format format) throws Exception;

    /**
     * Lets an AE, or whoever listens at a URI of its own, be notified.
     *
     * @param name unique
     * @return the pointOfAccess of the AE
     */
    String listen(String name, Listener listener);

    /** A URI for {@code nu} where a plain listener of this name is notified. */
    String address(String name);

    void forget(String name);

    @Override
    void close() throws Exception;

    /** Takes notifications, on a thread of the binding. */
    interface Listener {
        /** @return the status code to answer with */
        int notified(Notification notification);
    }

    /**
     * What came.
     *
     * @param parameters {@code fr}, {@code rqi}, {@code rvi} … as far as the binding carries them
     * @param format     the serialisation it came in
     */
    record Notification(JsonObject parameters, JsonObject content, String format) {
    }

    static Format format(String name) {
        return Format.ALL.stream().filter(format -> format.name().equals(name)).findFirst().orElseThrow();
    }
}
