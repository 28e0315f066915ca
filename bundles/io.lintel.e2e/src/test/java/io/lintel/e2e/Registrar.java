// SPDX-License-Identifier: Apache-2.0
package io.lintel.e2e;

import io.lintel.demo.parts.HttpApp;
import io.lintel.demo.parts.Node;
import io.lintel.primitive.Attributes;
import java.util.ArrayList;
import java.util.List;

/**
 * A CSE under test as those see it who register there.
 *
 * @param cse  the CSE-ID without its slash, which is its level in topics
 * @param base the resource name of its CSEBase
 * @param mqtt the MQTT server by which it is reached; empty if it is not
 */
record Registrar(Node node, String cse, String base, String mqtt) {

    static Registrar in(Node node, String mqtt) {
        return new Registrar(node, "in-cse", "in-name", mqtt);
    }

    static Registrar mn(Node node, String mqtt) {
        return new Registrar(node, "mn-cse", "mn-name", mqtt);
    }

    static Registrar asn(Node node, String mqtt) {
        return new Registrar(node, "asn-cse", "asn-name", mqtt);
    }

    /** The CSEs that are registered here, and the picture of its own registrar, as its administrator sees them. */
    List<Attributes> remoteCses() throws Exception {
        try (HttpApp administrator = new HttpApp(node.http(), "CAdmin")) {
            List<Attributes> found = new ArrayList<>();
            HttpApp.Answer list = administrator.get(base, "fu=1&ty=16&drt=2");
            if (list.status() == 2000) {
                for (Object id : (List<?>) list.content().value()) {
                    found.add(administrator.get(id.toString(), "").expect(2000).attributes());
                }
            }
            return found;
        }
    }

    void awaitRegistration(String cse) throws Exception {
        Waiting.until("/" + cse + " is registered at /" + this.cse,
                () -> remoteCses().stream().anyMatch(csr -> csr.text("csi").filter(("/" + cse)::equals).isPresent()));
    }
}
