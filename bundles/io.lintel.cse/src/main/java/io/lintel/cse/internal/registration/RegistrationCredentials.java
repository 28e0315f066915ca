// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.registration;

import io.lintel.cse.api.Hop;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceReader;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.address.Wildcard;
import io.lintel.cse.internal.request.Refusals;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.ResponseStatusCode;
import java.util.List;
import java.util.Optional;

/**
 * Which credential an AE or CSE registered with (TS-0003 8, TS-0010 6.4.4 and 7.2). It is written with the registration
 * and goes with it, in the same task, as a record beside the resource tree: its ID has a colon, which no address has, so
 * nobody can read, change or find it through the CSE. {@link RegistrationView} has it in memory.
 *
 * <p>What the credential may register as comes with the hop ({@link Hop#permitted()}); a wish that does not fit is
 * refused with 4106 where it names somebody else, and with 4126 where no AE-ID can be given.
 */
public final class RegistrationCredentials {
    private static final String PREFIX = "credential:";
    private static final String ATTRIBUTE = "credential";
    private static final int NO_TYPE = 0;

    private RegistrationCredentials() {
    }

    /** The Credential-ID that came with the registration; empty text if none did. */
    static String of(ResourceReader reader, Resource registration) {
        return reader.byId(PREFIX + registration.id()).flatMap(record -> record.text(ATTRIBUTE)).orElse("");
    }

    /** Keeps the credential of a registration that is just made. */
    static void keep(ResourceWriter writer, Hop hop, Resource registration) {
        hop.credential().filter(credential -> !credential.isEmpty()).ifPresent(credential -> {
            String id = PREFIX + registration.id();
            writer.insert(new Resource(NO_TYPE, ATTRIBUTE, id, "", id, registration.id(), Long.MAX_VALUE,
                    Attributes.of(ATTRIBUTE, credential)));
        });
    }

    /** The registration is gone. */
    static void forget(ResourceWriter writer, Resource registration) {
        writer.byId(PREFIX + registration.id()).ifPresent(writer::delete);
    }

    /** What an AE that wishes for this (empty text, {@code C}, {@code S} or a whole stem) is to be given, if it may be. */
    public static String permittedStem(Hop hop, String wish) {
        Optional<List<String>> permitted = hop.permitted();
        if (permitted.isEmpty()) {
            return wish;
        }
        List<String> stems = permitted.get().stream().filter(id -> !id.startsWith("/")).toList();
        String credential = hop.credential().orElse("");
        if (wish.length() > 1) {
            if (!Wildcard.matchesAny(stems, wish)) {
                throw Refusals.notAuthenticated("fr is " + wish + ", which Credential-ID " + credential + " does not stand for");
            }
            return wish;
        }
        List<String> fitting = stems.stream().filter(stem -> stem.startsWith(wish)).toList();
        if (fitting.size() == 1 && fitting.get(0).indexOf('*') < 0) {
            return fitting.get(0);
        }
        for (String type : wish.isEmpty() ? List.of("C", "S") : List.of(wish)) {
            if (stems.contains(type + "*") || stems.contains("*")) {
                return type;
            }
        }
        throw new PrimitiveException(ResponseStatusCode.APP_RULE_VALIDATION_FAILED, stems.isEmpty()
                ? "no AE registers with Credential-ID " + credential
                : "Credential-ID " + credential + " stands for " + String.join(", ", stems)
                        + ": fr has to be the whole AE-ID stem");
    }

    /** Refuses the registration of a CSE with a credential that does not stand for it. */
    public static void requirePermittedCse(Hop hop, String cseId) {
        hop.permitted().filter(ids -> ids.stream().noneMatch(id -> id.startsWith("/") && Wildcard.matches(id, cseId)))
                .ifPresent(ids -> {
            throw Refusals.notAuthenticated("fr is " + cseId + ", which Credential-ID " + hop.credential().orElse("")
                    + " does not stand for");
        });
    }

    /** Refuses a second CSE with one credential: it stands for one CSE, though it may choose its CSE-ID (TS-0003 8.2.3). */
    static void requireNoOtherCse(ResourceReader reader, Hop hop, String cseId) {
        if (hop.permitted().isEmpty() || hop.credential().isEmpty()) {
            return;
        }
        for (Resource remote : RemoteCseIndex.all(reader)) {
            Optional<String> other = remote.text("csi").filter(id -> !id.equals(cseId));
            if (other.isPresent() && hop.credential().get().equals(of(reader, remote))) {
                throw Refusals.notAuthenticated("fr is " + cseId + ", but " + other.get()
                        + " is registered with Credential-ID " + hop.credential().get());
            }
        }
    }
}
