// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive.internal;

import io.lintel.primitive.Identifiers;
import io.lintel.primitive.ScheduleExpression;
import io.lintel.primitive.Serialization;
import io.lintel.primitive.Timestamps;
import java.util.Base64;
import java.util.regex.Pattern;

/** What a text must look like (TS-0004 6.3.3); the words of {@link #expected} go into the refusal. */
enum TextForm {
    TEXT("a text", true),
    ELEMENT("a name of letters, digits, '-', '.' and '_'", false),
    APP_ID("an App-ID that begins with R or N", false),
    IDENTIFIER("an identifier or URI without blanks", false),
    NAME("a name without blanks", false),
    TIMESTAMP("a timestamp such as 20260102T030405", false),
    ABS_REL("a timestamp such as 20260102T030405, or milliseconds", false),
    DURATION("a duration such as PT10S", false),
    DURATION_OR_NUMBER("a duration such as PT10S, or a number", false),
    CONTENT_INFO("a media type with an encoding, such as text/plain:0", true),
    SCHEDULE("a schedule of seven fields such as * 0-5 2,6,10 * * * *", true),
    BASE64("base64 text", false),
    IPV4("an IPv4 address, with /prefix if need be", false),
    IPV6("an IPv6 address, with /prefix if need be", false),
    COUNTRY("a country code of two letters", false),
    SERIALIZATION("json, xml, cbor or a media type", false),
    RELEASE("a release such as 2a or 3", false);

    private final String expected;
    private final boolean blanks;

    TextForm(String expected, boolean blanks) {
        this.expected = expected;
        this.blanks = blanks;
    }

    /** In words. */
    String expected() {
        return expected;
    }

    /** Whether a text of this form may hold blanks: then it cannot be told from its neighbours in an XML list. */
    boolean mayHoldBlanks() {
        return blanks;
    }

    boolean matches(String text) {
        return switch (this) {
            case TEXT -> true;
            case ELEMENT -> Identifiers.isElement(text);
            case APP_ID -> text.length() > 1 && "RNr".indexOf(text.charAt(0)) >= 0;
            case IDENTIFIER, NAME -> !text.isEmpty() && noBlanks(text);
            case TIMESTAMP -> Timestamps.parse(text).isPresent();
            case ABS_REL -> Timestamps.parse(text).isPresent() || isInteger(text);
            case DURATION -> isDuration(text);
            case DURATION_OR_NUMBER -> isDuration(text) || isInteger(text);
            case CONTENT_INFO -> isContentInfo(text);
            case SCHEDULE -> ScheduleExpression.fault(text).isEmpty();
            case BASE64 -> isBase64(text);
            case IPV4 -> Patterns.IPV4.matcher(text).matches();
            case IPV6 -> isIpv6(text);
            case COUNTRY -> text.length() == 2 && Character.isLetter(text.charAt(0)) && Character.isLetter(text.charAt(1));
            case SERIALIZATION -> Serialization.ofSuffix(text).isPresent() || Serialization.ofMediaType(text).isPresent();
            case RELEASE -> Patterns.RELEASE.matcher(text).matches();
        };
    }

    /** Forms that JSON peers also send as a number. */
    boolean acceptsInteger() {
        return this == ABS_REL || this == DURATION_OR_NUMBER;
    }

    private static boolean noBlanks(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) <= ' ' || text.charAt(i) == 0x7f) {
                return false;
            }
        }
        return true;
    }

    private static boolean isInteger(String text) {
        int start = text.startsWith("-") ? 1 : 0;
        return text.length() > start && text.length() < 19 && text.chars().skip(start).allMatch(c -> c >= '0' && c <= '9');
    }

    /** xs:duration, or weeks as in ISO 8601. */
    private static boolean isDuration(String text) {
        return text.length() <= 64 && Patterns.DURATION.matcher(text).matches() && !text.endsWith("P") && !text.endsWith("T");
    }

    /** Media type, then ":" encoding 0..2, then ":" security 0..5; all but the media type may be missing (TS-0004 6.3.3). */
    private static boolean isContentInfo(String text) {
        String[] parts = text.split(":", -1);
        int slash = parts[0].indexOf('/');
        boolean media = slash > 0 && slash < parts[0].length() - 1;
        boolean encoding = parts.length < 2 || digitUpTo(parts[1], '2');
        boolean security = parts.length < 3 || digitUpTo(parts[2], '5');
        return parts.length <= 3 && media && encoding && security;
    }

    private static boolean digitUpTo(String text, char last) {
        return text.length() == 1 && text.charAt(0) >= '0' && text.charAt(0) <= last;
    }

    private static boolean isBase64(String text) {
        try {
            Base64.getMimeDecoder().decode(text);
            return text.chars().allMatch(c -> c < 0x80 && (Character.isLetterOrDigit(c) || "+/=\r\n ".indexOf(c) >= 0));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isIpv6(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        if (slash >= 0 && !Patterns.PREFIX128.matcher(text.substring(slash + 1)).matches()) {
            return false;
        }
        int gap = address.indexOf("::");
        if (gap >= 0 && address.indexOf("::", gap + 1) >= 0) {
            return false;
        }
        String[] groups = address.split(":", -1);
        int count = groups.length;
        for (int i = 0; i < groups.length; i++) {
            boolean last = i == groups.length - 1;
            if (last && Patterns.IPV4_PLAIN.matcher(groups[i]).matches()) {
                count++;
            } else if (groups[i].isEmpty()) {
                boolean besideGap = gap >= 0 && (i == 0 ? gap == 0 : last ? gap == address.length() - 2 : true);
                if (!besideGap) {
                    return false;
                }
            } else if (!Patterns.HEX_GROUP.matcher(groups[i]).matches()) {
                return false;
            }
        }
        return gap < 0 ? count == 8 : count <= 9;
    }

    /** Apart, so that they are compiled only when a value of such a form is checked. */
    private static final class Patterns {
        private static final String OCTET = "(25[0-5]|2[0-4]\\d|1?\\d?\\d)";
        private static final Pattern IPV4_PLAIN = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");
        private static final Pattern IPV4 = Pattern.compile(OCTET + "(\\." + OCTET + "){3}(/(3[0-2]|[12]?\\d))?");
        private static final Pattern PREFIX128 = Pattern.compile("12[0-8]|1[01]\\d|\\d?\\d");
        private static final Pattern HEX_GROUP = Pattern.compile("[0-9A-Fa-f]{1,4}");
        private static final Pattern RELEASE = Pattern.compile("\\d[a-z]?");
        private static final Pattern DURATION =
                Pattern.compile("-?P(\\d+W|(\\d+Y)?(\\d+M)?(\\d+D)?(T(\\d+H)?(\\d+M)?(\\d+(\\.\\d+)?S)?)?)");
    }
}
