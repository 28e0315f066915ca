// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.api;

import java.util.Map;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Counters since start, for the console: names are stable, dotted, lower case ({@code requests.mqtt},
 * {@code notifications.sent}).
 */
@ProviderType
public interface Traffic {
    Map<String, Long> counters();
}
