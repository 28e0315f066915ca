// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.api.store;

import java.util.List;
import java.util.Optional;

/**
 * Reads of the resource tree. Each costs the same however many resources there are (besides the number it returns);
 * lists are paged by the key of the last element, in order of creation.
 */
public interface ResourceReader {

    Optional<Resource> byId(String id);

    Optional<Resource> child(String parentId, String name);

    /**
     * Direct children in order of creation.
     *
     * @param afterId the last child of the previous page, or empty text for the first page
     */
    List<Resource> children(String parentId, String afterId, int limit);

    /** Direct children of one type in order of creation, paged as {@link #children}. */
    List<Resource> children(String parentId, int type, String afterId, int limit);

    /** All resources of a type in order of creation, paged; not meant for instances. */
    List<Resource> ofType(int type, String afterId, int limit);

    /** The newest contentInstance or timeSeriesInstance of the parent. */
    Optional<Resource> newestInstance(String parentId);

    /** The oldest contentInstance or timeSeriesInstance of the parent. */
    Optional<Resource> oldestInstance(String parentId);

    /** The timeSeriesInstance of the parent that was generated at this time, see {@link Resource#generated}. */
    Optional<Resource> instanceGeneratedAt(String parentId, long micros);

    /** Resources whose expiration is at or before the time, soonest first. */
    List<Resource> expired(long atMillis, int limit);
}
