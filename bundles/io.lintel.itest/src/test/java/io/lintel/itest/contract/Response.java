// SPDX-License-Identifier: Apache-2.0
package io.lintel.itest.contract;

import com.google.gson.JsonObject;
import java.util.List;

/**
 * A response primitive as it came.
 *
 * @param parameters {@code rqi}, {@code rvi}, {@code cnst} …, without {@code rsc}
 * @param content    null if there is none
 * @param body       the bytes of the content as the binding carries them, or of the whole primitive
 * @param complaints what was wrong with the binding's own part of it: a status code that does not fit, a header that is missing
 */
record Response(int status, JsonObject parameters, JsonObject content, byte[] body, List<String> complaints) {
}
