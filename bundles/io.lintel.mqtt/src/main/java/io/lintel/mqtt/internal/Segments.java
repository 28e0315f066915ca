// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import io.lintel.cse.api.CseIdentity;
import io.lintel.primitive.Identifiers;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Between identifiers and topic levels (TS-0010 6.4.2, MQ-26). Identifiers hold no colon, so a colon always stands for
 * a slash; what a level without one denotes depends on who is known, hence the predicate.
 *
 * <p>Entities are normalised to what {@link io.lintel.cse.api.Hop#originator()} asks for: SP-relative CSE-ID,
 * bare stem for AEs of this CSE and S-type stems, SP-relative AE-ID for others.
 */
final class Segments {
    private final CseIdentity me;
    private final Predicate<String> knownCse;
    private final boolean leadingColon;
    private final boolean baseResourceId;

    /**
     * @param knownCse       whether an SP-relative CSE-ID is that of a CSE known here: a registree or the registrar
     * @param leadingColon   see {@link Leniency#LEADING_COLON}
     * @param baseResourceId see {@link Leniency#BASE_RESOURCE_ID}
     */
    Segments(CseIdentity me, Predicate<String> knownCse, boolean leadingColon, boolean baseResourceId) {
        this.me = Objects.requireNonNull(me);
        this.knownCse = Objects.requireNonNull(knownCse);
        this.leadingColon = leadingColon;
        this.baseResourceId = baseResourceId;
    }

    /** The level for an SP-relative or absolute identifier: leading slash dropped, others turned into colons. */
    static String ofId(String id) {
        return (id.startsWith("/") ? id.substring(1) : id).replace('/', ':');
    }

    /** The Credential-ID in a level of a registration topic (MQ-33). */
    static String credential(String segment) {
        return segment.replace(':', '/');
    }

    /** The entity that a level denotes; empty if it is no identifier at all. */
    Optional<String> entity(String segment) {
        if (!segment.startsWith(":")) {
            return relative(segment);
        }
        String rest = segment.substring(1);
        int colon = rest.indexOf(':');
        if (colon > 0) {
            String head = rest.substring(0, colon);
            String tail = rest.substring(colon + 1);
            if (me.spId().equals("//" + head)) {
                return relative(tail);
            }
            boolean misspelt = isCse("/" + head) || Identifiers.isAeIdStem(tail) && head.indexOf('.') < 0;
            if (!misspelt) {
                return foreign(head, tail);
            }
        }
        return leadingColon ? relative(rest) : Optional.empty();
    }

    /** As {@link #entity(String)}; a level that spells the CSE-ID in {@code from} means that CSE, known or not. */
    Optional<String> entity(String segment, Optional<String> from) {
        String plain = leadingColon && segment.startsWith(":") ? segment.substring(1) : segment;
        return from.filter(id -> Identifiers.isCseId(id) && id.substring(1).equals(plain)).or(() -> entity(segment));
    }

    /** The normal form of an identifier given in an outbound request. */
    String normalise(String id) {
        if (id.startsWith(me.spId() + "/")) {
            return normalise(id.substring(me.spId().length()));
        }
        return id.startsWith("//") ? id : relative(ofId(id)).orElse(id);
    }

    /** Whether an entity in normal form is the administrator of this CSE. */
    boolean isAdministrator(String entity) {
        return entity.equals(me.administrator());
    }

    boolean isMe(String segment) {
        return entity(segment).filter(me.cseId()::equals).isPresent();
    }

    /** My own level. */
    String me() {
        return me.cseIdElement();
    }

    /** My own level towards a peer in normal form: on Mcc' both are absolute, as in Release 3. */
    String me(String peer) {
        return peer.startsWith("//") ? absolute() : me();
    }

    /** The levels besides {@link #me()} that requests to this CSE may have. */
    List<String> others() {
        List<String> others = new ArrayList<>(3);
        if (leadingColon) {
            others.add(":" + me());
        }
        alias().ifPresent(others::add);
        if (me.type() == CseIdentity.CseType.IN) {
            others.add(absolute());
        }
        return others;
    }

    /** My own level on Mcc'. */
    String absolute() {
        return ofId(me.spId() + me.cseId());
    }

    /** Whether a session is that of this CSE at another service provider's server, which knows it by its absolute ID only. */
    boolean isMccPrime(String clientId) {
        return clientId.equals("C::" + absolute());
    }

    private Optional<String> alias() {
        return Optional.of(me.baseId()).filter(id -> baseResourceId && !id.equals(me()));
    }

    /** Whether an address is that of this CSEBase, in whatever form. */
    boolean isMyBase(String address) {
        String local = address.startsWith(me.spId() + "/") ? address.substring(me.spId().length()) : address;
        if (local.equals(me.cseId())) {
            return true;
        }
        String name = local.startsWith(me.cseId() + "/") ? local.substring(me.cseId().length() + 1) : local;
        return name.equals("-") || name.equals(me.baseName()) || name.equals(me.baseId());
    }

    /** The level for an entity in normal form. */
    String segment(String entity, boolean spRelative) {
        boolean ownStem = !entity.startsWith("/") && entity.startsWith("C");
        return ofId(ownStem && spRelative ? me.cseId() + "/" + entity : entity);
    }

    /** Of another service provider: nobody there is this CSE, whatever its name is. */
    private static Optional<String> foreign(String head, String tail) {
        int colon = tail.indexOf(':');
        boolean elements = colon < 0 ? Identifiers.isElement(tail)
                : Identifiers.isElement(tail.substring(0, colon)) && Identifiers.isElement(tail.substring(colon + 1));
        return elements ? Optional.of("//" + head + "/" + tail.replace(':', '/')) : Optional.empty();
    }

    private Optional<String> relative(String segment) {
        int colon = segment.indexOf(':');
        if (colon < 0) {
            if (!Identifiers.isElement(segment)) {
                return Optional.empty();
            }
            String cseId = "/" + segment;
            if (alias().filter(segment::equals).isPresent() && !isCse(cseId)) {
                return Optional.of(me.cseId());
            }
            return Optional.of(!isCse(cseId) && Identifiers.isAeIdStem(segment) ? segment : cseId);
        }
        String cseId = "/" + segment.substring(0, colon);
        String stem = segment.substring(colon + 1);
        if (!Identifiers.isCseId(cseId) || !Identifiers.isElement(stem)) {
            return Optional.empty();
        }
        if (cseId.equals(me.cseId())) {
            return Optional.of(stem).filter(Identifiers::isAeIdStem);
        }
        return Optional.of(cseId + "/" + stem);
    }

    private boolean isCse(String cseId) {
        return cseId.equals(me.cseId()) || knownCse.test(cseId);
    }
}
