// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import io.lintel.primitive.Identifiers;
import java.util.Optional;

/**
 * What one client of the co-located server may do with TS-0010 topics: the decision table of TS-0010 7.4, with the
 * completions its text leaves out (a registrar publishes its answers, and so on). Pure; one per decision.
 *
 * <p>Filters with wildcards before the receiver's level are granted if they can be narrowed; {@link #mayReceive} is
 * asked again for every delivery.
 */
abstract class TopicRights {
    /** A level of a filter that matches anything. */
    private static final String ANY = "+";

    abstract boolean mayPublish(Topic topic);

    /** For a topic to be delivered; for a filter, whether something that it matches may be. */
    abstract boolean mayReceive(Topic topic);

    /** Whether a publication that is not allowed claims to be somebody else. */
    boolean isForged(Topic topic) {
        return false;
    }

    boolean mayUseOtherTopics() {
        return false;
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

    /** A client that is an AE or a CSE by its client identifier (rows 1, 2a and 3), and its registration, by credential. */
    static final class Entity extends TopicRights {
        private final Segments segments;
        private final String entity;
        private final Optional<String> onlyPeer;
        private final Optional<String> credential;
        private final boolean otherTopics;

        /**
         * @param entity      in normal form
         * @param onlyPeer    the one entity it may exchange primitives with, an AE's registrar; empty for no restriction
         * @param credential  the Credential-ID it may register with; empty for any
         * @param otherTopics whether topics outside oneM2M are open to it
         */
        Entity(Segments segments, String entity, Optional<String> onlyPeer, Optional<String> credential, boolean otherTopics) {
            this.segments = segments;
            this.entity = entity;
            this.onlyPeer = onlyPeer;
            this.credential = credential;
            this.otherTopics = otherTopics;
        }

        @Override
        boolean mayPublish(Topic topic) {
            return switch (topic.kind()) {
                case REQUEST -> isMine(topic.originator()) && isPeer(topic.receiver());
                case RESPONSE -> isMine(topic.receiver()) && isPeer(topic.originator())
                        || isMine(topic.originator()) && isPeer(topic.receiver());
                case REGISTRATION_REQUEST -> isCredential(topic.originator());
                case REGISTRATION_RESPONSE -> isCse() && isMine(topic.receiver());
            };
        }

        @Override
        boolean mayReceive(Topic topic) {
            return switch (topic.kind()) {
                case REQUEST -> isMine(topic.receiver()) && isPeer(topic.originator());
                case RESPONSE -> isMine(topic.originator()) && isPeer(topic.receiver())
                        || !isAny(topic.receiver()) && isMine(topic.receiver()) && isPeer(topic.originator());
                case REGISTRATION_REQUEST -> isCse() && isMine(topic.receiver());
                case REGISTRATION_RESPONSE -> isCredential(topic.originator());
            };
        }

        @Override
        boolean isForged(Topic topic) {
            return switch (topic.kind()) {
                case REQUEST -> !isMine(topic.originator());
                case RESPONSE -> !isMine(topic.receiver()) && !isMine(topic.originator());
                case REGISTRATION_REQUEST -> !isCredential(topic.originator());
                case REGISTRATION_RESPONSE -> true;
            };
        }

        @Override
        boolean mayUseOtherTopics() {
            return otherTopics;
        }

        private boolean isCse() {
            return Identifiers.isCseId(entity);
        }

        private boolean isMine(String level) {
            return isAny(level) || segments.entity(level, Optional.of(entity)).filter(entity::equals).isPresent();
        }

        private boolean isPeer(String level) {
            return onlyPeer.isEmpty() || isAny(level) || segments.entity(level).equals(onlyPeer);
        }

        private boolean isCredential(String level) {
            return credential.isEmpty() || isAny(level) || credential.get().equals(Segments.credential(level));
        }
    }

    /** An authenticated client without an identity of its own yet (rows 2b and 4): registration, with its credential. */
    static final class Registrant extends TopicRights {
        private final String credential;

        Registrant(String credential) {
            this.credential = credential;
        }

        @Override
        boolean mayPublish(Topic topic) {
            return topic.kind() == Topic.Kind.REGISTRATION_REQUEST && credential.equals(Segments.credential(topic.originator()));
        }

        @Override
        boolean mayReceive(Topic topic) {
            return topic.kind() == Topic.Kind.REGISTRATION_RESPONSE
                    && (isAny(topic.originator()) || credential.equals(Segments.credential(topic.originator())));
        }

        @Override
        boolean isForged(Topic topic) {
            return topic.kind() == Topic.Kind.REGISTRATION_REQUEST;
        }
    }
}
