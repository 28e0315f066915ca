// SPDX-License-Identifier: Apache-2.0
/**
 * The doors of the CSE. Bindings hand requests to {@link io.lintel.cse.api.Cse} and offer themselves as
 * {@link io.lintel.cse.api.PrimitiveSender}; nobody needs more than this package to take part in the traffic.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package io.lintel.cse.api;
