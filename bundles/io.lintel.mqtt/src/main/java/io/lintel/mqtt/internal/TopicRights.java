// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import java.util.Optional;

/**
 * What one client of the co-located server may do with topics: the classes of TS-0010 7.4, of which
 * {@link VerifiedRights} are those of the text; here are this CSE's own client, and anonymous ones on loopback while
 * {@code security.loopback} is open. A snapshot: made anew when registrations or rules change.
 *
 * <p>{@link #mayReceive} is asked for topics to be delivered and for filters, whose wildcards are levels that match
 * anything; a filter that is wider than the rights is granted if something that it matches may be delivered, and
 * {@link #mayReceive} is asked again for every delivery.
 */
abstract class TopicRights {
    /** A level of a filter that matches anything. */
    static final String ANY = "+";

    abstract boolean mayPublish(Topic topic);

    /** For a topic to be delivered; for a filter, whether something that it matches may be. */
    abstract boolean mayReceive(Topic topic);

    /** Whether a publication that is not allowed claims to be somebody else. */
    boolean isForged(Topic topic) {
        return false;
    }

    /** Whether topics below {@code oneM2M} that are none of TS-0010, and all others, are open but for the rules. */
    boolean mayUseOtherTopics() {
        return false;
    }

    /** Whether a topic outside oneM2M may be written to. */
    boolean mayWrite(String topic) {
        return mayUseOtherTopics();
    }

    /** Whether a topic outside oneM2M may be delivered. */
    boolean mayRead(String topic) {
        return mayUseOtherTopics();
    }

    /** Whether some topic outside oneM2M that the filter matches may be delivered. */
    boolean mayReadSome(TopicFilter filter) {
        return mayUseOtherTopics();
    }

    static boolean isAny(String level) {
        return level.equals(ANY) || level.equals("#");
    }

    /** This CSE's own client. */
    static final class Own extends TopicRights {
        @Override
        boolean mayPublish(Topic topic) {
            return true;
        }

        @Override
        boolean mayReceive(Topic topic) {
            return true;
        }

        @Override
        boolean mayUseOtherTopics() {
            return true;
        }
    }

    /** A client that has no right at all but what the rules give. */
    static class ByRules extends TopicRights {
        private final AccessRules.Filters filters;

        ByRules(AccessRules.Filters filters) {
            this.filters = filters;
        }

        @Override
        boolean mayPublish(Topic topic) {
            return false;
        }

        @Override
        boolean mayReceive(Topic topic) {
            return false;
        }

        @Override
        final boolean mayWrite(String topic) {
            return matches(filters.write(), topic);
        }

        @Override
        final boolean mayRead(String topic) {
            return matches(filters.read(), topic);
        }

        @Override
        final boolean mayReadSome(TopicFilter filter) {
            for (TopicFilter readable : filters.read()) {
                if (readable.overlaps(filter)) {
                    return true;
                }
            }
            return false;
        }

        private static boolean matches(Iterable<TopicFilter> filters, String topic) {
            for (TopicFilter filter : filters) {
                if (filter.matches(topic)) {
                    return true;
                }
            }
            return false;
        }
    }

    /** An anonymous client on loopback while {@code security.loopback} is open: anything but speaking as this CSE. */
    static final class Anonymous extends TopicRights {
        private final Segments segments;

        Anonymous(Segments segments) {
            this.segments = segments;
        }

        @Override
        boolean mayPublish(Topic topic) {
            return switch (topic.kind()) {
                case REQUEST -> !segments.isMe(topic.originator());
                case REGISTRATION_RESPONSE -> !segments.isMe(topic.receiver());
                case RESPONSE, REGISTRATION_REQUEST -> true;
            };
        }

        @Override
        boolean isForged(Topic topic) {
            return true;
        }

        @Override
        boolean mayReceive(Topic topic) {
            return true;
        }

        @Override
        boolean mayUseOtherTopics() {
            return true;
        }
    }

    /** As {@link Anonymous}, but named as an AE or CSE by its client identifier: held to its own levels in oneM2M topics. */
    static final class AnonymousEntity extends TopicRights {
        private final Segments segments;
        private final String entity;

        /** @param entity in normal form */
        AnonymousEntity(Segments segments, String entity) {
            this.segments = segments;
            this.entity = entity;
        }

        @Override
        boolean mayPublish(Topic topic) {
            return switch (topic.kind()) {
                case REQUEST -> isMine(topic.originator());
                case RESPONSE -> isMine(topic.receiver()) || isMine(topic.originator());
                case REGISTRATION_REQUEST -> true;
                case REGISTRATION_RESPONSE -> isCse() && isMine(topic.receiver());
            };
        }

        @Override
        boolean mayReceive(Topic topic) {
            return switch (topic.kind()) {
                case REQUEST -> isMine(topic.receiver());
                case RESPONSE -> isMine(topic.originator()) || !isAny(topic.receiver()) && isMine(topic.receiver());
                case REGISTRATION_REQUEST -> isCse() && isMine(topic.receiver());
                case REGISTRATION_RESPONSE -> true;
            };
        }

        @Override
        boolean isForged(Topic topic) {
            return true;
        }

        @Override
        boolean mayUseOtherTopics() {
            return true;
        }

        private boolean isCse() {
            return entity.startsWith("/");
        }

        private boolean isMine(String level) {
            return isAny(level) || segments.entity(level, Optional.of(entity)).filter(entity::equals).isPresent();
        }
    }
}
