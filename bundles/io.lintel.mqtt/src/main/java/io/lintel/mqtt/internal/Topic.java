// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import io.lintel.primitive.Serialization;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A topic of TS-0010 6.4: {@code <prefix>/oneM2M/<kind>/<originator>/<receiver>/<format>}. The originator is that of
 * the request on requests and responses alike (MQ-30).
 *
 * @param prefix     the path of the pointOfAccess (MQ-51); empty for the plain topics
 * @param originator the level as it came, not normalised, so that the answer repeats it
 * @param rest       what follows the receiver: nothing, the format, or more than there should be
 */
record Topic(String prefix, Kind kind, String originator, String receiver, List<String> rest) {
    private static final String ROOT = "/oneM2M/";

    /** The four kinds of topics. */
    enum Kind {
        REQUEST("req"), RESPONSE("resp"), REGISTRATION_REQUEST("reg_req"), REGISTRATION_RESPONSE("reg_resp");

        private final String level;

        Kind(String level) {
            this.level = level;
        }

        String level() {
            return level;
        }

        boolean isRequest() {
            return this == REQUEST || this == REGISTRATION_REQUEST;
        }

        /** The kind that answers come on. */
        Kind answer() {
            return switch (this) {
                case REQUEST, RESPONSE -> RESPONSE;
                case REGISTRATION_REQUEST, REGISTRATION_RESPONSE -> REGISTRATION_RESPONSE;
            };
        }

        private static Optional<Kind> ofLevel(String level) {
            return Arrays.stream(values()).filter(k -> k.level.equals(level)).findFirst();
        }
    }

    Topic {
        rest = List.copyOf(rest);
    }

    /** A topic to publish on, in the strict form. */
    static Topic of(String prefix, Kind kind, String originator, String receiver, Serialization format) {
        return new Topic(prefix, kind, originator, receiver, List.of(format.suffix()));
    }

    /** Empty if the text is no topic of TS-0010, under whatever prefix. Works on filters too: wildcards are levels. */
    static Optional<Topic> parse(String topic) {
        for (int root = topic.indexOf(ROOT); root >= 0; root = topic.indexOf(ROOT, root + 1)) {
            String[] levels = topic.substring(root + ROOT.length()).split("/", -1);
            Optional<Kind> kind = Kind.ofLevel(levels[0]);
            if (kind.isPresent() && levels.length >= 3) {
                return Optional.of(new Topic(topic.substring(0, root), kind.get(), levels[1], levels[2],
                        Arrays.asList(levels).subList(3, levels.length)));
            }
        }
        return Optional.empty();
    }

    /** The last level, if there is exactly one after the receiver. */
    Optional<String> suffix() {
        return rest.size() == 1 ? Optional.of(rest.get(0)) : Optional.empty();
    }

    boolean hasNoSuffix() {
        return rest.isEmpty();
    }

    /** Where the answer goes: same prefix, same segments, same number of levels; the format is the one answered in. */
    Topic answer(Serialization format) {
        return new Topic(prefix, kind.answer(), originator, receiver, rest.isEmpty() ? rest : List.of(format.suffix()));
    }

    String name() {
        String name = prefix + ROOT + kind.level() + "/" + originator + "/" + receiver;
        return rest.isEmpty() ? name : name + "/" + String.join("/", rest);
    }

    /** The filter for requests to {@code me} (MQ-28, MQ-46). */
    static String requestFilter(String prefix, Kind kind, String me) {
        return prefix + ROOT + kind.level() + "/+/" + me + "/#";
    }

    /** The filter for responses to requests of {@code me} (MQ-36, MQ-46). */
    static String responseFilter(String prefix, String me) {
        return prefix + ROOT + Kind.RESPONSE.level() + "/" + me + "/#";
    }

    /** The filter for answers to registrations with a Credential-ID, which is given as a level (MQ-31, MQ-34). */
    static String registrationAnswerFilter(String prefix, String credential) {
        return prefix + ROOT + Kind.REGISTRATION_RESPONSE.level() + "/" + credential + "/#";
    }

    /** The filter for responses of one peer that swaps the two levels. */
    static String swappedResponseFilter(String prefix, String peer, String me) {
        return prefix + ROOT + Kind.RESPONSE.level() + "/" + peer + "/" + me + "/#";
    }

    @Override
    public String toString() {
        return name();
    }
}
