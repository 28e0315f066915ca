// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.notification;

import io.lintel.primitive.Attributes;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@code nsi} says of each target of a subscription as long as {@code nse} is true (TS-0001 9.6.8, Release 4): events
 * ({@code noec}), requests ({@code rqs}) and responses ({@code rsr}). Pure.
 */
public final class NotificationStatistics {
    private NotificationStatistics() {
    }

    /** Whether anything is counted. */
    public static boolean isOn(Attributes subscription) {
        return subscription.flag("nse").orElse(false);
    }

    /** From zero, when it is switched on. */
    static Attributes begun(Attributes subscription) {
        return subscription.toBuilder().set("nsi", subscription.texts("nu").stream().map(NotificationStatistics::none).toList())
                .build();
    }

    /** An event happened that all targets are told of. */
    static Attributes event(Attributes subscription) {
        Attributes counted = subscription;
        for (String target : subscription.texts("nu")) {
            counted = add(counted, target, "noec");
        }
        return counted;
    }

    /** A notification to a target has come to its end. */
    public static Attributes sent(Attributes subscription, String target, boolean answered) {
        Attributes sent = add(subscription, target, "rqs");
        return answered ? add(sent, target, "rsr") : sent;
    }

    private static Attributes none(String target) {
        return Attributes.builder().set("tg", target).set("rqs", 0).set("rsr", 0).set("noec", 0).build();
    }

    private static Attributes add(Attributes subscription, String target, String member) {
        List<Attributes> all = new ArrayList<>(subscription.objects("nsi"));
        int at = -1;
        for (int i = 0; i < all.size(); i++) {
            at = all.get(i).text("tg").filter(target::equals).isPresent() ? i : at;
        }
        if (at < 0) {
            all.add(none(target));
            at = all.size() - 1;
        }
        Attributes entry = all.get(at);
        all.set(at, entry.toBuilder().set(member, entry.number(member).orElse(0L) + 1).build());
        return subscription.toBuilder().set("nsi", all).build();
    }
}
