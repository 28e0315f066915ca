// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.access;

import java.util.List;
import java.util.Set;

/**
 * One permission of a token's {@code tkps}: privileges on certain resources of this CSE.
 *
 * @param resourceIds the unstructured resource IDs of what the privileges are for
 * @param rules       the privileges
 */
record TokenPermission(Set<String> resourceIds, List<AccessRule> rules) {
}
