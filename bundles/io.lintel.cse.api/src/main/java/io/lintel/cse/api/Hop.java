// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.api;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * How a request came: everything a binding knows about its sender that is not in the primitive. The CSE holds it
 * against {@code from} (TS-0004 7.3.2.1, TS-0010 clause 7); the binding itself decides nothing.
 *
 * @param binding     the protocol
 * @param peer        the sender's address or client identifier, for logs only
 * @param loopback    whether the sender is on this machine and the plain, local door was used
 * @param secured     whether the transport verified who the sender is (certificate, PSK, password)
 * @param verified    the entity that the transport verified, as SP-relative CSE-ID or AE-ID stem, if it did
 * @param originator  the entity that the transport names as the sender of this hop: the topic's originator level in
 *                    MQTT (normalised to SP-relative CSE-ID, SP-relative AE-ID, or bare stem). Empty where the
 *                    transport names nobody
 * @param credential  the Credential-ID of an initial registration ({@code reg_req} topics)
 * @param deliveryKey equal for two deliveries that may be the same message delivered twice (a digest of topic and
 *                    payload in MQTT); empty where the transport itself sees to it
 * @param first       whether the transport is sure that this is the first delivery under its key: then a response kept
 *                    under the same key belongs to another message, and is replaced
 * @param permitted   what the credential may register as, where the transport knows it (TS-0003 7, MQ-60): CSE-IDs, and
 *                    AE-ID stems with {@code *} for any run of characters. Empty where it does not say
 */
public record Hop(Binding binding, String peer, boolean loopback, boolean secured, Optional<String> verified,
        Optional<String> originator, Optional<String> credential, Optional<String> deliveryKey, boolean first,
        Optional<List<String>> permitted) {
    public Hop {
        Objects.requireNonNull(binding);
        Objects.requireNonNull(peer);
        Objects.requireNonNull(verified);
        Objects.requireNonNull(originator);
        Objects.requireNonNull(credential);
        Objects.requireNonNull(deliveryKey);
        permitted = permitted.map(List::copyOf);
    }

    /** A sender of whose credential nothing more is known. */
    public Hop(Binding binding, String peer, boolean loopback, boolean secured, Optional<String> verified,
            Optional<String> originator, Optional<String> credential, Optional<String> deliveryKey, boolean first) {
        this(binding, peer, loopback, secured, verified, originator, credential, deliveryKey, first, Optional.empty());
    }

    /** A delivery that may be a repetition, if it has a key. */
    public Hop(Binding binding, String peer, boolean loopback, boolean secured, Optional<String> verified,
            Optional<String> originator, Optional<String> credential, Optional<String> deliveryKey) {
        this(binding, peer, loopback, secured, verified, originator, credential, deliveryKey, false);
    }

    /** A request made by a bundle of this framework in the name of an AE it has registered. */
    public static Hop local(String bundle) {
        return new Hop(Binding.LOCAL, bundle, true, true, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** As {@link #local(String)}, for a request that a message of another protocol caused, which may come twice. */
    public static Hop local(String bundle, String deliveryKey, boolean first) {
        return new Hop(Binding.LOCAL, bundle, true, true, Optional.empty(), Optional.empty(), Optional.empty(),
                Optional.of(deliveryKey), first);
    }

    /** A plain, unverified sender that its transport does not name. */
    public static Hop plain(Binding binding, String peer, boolean loopback) {
        return new Hop(binding, peer, loopback, false, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }
}
