// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import io.lintel.tls.IdentityRules;
import io.lintel.tls.PeerIdentity;
import io.lintel.tls.IdentityRules.Kind;
import io.lintel.tls.IdentityRules.MalformedRulesException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the administrator's rules file says: who may use which topics outside oneM2M. It may also say which AE or CSE a
 * credential stands for at the MQTT server; what counts for all bindings stands in the file of {@link IdentityRules}. One
 * rule per line; the manual describes the form. Immutable; a file that is read anew makes another object.
 *
 * <pre>
 *   user lamp7            readwrite  tele/lamp7/# stat/lamp7/#
 *   certificate "Hall 2"  is         CHall2
 * </pre>
 */
final class AccessRules {
    static final AccessRules NONE = new AccessRules(List.of(), IdentityRules.NONE);
    private static final String CLIENT_ID = "%c";

    /** Whom a rule is about. */
    enum Subject {
        USER, CERTIFICATE, ANONYMOUS, ALL
    }

    /**
     * A client as rules see it.
     *
     * @param names  the user name; or of a certificate its most telling name first, then all names, with and without their kind
     */
    record Asker(Subject subject, List<String> names, String clientId) {
        Asker {
            names = List.copyOf(names);
        }
    }

    private record Who(Subject subject, String pattern) {
        boolean fits(Asker asker) {
            return subject == Subject.ALL || subject == asker.subject()
                    && (subject == Subject.ANONYMOUS
                    || asker.names().stream().anyMatch(name -> PeerIdentity.matches(pattern, name)));
        }
    }

    private record Grant(Who who, boolean read, boolean write, List<String> filters) {
    }

    private final List<Grant> grants;
    private final IdentityRules identities;

    private AccessRules(List<Grant> grants, IdentityRules identities) {
        this.grants = List.copyOf(grants);
        this.identities = identities;
    }

    // ---- asked ------------------------------------------------------------------------------------------------------

    /** The filters of one client. */
    record Filters(List<TopicFilter> read, List<TopicFilter> write) {
        static final Filters NONE = new Filters(List.of(), List.of());
    }

    Filters filters(Asker asker) {
        List<TopicFilter> read = new ArrayList<>();
        List<TopicFilter> write = new ArrayList<>();
        for (Grant grant : grants) {
            if (!grant.who().fits(asker)) {
                continue;
            }
            for (String template : grant.filters()) {
                substituted(template, asker).ifPresent(text -> {
                    TopicFilter filter = TopicFilter.of(text);
                    if (grant.read()) {
                        read.add(filter);
                    }
                    if (grant.write()) {
                        write.add(filter);
                    }
                });
            }
        }
        return read.isEmpty() && write.isEmpty() ? Filters.NONE : new Filters(List.copyOf(read), List.copyOf(write));
    }

    /** A name that would be more than one level, or a wildcard, gets nothing through it. */
    private static Optional<String> substituted(String template, Asker asker) {
        String text = template;
        if (text.contains(CredentialIds.USER_NAME)) {
            if (asker.names().isEmpty() || !isOneLevel(asker.names().get(0))) {
                return Optional.empty();
            }
            text = text.replace(CredentialIds.USER_NAME, asker.names().get(0));
        }
        if (template.contains(CLIENT_ID)) {
            if (!isOneLevel(asker.clientId())) {
                return Optional.empty();
            }
            text = text.replace(CLIENT_ID, asker.clientId());
        }
        return Optional.of(text);
    }

    private static boolean isOneLevel(String name) {
        return !name.isEmpty() && name.chars().noneMatch(c -> c == '/' || c == '+' || c == '#') && !name.startsWith("$");
    }

    /** Whether anonymous clients are named at all. */
    boolean admitsAnonymous() {
        return grants.stream().anyMatch(grant -> grant.who().subject() == Subject.ANONYMOUS);
    }

    /** What the file says of whom credentials stand for. */
    IdentityRules identities() {
        return identities;
    }

    // ---- read -------------------------------------------------------------------------------------------------------

    /** @throws MalformedRulesException naming every line that is no rule */
    static AccessRules parse(List<String> lines) throws MalformedRulesException {
        List<Grant> grants = new ArrayList<>();
        List<IdentityRules.Rule> identities = new ArrayList<>();
        List<String> errors = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            try {
                List<String> words = IdentityRules.words(lines.get(i));
                if (!words.isEmpty()) {
                    rule(words, grants, identities);
                }
            } catch (IllegalArgumentException e) {
                errors.add("line " + (i + 1) + ": " + e.getMessage());
            }
        }
        if (!errors.isEmpty()) {
            throw new MalformedRulesException(errors);
        }
        return new AccessRules(grants, new IdentityRules(identities));
    }

    private static void rule(List<String> words, List<Grant> grants, List<IdentityRules.Rule> identities) {
        Subject subject = switch (words.get(0)) {
            case "user" -> Subject.USER;
            case "certificate" -> Subject.CERTIFICATE;
            case "anonymous" -> Subject.ANONYMOUS;
            case "all" -> Subject.ALL;
            default -> throw new IllegalArgumentException("a rule begins with user, certificate, anonymous or all, not with "
                    + words.get(0));
        };
        boolean named = subject == Subject.USER || subject == Subject.CERTIFICATE;
        int verb = named ? 2 : 1;
        if (words.size() < verb + 2) {
            throw new IllegalArgumentException("a rule is: " + words.get(0) + (named ? " NAME" : "")
                    + " read|write|readwrite FILTER …" + (named ? ", or " + words.get(0) + " NAME is ID …" : ""));
        }
        Who who = new Who(subject, named ? words.get(1) : "*");
        List<String> objects = words.subList(verb + 1, words.size());
        switch (words.get(verb)) {
            case "read" -> grants.add(grant(who, true, false, objects));
            case "write" -> grants.add(grant(who, false, true, objects));
            case "readwrite" -> grants.add(grant(who, true, true, objects));
            case "is" -> {
                if (!named) {
                    throw new IllegalArgumentException("only a user or a certificate is somebody");
                }
                identities.add(new IdentityRules.Rule(subject == Subject.USER ? Kind.USER : Kind.CERTIFICATE, words.get(1),
                        IdentityRules.checkedIds(objects)));
            }
            default -> throw new IllegalArgumentException("what a rule allows is read, write or readwrite, or it says is; not "
                    + words.get(verb));
        }
    }

    private static Grant grant(Who who, boolean read, boolean write, List<String> filters) {
        for (String filter : filters) {
            TopicFilter.of(filter.replace(CredentialIds.USER_NAME, "u").replace(CLIENT_ID, "c"));
            if (who.subject() != Subject.USER && who.subject() != Subject.CERTIFICATE
                    && filter.contains(CredentialIds.USER_NAME)) {
                throw new IllegalArgumentException("%u is the name of a user or certificate: " + filter);
            }
            if (("/" + filter + "/").contains("/oneM2M/")) {
                throw new IllegalArgumentException("oneM2M topics follow the registrations, not these rules: " + filter);
            }
        }
        return new Grant(who, read, write, List.copyOf(filters));
    }
}
