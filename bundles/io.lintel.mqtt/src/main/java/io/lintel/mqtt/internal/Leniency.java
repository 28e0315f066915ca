// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/**
 * What this binding accepts although TS-0010 does not allow it, because public implementations send it. Each can be
 * switched off by leaving its name out of {@code mqtt.leniencies}. Nothing here changes what is sent.
 */
enum Leniency {
    /** Topics without the format level: JSON, XML or CBOR by the payload's first byte (Mobius, tinyIoT). */
    NO_SUFFIX("noSuffix"),
    /** The leading slash of a CSE-ID turned into a colon, {@code :mn-cse}, instead of dropped (Mobius). */
    LEADING_COLON("leadingColon"),
    /** Responses of CSEs on {@code /oneM2M/resp/<receiver>/<originator>} (Eclipse OM2M). */
    SWAPPED_RESPONSES("swappedResponses"),
    /** Release 1 JSON with {@code m2m:rqp} or {@code m2m:rsp} around the primitive. */
    WRAPPED_JSON("wrappedJson"),
    /** CBOR written as hexadecimal text (Mobius). */
    HEX_CBOR("hexCbor"),
    /** A CSE's own CSE-ID, or any other text, where its Credential-ID belongs (Mobius, ACME). */
    ID_AS_CREDENTIAL("idAsCredential"),
    /** Primitives at QoS 0 (ACME). */
    QOS_0("qos0"),
    /** Requests without {@code fr}: the topic's originator is meant (Mobius). */
    MISSING_FROM("missingFrom"),
    /** The resource ID of this CSEBase where the CSE-ID belongs (tinyIoT). Many CSEs have the same; not for shared servers. */
    BASE_RESOURCE_ID("baseResourceId"),
    /** RETRIEVE of the CSEBase on {@code reg_req} topics, which name the peer itself then. */
    REGISTRATION_RETRIEVE("registrationRetrieve"),
    /** A receiver's identifier behind two or three slashes of a URI, {@code mqtt://host//CAE01}, where a topic belongs (ACME). */
    RECEIVER_IN_PATH("receiverInPath");

    private final String key;

    Leniency(String key) {
        this.key = key;
    }

    String key() {
        return key;
    }

    /** @throws IllegalArgumentException naming the word that is no leniency: a wrong setting stops the start */
    static Set<Leniency> of(Iterable<String> keys) {
        Set<Leniency> chosen = EnumSet.noneOf(Leniency.class);
        for (String key : keys) {
            chosen.add(Arrays.stream(values()).filter(l -> l.key.equals(key)).findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("mqtt.leniencies: no such leniency: " + key)));
        }
        return chosen;
    }
}
