// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive;

/** What travels between two entities: a request (has {@code op}) or a response (has {@code rsc}). */
public sealed interface Primitive permits RequestPrimitive, ResponsePrimitive {

    /** The identifier that ties a response to its request ({@code rqi}); empty text only before it is assigned. */
    String requestIdentifier();

    /** All parameters by short name, in the order of the standard's table, without {@code pc}. */
    Attributes parameters();

    /** The content ({@code pc}). */
    java.util.Optional<Content> content();
}
