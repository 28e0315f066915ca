// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive;

/** How the value of a primitive's parameter is built; it drives validation and all three serialisations. */
public enum ParameterKind {
    TEXT, INTEGER, BOOLEAN, TEXT_LIST, OBJECT
}
