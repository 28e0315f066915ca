// SPDX-License-Identifier: Apache-2.0
/** What the demonstration is made of and the end-to-end tests use, too: a node's process, and clients of HTTP and CoAP. */
package io.lintel.demo.parts;
