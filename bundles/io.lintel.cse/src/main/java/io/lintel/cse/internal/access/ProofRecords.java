// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.access;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceReader;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.primitive.Attributes;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds {@code <role>} and {@code <token>} resources by what they prove, without a search of the tree: for each holder and
 * role, and each Token-ID, a record beside the tree lists the resources. It is written in the same task as the resource;
 * its ID has a blank, which no address has, so nobody can read, change or find it through the CSE.
 */
final class ProofRecords {
    private static final String MEMBER = "proof";
    private static final String RESOURCES = "resources";

    private ProofRecords() {
    }

    /** @param holder in its absolute form */
    static String ofRole(String holder, String roleId) {
        return "proof of role: " + holder + " " + roleId;
    }

    static String ofToken(String tokenId) {
        return "proof by token: " + tokenId;
    }

    /** The resources that the record lists and that are there. */
    static List<Resource> find(ResourceReader reader, String record) {
        List<Resource> found = new ArrayList<>();
        for (String id : listed(reader, record)) {
            reader.byId(id).ifPresent(found::add);
        }
        return found;
    }

    private static List<String> listed(ResourceReader reader, String record) {
        return reader.byId(record).map(kept -> kept.attributes().texts(RESOURCES)).orElse(List.of());
    }

    static void add(ResourceWriter writer, String record, String resourceId) {
        List<String> resources = new ArrayList<>(listed(writer, record));
        boolean first = resources.isEmpty();
        resources.add(resourceId);
        Resource kept = record(record, resources);
        if (first) {
            writer.insert(kept);
        } else {
            writer.update(kept);
        }
    }

    static void remove(ResourceWriter writer, String record, String resourceId) {
        List<String> resources = new ArrayList<>(listed(writer, record));
        if (!resources.remove(resourceId)) {
            return;
        }
        if (resources.isEmpty()) {
            writer.delete(record(record, resources));
        } else {
            writer.update(record(record, resources));
        }
    }

    private static Resource record(String id, List<String> resources) {
        return new Resource(0, MEMBER, id, "", id, "", Long.MAX_VALUE, Attributes.of(RESOURCES, resources));
    }
}
