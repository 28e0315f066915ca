// SPDX-License-Identifier: Apache-2.0
package io.lintel.itest.contract;

import com.google.gson.JsonObject;
import java.util.List;

/** A serialisation from the client's side. Trees are those of JSON; implementations are shared by all threads. */
interface Format {
    List<Format> ALL = List.of(new JsonText(), new XmlText(), new CborBytes());

    /** {@code json}, {@code xml} or {@code cbor}. */
    String name();

    /** Whether numbers and booleans look like texts. */
    boolean untyped();

    byte[] content(JsonObject content);

    /** A whole request or response; its {@code pc} is the content. */
    byte[] primitive(JsonObject primitive);

    /** A whole request whose content is these bytes, whatever they are. */
    byte[] primitive(JsonObject parameters, byte[] content);

    JsonObject readContent(byte[] bytes);

    JsonObject readPrimitive(byte[] bytes);
}
