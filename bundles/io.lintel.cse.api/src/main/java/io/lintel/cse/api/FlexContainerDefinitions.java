// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.api;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Definitions of specialised flexContainers that a bundle brings along (TS-0001 9.6.35): registered as a service, they
 * are in force from then on until the service goes. Resources made by them stay and stay readable without them, but
 * nothing of theirs that the definition describes can be created or changed until it is back.
 */
@ConsumerType
public interface FlexContainerDefinitions {

    /**
     * The definitions, in the form that {@code docs/flexcontainers.md} describes. Asked once, when the service appears,
     * on the thread that registers it. A text with a mistake is reported in the log and not used.
     */
    String text();
}
