// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.request;

import io.lintel.cse.api.Binding;
import io.lintel.cse.api.Hop;
import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.internal.outbound.RequestOutcomes;
import java.util.Optional;

/**
 * What access control will want to know of the sender of a request that is executed later: written into the item's
 * reason, one line each, and read back. Stateless.
 */
public final class StoredContext {
    private static final int LINES = 7;

    private StoredContext() {
    }

    static String of(RequestContext context) {
        Hop hop = context.hop();
        return String.join("\n", line(context.originator()), hop.binding().name(), line(hop.peer()),
                String.valueOf(hop.loopback()), String.valueOf(hop.secured()), line(hop.verified().orElse("")),
                line(hop.originator().orElse("")));
    }

    private static String line(String text) {
        return text.replace('\n', ' ');
    }

    public static String originator(OutboundItem item) {
        return lines(item)[0];
    }

    /** The hop as it was; the request is known by its place in the queue, so that it is not executed twice. */
    static Hop hop(OutboundItem item) {
        String[] lines = lines(item);
        return new Hop(Binding.valueOf(lines[1]), lines[2], Boolean.parseBoolean(lines[3]), Boolean.parseBoolean(lines[4]),
                named(lines[5]), named(lines[6]), Optional.empty(), Optional.of("execution " + item.sequence()));
    }

    private static Optional<String> named(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    private static String[] lines(OutboundItem item) {
        String[] lines = RequestOutcomes.firstReason(item).split("\n", -1);
        if (lines.length != LINES) {
            throw new IllegalStateException("an item of the queue names its sender in " + lines.length + " lines");
        }
        return lines;
    }
}
