// SPDX-License-Identifier: Apache-2.0
package io.lintel.console.internal;

import io.lintel.cse.api.store.OutboundItem;
import io.lintel.primitive.Serialization;
import io.lintel.primitive.codec.PrimitiveCodec;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Items of the outbound queue in words. Stateless. */
final class OutboundText {
    private OutboundText() {
    }

    /** What a list says of an item; times are milliseconds since 1970. */
    static Map<String, Object> facts(OutboundItem item) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("sequence", item.sequence());
        facts.put("target", item.target());
        facts.put("kind", item.kind().name().toLowerCase(Locale.ROOT));
        facts.put("op", item.request().operation().name());
        facts.put("to", item.request().to());
        facts.put("from", item.request().from().orElse(""));
        facts.put("rqi", item.request().requestIdentifier());
        facts.put("ec", category(item));
        facts.put("since", item.since());
        facts.put("expiration", item.expiration());
        facts.put("bytes", item.bytes());
        facts.put("reason", reason(item));
        return facts;
    }

    static String category(OutboundItem item) {
        return item.request().parameters().number("ec").map(number -> switch (number.intValue()) {
            case 2 -> "2 immediate";
            case 3 -> "3 bestEffort";
            case 4 -> "4 latest";
            default -> number.toString();
        }).orElse("bestEffort");
    }

    /** One line. */
    static String reason(OutboundItem item) {
        String reason = item.reason().lines().findFirst().orElse("");
        return switch (item.kind()) {
            case NOTIFICATION -> reason.isEmpty() ? "notification" : "notification of " + reason;
            case RESULT -> "result of an accepted request";
            case REQUEST -> reason.isEmpty() ? "request in transit" : "request in transit from " + reason;
            case ANNOUNCEMENT -> "announcement of " + reason.split(" ")[0];
            case EXECUTION -> "request of " + reason + ", for " + item.request().parameters().text("oet").orElse("?");
        };
    }

    /** The request as it travels, in JSON. */
    static String json(OutboundItem item) {
        return new String(PrimitiveCodec.of(Serialization.JSON).encode(item.request()), StandardCharsets.UTF_8);
    }

    static String time(long millis) {
        return millis <= 0 ? "–" : millis > 253_402_300_799_000L ? "never"
                : Instant.ofEpochMilli(millis).truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
