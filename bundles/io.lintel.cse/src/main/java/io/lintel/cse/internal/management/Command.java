// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.management;

import io.lintel.primitive.Attributes;
import io.lintel.primitive.Durations;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.ResponseStatusCode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a {@code <mgmtCmd>} asks for (TS-0001 9.6.16): the kind of command, its arguments, and how often and when it is
 * executed. Wrong ones are refused with the codes that are theirs: 6022, 6023, 6024. Pure.
 *
 * @param type      {@code cmdType}
 * @param arguments of that type; empty if it has none
 * @param mode      {@code execMode}; once and at once if it is not given
 * @param times     how often it is executed
 * @param interval  between two executions
 * @param delay     at most this long an execution waits, at random
 */
record Command(int type, Attributes arguments, int mode, long times, Duration interval, Duration delay) {
    static final int RESET = 1;
    static final int REBOOT = 2;
    static final int UPLOAD = 3;
    static final int DOWNLOAD = 4;
    static final int SOFTWARE_INSTALL = 5;
    static final int SOFTWARE_UNINSTALL = 6;
    static final int SOFTWARE_UPDATE = 7;

    private static final int IMMEDIATE_REPEAT = 2;
    private static final int RANDOM_ONCE = 3;
    private static final int RANDOM_REPEAT = 4;
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Map<Integer, String> ARGUMENTS = Map.of(RESET, "rst", REBOOT, "rbo", UPLOAD, "uld", DOWNLOAD, "dld",
            SOFTWARE_INSTALL, "swin", SOFTWARE_UNINSTALL, "swun", SOFTWARE_UPDATE, "swup");
    private static final Map<Integer, List<String>> NEEDED = Map.of(UPLOAD, List.of("url"), DOWNLOAD, List.of("url"),
            SOFTWARE_INSTALL, List.of("url", "uuid"), SOFTWARE_UNINSTALL, List.of("uuid"),
            SOFTWARE_UPDATE, List.of("url", "uuid"));

    /** As the attributes of a mgmtCmd or of its execInstance say. */
    static Command of(Attributes attributes) {
        long type = attributes.number("cmt").orElseThrow();
        if (type < RESET || type > SOFTWARE_UPDATE) {
            throw refusal(ResponseStatusCode.INVALID_CMDTYPE, "cmt " + type + " is no type of command; there are 1 to 7");
        }
        int mode = attributes.number("exm").orElse(1L).intValue();
        boolean repeated = mode == IMMEDIATE_REPEAT || mode == RANDOM_REPEAT;
        boolean random = mode == RANDOM_ONCE || mode == RANDOM_REPEAT;
        long times = attributes.number("exn").orElse(0L);
        Duration interval = duration(attributes, "exf");
        if (repeated && (times < 1 || !attributes.has("exf"))) {
            throw refusal(ResponseStatusCode.INSUFFICIENT_ARGUMENTS, "a repeated execution (exm " + mode + ") needs exf, and"
                    + " exn of at least 1");
        }
        if (repeated && interval.compareTo(SHORTEST) < 0) {
            throw refusal(ResponseStatusCode.INVALID_ARGUMENTS, "exf is less than a second");
        }
        if (random && !attributes.has("exy")) {
            throw refusal(ResponseStatusCode.INSUFFICIENT_ARGUMENTS, "an execution at random (exm " + mode + ") needs exy");
        }
        return new Command((int) type, arguments((int) type, attributes), mode, repeated ? times : 1,
                repeated ? interval : Duration.ZERO, random ? duration(attributes, "exy") : Duration.ZERO);
    }

    private static Duration duration(Attributes attributes, String name) {
        return attributes.text(name).map(text -> Durations.parse(text).orElseThrow(() ->
                refusal(ResponseStatusCode.INVALID_ARGUMENTS, name + " is no duration: " + text))).orElse(Duration.ZERO);
    }

    private static Attributes arguments(int type, Attributes attributes) {
        Attributes all = attributes.object("exra").orElse(Attributes.empty());
        String member = ARGUMENTS.get(type);
        all.names().stream().filter(name -> !name.equals(member)).findFirst().ifPresent(name -> {
            throw refusal(ResponseStatusCode.INVALID_ARGUMENTS, "exra has " + name + " where the arguments of cmt " + type
                    + " are " + member);
        });
        List<Attributes> given = all.object(member).map(List::of).orElseGet(() -> all.objects(member));
        if (given.size() > 1) {
            throw refusal(ResponseStatusCode.INVALID_ARGUMENTS, member + " of exra has more than one set of arguments");
        }
        Attributes arguments = given.isEmpty() ? Attributes.empty() : given.get(0);
        for (String needed : NEEDED.getOrDefault(type, List.of())) {
            if (!arguments.has(needed)) {
                throw refusal(ResponseStatusCode.INSUFFICIENT_ARGUMENTS, "exra of cmt " + type + " needs " + member + " with "
                        + needed);
            }
            if (arguments.text(needed).filter(text -> !text.isBlank()).isEmpty()) {
                throw refusal(ResponseStatusCode.INVALID_ARGUMENTS, needed + " in " + member + " of exra is no text");
            }
        }
        return arguments;
    }

    /** The specialisation whose object executes it; empty if no object does. */
    Optional<String> memberName() {
        return switch (type) {
            case RESET, REBOOT -> Optional.of("m2m:rbo");
            case SOFTWARE_INSTALL, SOFTWARE_UNINSTALL, SOFTWARE_UPDATE -> Optional.of("m2m:swr");
            default -> Optional.empty();
        };
    }

    /** The executable of that object. */
    String executable() {
        return switch (type) {
            case RESET -> "far";
            case REBOOT -> "rbo";
            case SOFTWARE_UNINSTALL -> "un";
            default -> "in";
        };
    }

    /** Whether the process ends by it, so that its end is not seen by the one that began it. */
    boolean endsTheProcess() {
        return type == RESET || type == REBOOT;
    }

    /** The software it is about. */
    String software() {
        return arguments.text("uuid").orElse("");
    }

    static PrimitiveException refusal(ResponseStatusCode status, String text) {
        return new PrimitiveException(status, text);
    }
}
