// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.lintel.mqtt.server.ConnectedClient;
import io.lintel.mqtt.server.Identity;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What is refused is written down, once per event, and not without end. */
class AuditLogTest {
    private static final long SECOND = 1_000_000_000L;

    private final Logger logger = (Logger) LoggerFactory.getLogger("lintel.audit");
    private final ListAppender<ILoggingEvent> written = new ListAppender<>();
    private long now = 5;
    private final AuditLog audit = new AuditLog(() -> now);

    @BeforeEach
    void listen() {
        written.start();
        logger.setLevel(Level.INFO);
        logger.setAdditive(false);
        logger.addAppender(written);
    }

    @AfterEach
    void leave() {
        logger.detachAppender(written);
        logger.setLevel(null);
        logger.setAdditive(true);
    }

    private List<String> lines() {
        return written.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    private static ConnectedClient client(String id, String user, String address) {
        return new ConnectedClient(id, user.isEmpty() ? Identity.ANONYMOUS : Identity.user(user), new InetSocketAddress(address,
                4711),
                "tls", false);
    }

    @Test
    void oneLinePerEvent() {
        audit.refused(client("A::CAE02", "CAE01", "192.0.2.7"), "publish", "/oneM2M/req/CAE02/mn-cse/json",
                "it speaks for somebody else");
        assertThat(lines()).containsExactly("publish refused client=\"A::CAE02\" identity=\"password:CAE01\" address="
                + "192.0.2.7:4711 listener=\"tls\" what=\"/oneM2M/req/CAE02/mn-cse/json\" why=\"it speaks for somebody else\"");
    }

    @Test
    void namesCannotForgeLines() {
        audit.refused(client("x\" why=\"fine\n2026 connect refused", "", "192.0.2.7"), "publish", "a".repeat(5_000) + "\u2028",
                "w");
        assertThat(lines()).singleElement().satisfies(line -> assertThat(line).contains("client=\"x\\\" why=\\\"fine\\u000a2026")
                .contains("identity=none").doesNotContain("\n").hasSizeLessThan(600));
    }

    @Test
    @Tag("MQ-67")
    void aHostileClientFillsNoDiskAndHidesNobody() {
        for (int i = 0; i < 1_000; i++) {
            audit.refused(client("client-" + i, "mallory", "192.0.2.7"), "publish", "t", "w");
        }
        int atOnce = lines().size();
        assertThat(atOnce).isBetween(5, 50);
        audit.refused(client("a", "alice", "192.0.2.7"), "publish", "t", "w");
        assertThat(lines()).as("others are heard").hasSize(atOnce + 1);
        now += 6 * SECOND;
        audit.refused(client("client-x", "mallory", "192.0.2.8"), "publish", "t", "w");
        assertThat(lines().get(atOnce + 1)).as("the rest is counted").endsWith(" unwritten=" + (1_000 - atOnce));
        audit.refused(client("client-x", "mallory", "192.0.2.8"), "publish", "t", "w");
        assertThat(lines()).hasSize(atOnce + 2);
    }

    @Test
    void manyHostileAddressesTogetherAreLimitedToo() {
        for (int i = 0; i < 60_000; i++) {
            audit.refused(client("x", "", "10." + i / 65_536 + "." + i / 256 % 256 + "." + i % 256), "connect", "x", "w");
        }
        assertThat(lines()).hasSizeLessThan(500);
        now += SECOND;
        audit.refused(client("x", "", "192.0.2.1"), "connect", "x", "w");
        assertThat(lines().get(lines().size() - 1)).contains("unwritten=");
    }

    @Test
    @Tag("MQ-67")
    void thePolicyWritesWhatItRefuses(@TempDir Path home) {
        try (PolicyDriver driver = PolicyDriver.closed(home)) {
            driver.registered.add("CAE01", "12-bob");
            driver.connect(PolicyDriver.certificate("A::CAE02", "CN:CAE01"));
            driver.connect(PolicyDriver.anonymous("stranger"));
            driver.subscribe(PolicyDriver.user("x", "alice"), "/oneM2M/req/+/mn-cse/#");
            driver.publish(PolicyDriver.user("x", "alice"), "/oneM2M/req/CAE01/mn-cse/json");
            driver.publish(PolicyDriver.user("x", "alice"), "home/lamp");
            driver.publish(PolicyDriver.user("x", "alice"), "/oneM2M/reg_req/12-alice/mn-cse/json");
        }
        assertThat(lines()).hasSize(5);
        assertThat(lines().get(0)).startsWith("connect refused").contains("certificate:CAE01").contains("31-CAE01");
        assertThat(lines().get(1)).startsWith("connect refused").contains("not authenticated");
        assertThat(lines().get(2)).startsWith("subscribe refused").contains("what=\"/oneM2M/req/+/mn-cse/#\"");
        assertThat(lines().get(3)).startsWith("publish refused").contains("somebody else; disconnected");
        assertThat(lines().get(4)).startsWith("publish refused").contains("what=\"home/lamp\"").doesNotContain("disconnected");
    }
}
