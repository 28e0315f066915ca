// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import org.eclipse.californium.core.coap.Option;
import org.eclipse.californium.core.coap.option.IntegerOptionDefinition;
import org.eclipse.californium.core.coap.option.MapBasedOptionRegistry;
import org.eclipse.californium.core.coap.option.OptionDefinition;
import org.eclipse.californium.core.coap.option.OptionRegistry;
import org.eclipse.californium.core.coap.option.StandardOptionRegistry;
import org.eclipse.californium.core.coap.option.StringOptionDefinition;

import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.ResponseParameter;
import io.lintel.primitive.Timestamps;
import io.lintel.rest.internal.mapping.Values;

/**
 * The oneM2M options (TS-0008 6.2.3) with both of their numbers: the editions up to V3.6 and those after it. No number
 * means two things, so a receiver understands both at once; a sender has to choose. Lengths are not enforced: peers
 * send longer timestamps than the table allows.
 */
enum OneM2mOption {
    FR("oneM2M-FR", 279, 256, "fr"),
    RQI("oneM2M-RQI", 283, 257, "rqi"),
    NM("oneM2M-NM", 0, 258, ""),
    OT("oneM2M-OT", 259, 259, "ot"),
    RQET("oneM2M-RQET", 291, 260, "rqet"),
    RSET("oneM2M-RSET", 295, 261, "rset"),
    OET("oneM2M-OET", 299, 262, "oet"),
    RTURI("oneM2M-RTURI", 263, 263, ""),
    EC("oneM2M-EC", 303, 264, "ec", true),
    RSC("oneM2M-RSC", 307, 265, "rsc", true),
    GID("oneM2M-GID", 311, 266, "gid"),
    TY("oneM2M-TY", 267, 267, "ty", true),
    CTO("oneM2M-CTO", 319, 268, "cnot", true),
    CTS("oneM2M-CTS", 323, 269, "cnst", true),
    ATI("oneM2M-ATI", 327, 270, ""),
    RVI("oneM2M-RVI", 271, 271, "rvi"),
    VSI("oneM2M-VSI", 331, 272, "vsi"),
    GTM("oneM2M-GTM", 335, 0, "gtm"),
    AUS("oneM2M-AUS", 339, 0, "aus"),
    ASRI("oneM2M-ASRI", 275, 0, "asri");

    /** Which of the two columns of numbers to send. */
    enum NumberSet {
        NEW, OLD
    }

    private static final int TIMESTAMP_LENGTH = 15;
    private static final int FIRST = 256;
    private static final OneM2mOption[] BY_NUMBER = new OneM2mOption[128];
    /** As {@link #values()}, which makes an array each time. */
    static final List<OneM2mOption> ALL = List.of(values());

    static {
        for (OneM2mOption option : ALL) {
            for (OptionDefinition definition : option.definitions()) {
                BY_NUMBER[definition.getNumber() - FIRST] = option;
            }
        }
    }

    private final int newNumber;
    private final int oldNumber;
    private final boolean integer;
    private final Optional<OptionDefinition> newDefinition;
    private final Optional<OptionDefinition> oldDefinition;
    private final Optional<RequestParameter> requestParameter;
    private final Optional<ResponseParameter> responseParameter;

    OneM2mOption(String name, int newNumber, int oldNumber, String shortName) {
        this(name, newNumber, oldNumber, shortName, false);
    }

    OneM2mOption(String name, int newNumber, int oldNumber, String shortName, boolean integer) {
        this.integer = integer;
        this.newNumber = newNumber;
        this.oldNumber = oldNumber;
        newDefinition = define(newNumber, name);
        oldDefinition = newNumber == oldNumber ? newDefinition : define(oldNumber, name + "-old");
        boolean elsewhere = Set.of("cnot", "cnst", "rsc", "asri").contains(shortName);
        requestParameter = elsewhere ? Optional.empty() : RequestParameter.ofShortName(shortName);
        responseParameter = ResponseParameter.ofShortName(shortName);
    }

    private Optional<OptionDefinition> define(int number, String name) {
        if (number == 0) {
            return Optional.empty();
        }
        return Optional.of(integer ? new IntegerOptionDefinition(number, name, true, 0, 8)
                : new StringOptionDefinition(number, name, true, 0, 65535));
    }

    private List<OptionDefinition> definitions() {
        return Stream.of(newDefinition, oldDefinition).flatMap(Optional::stream).distinct().toList();
    }

    boolean isInteger() {
        return integer;
    }

    /** The request parameter this option simply holds, if it does. */
    Optional<RequestParameter> requestParameter() {
        return requestParameter;
    }

    /** The response parameter this option simply holds, if it does. */
    Optional<ResponseParameter> responseParameter() {
        return responseParameter;
    }

    /** A parameter's value as the option holds it. Timestamps have 15 characters: a fraction is cut off. */
    Object fitting(Object value) {
        if (integer) {
            return value;
        }
        String text = Values.write(value);
        boolean timestamp = this == OT || this == RQET || this == RSET || this == OET;
        return timestamp && text.length() > TIMESTAMP_LENGTH && Timestamps.parse(text).isPresent()
                ? text.substring(0, TIMESTAMP_LENGTH) : text;
    }

    /** The option with this number in either edition. */
    static Optional<OneM2mOption> ofNumber(int number) {
        int index = number - FIRST;
        return index < 0 || index >= BY_NUMBER.length ? Optional.empty() : Optional.ofNullable(BY_NUMBER[index]);
    }

    /** Whether the number belongs to just one of the editions, and to which. */
    static Optional<NumberSet> setOf(int number) {
        return ofNumber(number).filter(option -> option.newNumber != option.oldNumber)
                .map(option -> option.newNumber == number ? NumberSet.NEW : NumberSet.OLD);
    }

    /** An option of this set, or of the set that has it. */
    Option create(NumberSet set, Object value) {
        Optional<OptionDefinition> first = set == NumberSet.NEW ? newDefinition : oldDefinition;
        OptionDefinition definition = first.or(() -> set == NumberSet.NEW ? oldDefinition : newDefinition).orElseThrow();
        return value instanceof Number n ? definition.create(n.longValue()) : definition.create(value.toString());
    }

    /**
     * The standard options and both editions of ours: with it Californium refuses none of them as unknown. Where a
     * number of Release 1 has since been given to a standard option (258, No-Response), ours stands.
     */
    static OptionRegistry registry() {
        List<OptionDefinition> all = new ArrayList<>();
        for (OptionRegistry.Entry entry : StandardOptionRegistry.STANDARD_OPTIONS) {
            int number = entry.getOptioneDefinition().getNumber();
            if (entry.getKey() == number && ofNumber(number).isEmpty()) {
                all.add(entry.getOptioneDefinition());
            }
        }
        for (OneM2mOption option : ALL) {
            all.addAll(option.definitions());
        }
        return new MapBasedOptionRegistry(all.toArray(OptionDefinition[]::new));
    }
}
