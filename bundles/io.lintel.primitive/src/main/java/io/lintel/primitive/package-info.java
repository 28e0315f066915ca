// SPDX-License-Identifier: Apache-2.0
/**
 * The oneM2M vocabulary: request and response primitives, identifiers and addresses, and the table of
 * resource types. Everything here is an immutable value or a stateless function and may be used from any thread.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package io.lintel.primitive;
