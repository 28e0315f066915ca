// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.conformance;

import io.lintel.mqtt.server.crash.Victim;
import org.junit.jupiter.api.Nested;

/**
 * The suites in which a server ends and comes back, for stores: against our server in a process of its own, which is killed
 * with kill -9 wherever a suite lets its server end, in good order or not.
 */
public abstract class KilledServerConformance {

    /** A server over a store of its own, not started yet. */
    protected abstract Victim victim(String name);

    @Nested
    class Session extends SessionSuite {
        Session() {
            super(setup -> new VictimSubject(victim("session"), setup));
        }
    }

    @Nested
    class QosInbound extends QosInboundSuite {
        QosInbound() {
            super(setup -> new VictimSubject(victim("inbound"), setup));
        }
    }

    @Nested
    class QosOutbound extends QosOutboundSuite {
        QosOutbound() {
            super(setup -> new VictimSubject(victim("outbound"), setup));
        }
    }

    @Nested
    class Retained extends RetainedSuite {
        Retained() {
            super(setup -> new VictimSubject(victim("retained"), setup));
        }
    }

    @Nested
    class KeepAliveAndWill extends KeepAliveAndWillSuite {
        KeepAliveAndWill() {
            super(setup -> new VictimSubject(victim("will"), setup));
        }
    }
}
