// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.mapping;

import static io.lintel.rest.internal.mapping.FilterMember.Form.INTEGER;
import static io.lintel.rest.internal.mapping.FilterMember.Form.INTEGERS;
import static io.lintel.rest.internal.mapping.FilterMember.Form.TEXT;
import static io.lintel.rest.internal.mapping.FilterMember.Form.TEXTS;
import static io.lintel.rest.internal.mapping.FilterMember.Form.WHOLE_TEXTS;
import static io.lintel.rest.internal.mapping.FilterMember.Form.WORDS;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The members of {@code filterCriteria} that have a query field of their own (TS-0009 6.2.2.2), besides attribute conditions. */
enum FilterMember {
    CREATED_BEFORE("crb", TEXT), CREATED_AFTER("cra", TEXT), MODIFIED_SINCE("ms", TEXT), UNMODIFIED_SINCE("us", TEXT),
    STATE_TAG_SMALLER("sts", INTEGER), STATE_TAG_BIGGER("stb", INTEGER),
    EXPIRE_BEFORE("exb", TEXT), EXPIRE_AFTER("exa", TEXT),
    LABELS("lbl", TEXTS), CHILD_LABELS("clbl", TEXTS), PARENT_LABELS("palb", TEXTS), LABELS_QUERY("lbq", TEXT),
    RESOURCE_TYPE("ty", INTEGERS), CHILD_RESOURCE_TYPE("chty", INTEGERS), PARENT_RESOURCE_TYPE("pty", INTEGERS),
    SIZE_ABOVE("sza", INTEGER), SIZE_BELOW("szb", INTEGER), CONTENT_TYPE("cty", WORDS), SEMANTICS_FILTER("smf", WHOLE_TEXTS),
    CONTENT_FILTER_SYNTAX("cfs", INTEGER), CONTENT_FILTER_QUERY("cfq", TEXT),
    FILTER_USAGE("fu", INTEGER), FILTER_OPERATION("fo", INTEGER), LIMIT("lim", INTEGER), LEVEL("lvl", INTEGER),
    OFFSET("ofst", INTEGER), APPLY_RELATIVE_PATH("arp", TEXT);

    /** How a value is built; a list may be one field joined by "+", or the field repeated. */
    enum Form {
        TEXT, INTEGER,
        /** A list whose elements may contain blanks. */
        TEXTS,
        INTEGERS,
        /** A list of media types: their own "+" is no separator unless it was read as a blank. */
        WORDS,
        /** A list by repetition only. */
        WHOLE_TEXTS;

        boolean isList() {
            return this != TEXT && this != INTEGER;
        }
    }

    private static final Map<String, FilterMember> BY_SHORT_NAME =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(m -> m.shortName, Function.identity()));

    final String shortName;
    final Form form;

    FilterMember(String shortName, Form form) {
        this.shortName = shortName;
        this.form = form;
    }

    static Optional<FilterMember> ofShortName(String shortName) {
        return Optional.ofNullable(BY_SHORT_NAME.get(shortName));
    }
}
