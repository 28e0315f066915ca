// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal;

import io.lintel.cse.api.Hop;
import io.lintel.primitive.RequestPrimitive;
import java.time.Instant;

/**
 * A request that has passed the checks on its sender, as the rules of the types see it.
 *
 * @param request    as it came
 * @param originator the sender's ID in its shortest valid form here: AE-ID stem for an AE registered here,
 *                   SP-relative for everyone else
 * @param hop        how it came
 * @param now        the one instant that all timestamps of this request are taken from
 */
record RequestContext(RequestPrimitive request, String originator, Hop hop, Instant now) {
}
