// SPDX-License-Identifier: Apache-2.0
/**
 * Bytes to primitives and back, in JSON, XML and CBOR (TS-0004 clause 8). Pure functions: no I/O, no logging,
 * no service; usable from any thread.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package io.lintel.primitive.codec;
