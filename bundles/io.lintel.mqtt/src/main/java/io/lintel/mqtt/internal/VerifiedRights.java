// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The rights of an authenticated client: the decision table of TS-0010 7.4, with the completions that its text leaves
 * out (a registrar publishes its answers, a CSE its requests). Who is registered here exchanges primitives with this CSE
 * and nobody else; everybody may register with the own credential. Registration topics stay open to who is registered:
 * the answer to a registration arrives when it has taken effect, and who forgot that it is registered is told so. A CSE may
 * write its CSE-ID where its Credential-ID belongs ({@link Leniency#ID_AS_CREDENTIAL}): it is as surely its own.
 */
final class VerifiedRights extends TopicRights.ByRules {
    private final Segments segments;
    private final String registrar;
    private final String credential;
    private final Optional<String> cse;
    private final List<String> aes;
    private final Predicate<String> mayBe;

    /**
     * @param registrar this CSE
     * @param cse       the CSE that the client is, if it is one
     * @param aes       stems of the AEs that the client is and that are registered
     * @param mayBe     whether the client may yet become an AE or CSE; then using its topics is a mistake, not a forgery
     */
    VerifiedRights(Segments segments, String registrar, String credential, Optional<String> cse, List<String> aes,
            Predicate<String> mayBe, AccessRules.Filters filters) {
        super(filters);
        this.segments = segments;
        this.registrar = registrar;
        this.credential = credential;
        this.cse = cse;
        this.aes = List.copyOf(aes);
        this.mayBe = mayBe;
    }

    /** Whom the client is: AEs that are registered, or a CSE. */
    List<String> entities() {
        return cse.map(List::of).orElse(aes);
    }

    @Override
    boolean mayPublish(Topic topic) {
        return switch (topic.kind()) {
            case REQUEST -> isMine(topic.originator()) && isRegistrar(topic.receiver());
            case RESPONSE -> isMine(topic.receiver()) && isRegistrar(topic.originator());
            case REGISTRATION_REQUEST -> isCredential(topic.originator());
            case REGISTRATION_RESPONSE -> isMyCse(topic.receiver());
        };
    }

    @Override
    boolean mayReceive(Topic topic) {
        return switch (topic.kind()) {
            case REQUEST -> isMine(topic.receiver()) && (cse.isPresent() || isRegistrar(topic.originator()));
            case RESPONSE -> isMine(topic.originator()) && (cse.isPresent() || isRegistrar(topic.receiver()))
                    || !isAny(topic.receiver()) && isMyCse(topic.receiver()) && isRegistrar(topic.originator());
            case REGISTRATION_REQUEST -> isMyCse(topic.receiver());
            case REGISTRATION_RESPONSE -> isCredential(topic.originator());
        };
    }

    @Override
    boolean isForged(Topic topic) {
        return switch (topic.kind()) {
            case REQUEST -> !isOwnName(topic.originator());
            case RESPONSE -> !isOwnName(topic.receiver()) && !isOwnName(topic.originator());
            case REGISTRATION_REQUEST -> !isCredential(topic.originator());
            case REGISTRATION_RESPONSE -> !isOwnName(topic.receiver());
        };
    }

    private boolean isMyCse(String level) {
        return cse.isPresent() && (isAny(level) || segments.entity(level, cse).equals(cse));
    }

    private boolean isMine(String level) {
        if (cse.isPresent()) {
            return isMyCse(level);
        }
        if (aes.isEmpty()) {
            return false;
        }
        return isAny(level) || segments.entity(level).filter(aes::contains).isPresent();
    }

    private boolean isOwnName(String level) {
        return isMine(level) || isCredential(level) || segments.entity(level).filter(mayBe).isPresent();
    }

    private boolean isRegistrar(String level) {
        return isAny(level) || segments.entity(level).filter(registrar::equals).isPresent();
    }

    private boolean isCredential(String level) {
        return isAny(level) || credential.equals(CredentialIds.canonical(Segments.credential(level), segments))
                || isMyCse(level);
    }
}
