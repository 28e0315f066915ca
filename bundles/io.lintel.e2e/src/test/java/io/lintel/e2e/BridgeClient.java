// SPDX-License-Identifier: Apache-2.0
package io.lintel.e2e;

import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.Serialization;
import java.util.Optional;

/** A client that others have written, as the bridge's matrix uses it: one class for each binding. Any thread. */
interface BridgeClient {
    /** As the matrix calls it. */
    String name();

    /** Sends the request in this serialisation and gives the response. */
    Reply send(RequestPrimitive request, Serialization serialization) throws Exception;

    /** What came back; the content is that of the response, if the client showed one. */
    record Reply(int status, Optional<Content> content) {

        String text() {
            return content.map(Content::attributes).map(Representations::content).orElse("");
        }
    }

    static boolean isCreate(RequestPrimitive request) {
        return request.operation() == Operation.CREATE;
    }
}
