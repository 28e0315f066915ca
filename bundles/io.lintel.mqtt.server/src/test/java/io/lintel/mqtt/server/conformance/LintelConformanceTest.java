// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.conformance;

import org.junit.jupiter.api.Nested;

/** All suites against our server. */
class LintelConformanceTest {

    @Nested
    class PacketParsing extends PacketParsingSuite {
        PacketParsing() {
            super(LintelSubject::new);
        }
    }

    @Nested
    class Strings extends StringsSuite {
        Strings() {
            super(LintelSubject::new);
        }
    }

    @Nested
    class Connect extends ConnectSuite {
        Connect() {
            super(LintelSubject::new);
        }
    }

    @Nested
    class Session extends SessionSuite {
        Session() {
            super(LintelSubject::new);
        }
    }

    @Nested
    class KeepAliveAndWill extends KeepAliveAndWillSuite {
        KeepAliveAndWill() {
            super(LintelSubject::new);
        }
    }

    @Nested
    class QosInbound extends QosInboundSuite {
        QosInbound() {
            super(LintelSubject::new);
        }
    }

    @Nested
    class QosOutbound extends QosOutboundSuite {
        QosOutbound() {
            super(LintelSubject::new);
        }
    }

    @Nested
    class Identifiers extends IdentifiersSuite {
        Identifiers() {
            super(LintelSubject::forManyPackets);
        }
    }

    @Nested
    class Retained extends RetainedSuite {
        Retained() {
            super(LintelSubject::new);
        }
    }

    @Nested
    class Subscribe extends SubscribeSuite {
        Subscribe() {
            super(LintelSubject::new);
        }
    }

    @Nested
    class TopicMatching extends TopicMatchingSuite {
        TopicMatching() {
            super(LintelSubject::new);
        }
    }

    @Nested
    class SysTopics extends SysTopicsSuite {
        SysTopics() {
            super(LintelSubject::new);
        }
    }

    @Nested
    class WebSocket extends WebSocketSuite {
        WebSocket() {
            super(LintelSubject::new);
        }
    }

    @Nested
    class Principal extends PrincipalSuite {
        Principal() {
            super(LintelSubject::new);
        }
    }
}
