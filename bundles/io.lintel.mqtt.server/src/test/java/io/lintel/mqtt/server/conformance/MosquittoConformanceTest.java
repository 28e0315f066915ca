// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.conformance;

import org.junit.jupiter.api.Nested;

/** All suites against Mosquitto, which proves the tests: what differs from ours is written in each test. */
class MosquittoConformanceTest {

    @Nested
    class PacketParsing extends PacketParsingSuite {
        PacketParsing() {
            super(MosquittoSubject::new);
        }
    }

    @Nested
    class Strings extends StringsSuite {
        Strings() {
            super(MosquittoSubject::new);
        }
    }

    @Nested
    class Connect extends ConnectSuite {
        Connect() {
            super(MosquittoSubject::new);
        }
    }

    @Nested
    class Session extends SessionSuite {
        Session() {
            super(MosquittoSubject::new);
        }
    }

    @Nested
    class KeepAliveAndWill extends KeepAliveAndWillSuite {
        KeepAliveAndWill() {
            super(MosquittoSubject::new);
        }
    }

    @Nested
    class QosInbound extends QosInboundSuite {
        QosInbound() {
            super(MosquittoSubject::new);
        }
    }

    @Nested
    class QosOutbound extends QosOutboundSuite {
        QosOutbound() {
            super(MosquittoSubject::new);
        }
    }

    @Nested
    class Identifiers extends IdentifiersSuite {
        Identifiers() {
            super(MosquittoSubject::new);
        }
    }

    @Nested
    class Retained extends RetainedSuite {
        Retained() {
            super(MosquittoSubject::new);
        }
    }

    @Nested
    class Subscribe extends SubscribeSuite {
        Subscribe() {
            super(MosquittoSubject::new);
        }
    }

    @Nested
    class TopicMatching extends TopicMatchingSuite {
        TopicMatching() {
            super(MosquittoSubject::new);
        }
    }

    @Nested
    class SysTopics extends SysTopicsSuite {
        SysTopics() {
            super(MosquittoSubject::new);
        }
    }

    @Nested
    class WebSocket extends WebSocketSuite {
        WebSocket() {
            super(MosquittoSubject::new);
        }
    }

    @Nested
    class Principal extends PrincipalSuite {
        Principal() {
            super(MosquittoSubject::new);
        }
    }
}
