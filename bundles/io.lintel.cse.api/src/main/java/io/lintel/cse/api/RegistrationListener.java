// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.api;

import org.osgi.annotation.versioning.ConsumerType;

/** Whiteboard service: told of every registration and deregistration, after it is on disk and in order. Must not block. */
@ConsumerType
public interface RegistrationListener {
    void registered(Registrations.Registration registration);

    void deregistered(Registrations.Registration registration);
}
