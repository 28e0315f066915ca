// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.access;

/**
 * A token that proved valid for a request.
 *
 * @param id      its Token-ID, {@code tkid}
 * @param compact the token itself
 * @param sent    whether the request carried it whole, so that a local token ID spares the next one that
 */
record AcceptedToken(String id, String compact, boolean sent) {
}
