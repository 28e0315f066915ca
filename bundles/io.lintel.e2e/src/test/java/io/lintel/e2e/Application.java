// SPDX-License-Identifier: Apache-2.0
package io.lintel.e2e;

import io.lintel.primitive.Attributes;
import io.lintel.primitive.ResourceTypes;

/** A registered AE, whatever binding it speaks, with a container {@code data} that others may use. */
interface Application extends AutoCloseable {
    /** Its AE-ID in the SP-relative form. */
    String id();

    /** The CSE-relative structured address of its resource. */
    String path();

    Registrar registrar();

    Answer create(String to, int type, String member, Attributes attributes) throws Exception;

    Answer retrieve(String to) throws Exception;

    /** The content of the next contentInstance that it is notified of. */
    String notified() throws Exception;

    /** Where others reach its container from anywhere. */
    default String data() {
        return "/" + registrar().cse() + "/" + path() + "/data";
    }

    /** Its AE exists: makes the container, open to everybody. */
    default void moveIn() throws Exception {
        String policy = create(path(), ResourceTypes.ACCESS_CONTROL_POLICY, "m2m:acp", Representations.openPolicy(id()))
                .expect(2001).attributes().text("ri").orElseThrow();
        create(path(), ResourceTypes.CONTAINER, "m2m:cnt", Representations.container("data", policy)).expect(2001);
    }

    default void say(String to, String content) throws Exception {
        create(to, ResourceTypes.CONTENT_INSTANCE, "m2m:cin", Representations.instance(content)).expect(2001);
    }

    default String latest(String container) throws Exception {
        return Representations.content(retrieve(container + "/la").expect(2000).attributes());
    }

    /** Subscribes to new contentInstances. */
    default void watch(String container, String name) throws Exception {
        create(container, ResourceTypes.SUBSCRIPTION, "m2m:sub", Representations.subscription(name, id())).expect(2001);
    }
}
