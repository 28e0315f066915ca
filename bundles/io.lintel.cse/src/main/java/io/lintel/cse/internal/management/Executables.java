// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.management;

import io.lintel.primitive.Attributes;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The boolean attributes of management objects that are no data but start something (TS-0001 annex D): by specialisation,
 * each with the one that asks for the opposite and the attribute in which the progress is seen. Pure.
 */
final class Executables {
    static final int FAILURE = 2;
    static final int IN_PROCESS = 3;

    private static final Map<String, List<Executable>> BY_MEMBER = Map.of(
            "m2m:fwr", List.of(new Executable("ud", "", "uds")),
            "m2m:swr", List.of(new Executable("in", "un", "ins"), new Executable("un", "in", "ins"),
                    new Executable("act", "dea", "acts"), new Executable("dea", "act", "acts")),
            "m2m:dvc", List.of(new Executable("ena", "dis", "cas"), new Executable("dis", "ena", "cas")),
            "m2m:rbo", List.of(new Executable("rbo", "far", ""), new Executable("far", "rbo", "")),
            "m2m:evl", List.of(new Executable("lga", "lgo", ""), new Executable("lgo", "lga", "")));

    private Executables() {
    }

    /**
     * One of them.
     *
     * @param attribute its short name
     * @param opposite  the one that may not be set together with it; empty if there is none
     * @param status    the attribute of type actionStatus; empty if there is none
     */
    record Executable(String attribute, String opposite, String status) {
    }

    /** Those of a specialisation. */
    static List<Executable> of(String memberName) {
        return BY_MEMBER.getOrDefault(memberName, List.of());
    }

    /** Those that are set to true here. */
    static List<Executable> set(String memberName, Attributes attributes) {
        return of(memberName).stream().filter(executable -> attributes.flag(executable.attribute()).orElse(false)).toList();
    }

    static Optional<Executable> named(String memberName, String attribute) {
        return of(memberName).stream().filter(executable -> executable.attribute().equals(attribute)).findFirst();
    }

    /** {@code m2m:actionStatus}. */
    static Attributes status(String action, int value) {
        return Attributes.builder().set("acn", action).set("sus", value).build();
    }

    /** Whether a status says that the action has not ended, or not well: what the machine says does not replace it. */
    static boolean isOpen(Object status) {
        return inProcess(status) || status instanceof Attributes attributes
                && attributes.number("sus").filter(sus -> sus == FAILURE).isPresent();
    }

    /** Whether one status says how the action of another ended. */
    static boolean ends(Optional<Object> later, Attributes earlier) {
        return later.filter(Attributes.class::isInstance).map(Attributes.class::cast).filter(status -> !inProcess(status)
                && status.text("acn").isPresent() && status.text("acn").equals(earlier.text("acn"))).isPresent();
    }

    /** Whether a status says that the action has not ended. */
    static boolean inProcess(Object status) {
        return status instanceof Attributes attributes
                && attributes.number("sus").filter(sus -> sus == IN_PROCESS).isPresent();
    }
}
