// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.mapping;

import org.osgi.service.component.annotations.ComponentPropertyType;

import io.lintel.cse.api.PrimitiveSender;

/** Makes {@link PrimitiveSender#SCHEMES} an array also when there is but one scheme. */
@ComponentPropertyType
public @interface Schemes {
    String[] io_lintel_schemes();
}
