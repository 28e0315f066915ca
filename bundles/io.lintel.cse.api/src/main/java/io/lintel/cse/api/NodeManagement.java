// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.api;

import io.lintel.primitive.Attributes;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * What can be seen and done of the machine that the CSE runs on, as management objects of the CSE's own {@code <node>}
 * (TS-0001 9.6.18 and annex D). Registered as a service by whoever knows the machine; the CSE itself knows none of it.
 * Without such a service the objects stay as they were last, and nothing can be executed.
 */
@ConsumerType
public interface NodeManagement {

    /**
     * The objects as they are at this moment. Called from any thread, at every RETRIEVE of one of them and now and then in
     * between, so it answers from memory and never blocks.
     */
    List<ManagedObject> objects();

    /**
     * Refuses what will not be done, such as an installation from a place that the configuration does not name. Called on
     * the store's writer thread, so it must not block.
     *
     * @param executable the attribute that was set, such as {@code rbo} or {@code in}
     * @throws io.lintel.primitive.PrimitiveException with the status and a sentence for the originator
     */
    void check(ManagedObject object, String executable);

    /**
     * Begins what an executable asks for, after it is on disk that it was asked for. Called on a thread that may not be
     * kept; the stage completes when it is done, or fails. An action that ends the process completes before it does, early
     * enough for its outcome to be kept.
     *
     * @return what the object says from then on, besides the status of the action; empty if nothing
     */
    CompletionStage<Attributes> execute(ManagedObject object, String executable);

    /**
     * A management object.
     *
     * @param name       its resource name, by which it is found again
     * @param memberName its specialisation, such as {@code m2m:mem}
     * @param attributes those that the machine knows, by their short names
     * @param initial    what an object that does not exist yet begins with besides, and requests may change
     * @param fleeting   the names of attributes that never stand still, such as the free memory: every RETRIEVE shows them as
     *                   they are, but a change of theirs is stored, and told to subscribers, only when a number is a tenth off
     */
    record ManagedObject(String name, String memberName, Attributes attributes, Attributes initial, Set<String> fleeting) {

        public ManagedObject {
            fleeting = Set.copyOf(fleeting);
        }

        public ManagedObject(String name, String memberName, Attributes attributes) {
            this(name, memberName, attributes, Attributes.empty(), Set.of());
        }
    }
}
