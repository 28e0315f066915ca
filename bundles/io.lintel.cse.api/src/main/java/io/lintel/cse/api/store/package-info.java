// SPDX-License-Identifier: Apache-2.0
/** What the CSE asks of a store. Implemented by the store bundles, called by the CSE alone. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package io.lintel.cse.api.store;
