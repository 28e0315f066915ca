// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.registration;

import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.Hop;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceReader;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.primitive.Address;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Operation;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.ResourceTypes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How an {@code <AEAnnc>} below the IN-CSE's CSEBase is read: its resource ID is a S-type AE-ID stem, {@code lnk} says
 * at which CSE that AE is registered, and a label keeps the credential it registered with (TS-0001 10.2.2.2).
 */
public final class AnnouncedAe {
    public static final int TYPE = ResourceTypes.ANNOUNCED_OFFSET + ResourceTypes.AE;
    static final String MEMBER = "m2m:aeA";
    /** {@code lnk} of a stem whose AE is registered nowhere now. */
    static final String INACTIVE = "INACTIVE";
    private static final String CREDENTIAL = "Credential-ID:";
    private static final String NONE = "None";

    private AnnouncedAe() {
    }

    /** Whether the resource keeps an AE-ID stem, as those directly below the CSEBase do. */
    public static boolean isStem(Resource resource, CseIdentity identity) {
        return resource.type() == TYPE && resource.parentId().equals(identity.baseId());
    }

    /** Whether a resource of this type below that parent keeps an AE-ID stem. */
    public static boolean makesStem(int type, Resource parent) {
        return type == TYPE && parent.type() == ResourceTypes.CSE_BASE;
    }

    /** The {@code <AEAnnc>} of a stem, also if the AE is registered nowhere now. */
    static Optional<Resource> ofStem(ResourceReader reader, String stem) {
        return reader.byId(stem).filter(resource -> resource.type() == TYPE);
    }

    /** The CSE-ID of the CSE where the AE of this stem is registered; empty if nowhere. */
    public static Optional<String> host(ResourceReader reader, String stem) {
        return ofStem(reader, stem).flatMap(announced -> host(announced.attributes()));
    }

    /** The CSE that {@code lnk} leads to; empty if the link is inactive or no address of another CSE's. */
    public static Optional<String> host(Attributes announced) {
        Optional<String> link = announced.text("lnk").filter(text -> text.startsWith("/"));
        try {
            return link.flatMap(text -> Address.parse(text).cseId());
        } catch (PrimitiveException malformed) {
            return Optional.empty();
        }
    }

    /** The Credential-ID among the labels; {@code None} stands for no credential. */
    static String credential(Attributes announced) {
        return announced.texts("lbl").stream().filter(label -> label.startsWith(CREDENTIAL))
                .map(label -> label.substring(CREDENTIAL.length()).trim()).filter(id -> !id.isEmpty()).findFirst().orElse(NONE);
    }

    /** The Credential-ID that a sender registers with, as the label says it. */
    static String credential(Hop hop) {
        return hop.credential().filter(id -> !id.isEmpty()).orElse(NONE);
    }

    static boolean isNone(String credential) {
        return credential.equals(NONE);
    }

    static String label(String credential) {
        return CREDENTIAL + credential;
    }

    /** The labels with this credential's in the place of any other. */
    static List<String> labels(List<String> labels, String credential) {
        List<String> kept = new ArrayList<>(labels);
        kept.removeIf(label -> label.startsWith(CREDENTIAL));
        kept.add(label(credential));
        return kept;
    }

    /**
     * Whether the originator may do this regardless of policies: the CSE that {@code lnk} leads to, the one that made the
     * resource, and, to UPDATE it, whichever CSE speaks for this stem; {@link AeAnncRules} then looks at the credential.
     */
    public static boolean isOpenTo(Resource announced, String originator, int bit) {
        String cse = EntityIds.cseOf(originator);
        boolean forStem = originator.equals(cse + "/" + announced.id());
        if (!originator.startsWith("/") || !forStem && !originator.equals(cse)) {
            return false;
        }
        return belongsTo(announced, cse) || forStem && bit == Operation.UPDATE.accessControlBit();
    }

    /** Whether the CSE is the one where the AE is registered or, if that is nowhere, where it was at first. */
    static boolean belongsTo(Resource announced, String cse) {
        return host(announced.attributes()).orElse(announced.creator()).equals(cse);
    }
}
