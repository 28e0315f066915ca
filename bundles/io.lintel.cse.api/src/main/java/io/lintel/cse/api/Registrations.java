// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.api;

import java.util.Collection;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The live view of who is registered here, for topic policies and the console. Answers from memory, from any thread;
 * reflects a change as soon as the change's response may be seen.
 */
@ProviderType
public interface Registrations {

    /** The AE with this stem, if it is registered here. */
    Optional<Registration> ae(String stem);

    /** The CSE with this SP-relative CSE-ID, if it is registered here. */
    Optional<Registration> cse(String cseId);

    /** The SP-relative CSE-ID of the CSE that this one is registered at, if any. */
    Optional<String> registrar();

    Collection<Registration> all();

    /** The AEs and CSEs that registered with this Credential-ID and still are. */
    Collection<Registration> withCredential(String credential);

    /**
     * Grows with every change of what the other methods answer, before its response may be seen: who keeps a conclusion
     * keeps the number with it.
     */
    long version();

    /**
     * @param id           AE-ID stem, or SP-relative CSE-ID
     * @param cse          whether it is a CSE
     * @param resourceId   of its {@code <AE>} or {@code <remoteCSE>}
     * @param resourceName of the same
     * @param detail       App-ID of an AE, CSEBase address of a CSE
     * @param credential   the Credential-ID it registered with (TS-0010 6.4.4), as long as it is registered, also after a
     *                     restart; empty text if there was none
     */
    record Registration(String id, boolean cse, String resourceId, String resourceName, String detail, String credential) {
    }
}
