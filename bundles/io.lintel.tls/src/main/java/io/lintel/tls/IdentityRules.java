// SPDX-License-Identifier: Apache-2.0
package io.lintel.tls;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which AE or CSE a credential stands for that does not say so itself, as an administrator wrote it down, one rule a line:
 *
 * <pre>
 *   certificate "Hall 2"              is  CHall2
 *   psk         meter7@field.example  is  Cmeter7
 *   user        attic                 is  /attic
 * </pre>
 *
 * A name may have {@code *} for any run of characters; {@code none} instead of IDs says that the credential is nobody's.
 * Immutable.
 */
public final class IdentityRules {
    /** No rules. */
    public static final IdentityRules NONE = new IdentityRules(List.of());
    private static final String NOBODY = "none";

    /** What is verified, and how rules call it. */
    public enum Kind {
        USER("user"), CERTIFICATE("certificate"), PSK("psk");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        /** The kind that a rule begins with. */
        public static Optional<Kind> ofWord(String word) {
            for (Kind kind : values()) {
                if (kind.word.equals(word)) {
                    return Optional.of(kind);
                }
            }
            return Optional.empty();
        }
    }

    /**
     * One rule.
     *
     * @param name of the user, certificate or key; may have {@code *}
     * @param ids  as {@link #checkedIds} gives them
     */
    public record Rule(Kind kind, String name, List<String> ids) {
        public Rule {
            ids = List.copyOf(ids);
        }
    }

    /** The file has lines that are no rules; the message names each. */
    public static final class MalformedRulesException extends Exception {
        private static final long serialVersionUID = 1L;

        public MalformedRulesException(List<String> errors) {
            super(String.join("; ", errors));
        }
    }

    private final List<Rule> rules;

    public IdentityRules(List<Rule> rules) {
        this.rules = List.copyOf(rules);
    }

    /**
     * The IDs that a credential stands for by the rules: none, one CSE-ID, or AE-ID stems with {@code *}; empty if they say
     * nothing.
     *
     * @param names all names of one credential; of a certificate with and without their kind in front
     */
    public Optional<List<String>> ids(Kind kind, List<String> names) {
        List<String> ids = new ArrayList<>();
        boolean said = false;
        for (Rule rule : rules) {
            if (rule.kind == kind && names.stream().anyMatch(name -> Ids.glob(rule.name, name))) {
                said = true;
                ids.addAll(rule.ids);
            }
        }
        return said ? Optional.of(List.copyOf(ids)) : Optional.empty();
    }

    /** @throws MalformedRulesException naming every line that is no rule */
    public static IdentityRules parse(List<String> lines) throws MalformedRulesException {
        List<Rule> rules = new ArrayList<>();
        List<String> errors = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            try {
                List<String> words = words(lines.get(i));
                if (!words.isEmpty()) {
                    rules.add(rule(words));
                }
            } catch (IllegalArgumentException e) {
                errors.add("line " + (i + 1) + ": " + e.getMessage());
            }
        }
        if (!errors.isEmpty()) {
            throw new MalformedRulesException(errors);
        }
        return new IdentityRules(rules);
    }

    private static Rule rule(List<String> words) {
        Kind kind = Kind.ofWord(words.get(0)).orElseThrow(() -> new IllegalArgumentException(
                "a rule begins with user, certificate or psk, not with " + words.get(0)));
        if (words.size() < 4 || !words.get(2).equals("is")) {
            throw new IllegalArgumentException("a rule is: " + words.get(0) + " NAME is ID …");
        }
        return new Rule(kind, words.get(1), checkedIds(words.subList(3, words.size())));
    }

    /**
     * The IDs behind {@code is}.
     *
     * @throws IllegalArgumentException with a sentence that says which is none
     */
    public static List<String> checkedIds(List<String> words) {
        if (words.equals(List.of(NOBODY))) {
            return List.of();
        }
        for (String id : words) {
            String plain = id.replace("*", "x");
            boolean stem = Ids.isAeIdStem(plain) && (id.charAt(0) == 'C' || id.charAt(0) == 'S');
            if (!stem && !Ids.isCseId(plain) && !Ids.isAbsoluteCseId(id) && !id.equals("*")) {
                throw new IllegalArgumentException("no CSE-ID (/… or //…/…), AE-ID stem (C…, S…) with or without *, or none: "
                        + id);
            }
            if (id.startsWith("/") && words.size() > 1) {
                throw new IllegalArgumentException("who is a CSE is nothing else: " + String.join(" ", words));
            }
        }
        return List.copyOf(words);
    }

    /** Words between blanks; quotes hold blanks together; what follows a # at the beginning of a word is a comment. */
    public static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        int at = 0;
        while (at < line.length()) {
            char c = line.charAt(at);
            if (Character.isWhitespace(c)) {
                at++;
            } else if (c == '#' && words.isEmpty() || c == '#' && line.startsWith("# ", at)) {
                return words;
            } else if (c == '"') {
                int end = line.indexOf('"', at + 1);
                if (end < 0) {
                    throw new IllegalArgumentException("a quote is not closed");
                }
                words.add(line.substring(at + 1, end));
                at = end + 1;
            } else {
                int end = at;
                while (end < line.length() && !Character.isWhitespace(line.charAt(end))) {
                    end++;
                }
                words.add(line.substring(at, end));
                at = end;
            }
        }
        return words;
    }
}
