// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A parsed {@code to} (TS-0004 6.8): in which scope it names its target and by which path. It says nothing about
 * whether the target exists, nor whether it is hosted here.
 *
 * @param spId      the SP-ID with its two slashes, only in an absolute address
 * @param cseId     the first element after the scope, with its slash: a CSE-ID, or an S-type AE-ID ({@code /S…});
 *                  empty in a CSE-relative address
 * @param segments  the path inside the CSE: resource names, or an unstructured identifier first. Empty when the
 *                  address is just a CSE-ID
 * @param attribute the attribute named after {@code #}, if only that is meant
 */
public record Address(Optional<String> spId, Optional<String> cseId, List<String> segments, Optional<String> attribute) {

    /** Longer addresses are refused with 4000 (the standard names no limit). */
    public static final int MAX_LENGTH = 4096;

    public Address {
        segments = List.copyOf(segments);
    }

    /** How far the address reaches. */
    public enum Scope {
        CSE_RELATIVE, SP_RELATIVE, ABSOLUTE
    }

    public Scope scope() {
        return spId.isPresent() ? Scope.ABSOLUTE : cseId.isPresent() ? Scope.SP_RELATIVE : Scope.CSE_RELATIVE;
    }

    /**
     * Reads an address.
     *
     * @throws PrimitiveException 4000, saying which part is malformed
     */
    public static Address parse(String to) {
        if (to.isEmpty() || to.length() > MAX_LENGTH) {
            throw bad(to.isEmpty() ? "to is empty" : "to is longer than " + MAX_LENGTH + " characters");
        }
        String rest = to;
        Optional<String> attribute = Optional.empty();
        int hash = rest.indexOf('#');
        if (hash >= 0) {
            String name = rest.substring(hash + 1);
            if (!Identifiers.isElement(name)) {
                throw bad("to names no attribute after '#': " + to);
            }
            attribute = Optional.of(name);
            rest = rest.substring(0, hash);
            if (rest.isEmpty()) {
                throw bad("to names no resource before '#': " + to);
            }
        }
        Optional<String> spId = Optional.empty();
        Optional<String> cseId = Optional.empty();
        if (rest.startsWith("//")) {
            int slash = rest.indexOf('/', 2);
            String fqdn = slash < 0 ? rest.substring(2) : rest.substring(2, slash);
            if (!Identifiers.isElement(fqdn) || slash < 0) {
                throw bad("to is no absolute address //sp-id/cse-id/…: " + to);
            }
            spId = Optional.of("//" + fqdn);
            rest = rest.substring(slash);
        }
        if (rest.startsWith("/")) {
            int slash = rest.indexOf('/', 1);
            String element = slash < 0 ? rest.substring(1) : rest.substring(1, slash);
            if (!Identifiers.isElement(element)) {
                throw bad("to has no valid CSE-ID after its scope: " + to);
            }
            cseId = Optional.of("/" + element);
            rest = slash < 0 ? "" : rest.substring(slash + 1);
        }
        List<String> segments = new ArrayList<>();
        if (!rest.isEmpty()) {
            if (rest.endsWith("/")) {
                rest = rest.substring(0, rest.length() - 1);
            }
            int start = 0;
            while (start <= rest.length()) {
                int slash = rest.indexOf('/', start);
                String segment = slash < 0 ? rest.substring(start) : rest.substring(start, slash);
                if (!Identifiers.isElement(segment) && !(segment.equals("-") && segments.isEmpty())) {
                    throw bad("to has an invalid path segment '" + segment + "': " + to);
                }
                segments.add(segment);
                if (slash < 0) {
                    break;
                }
                start = slash + 1;
            }
        }
        return new Address(spId, cseId, segments, attribute);
    }

    private static PrimitiveException bad(String text) {
        return new PrimitiveException(ResponseStatusCode.BAD_REQUEST, text);
    }
}
