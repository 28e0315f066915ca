// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.read.ListAppender;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/**
 * The state machine of sessions under any order of packets, losses of connections, takeovers, full queues, failing disks
 * and kills ({@link FuzzStory}). After each step the books balance, clients hear only what they may
 * ({@link FuzzedClient}), in the end nothing is left ({@link FuzzedServer}), and nothing reached the log.
 */
class BrokerFuzzTest {
    private static final int MOST_BYTES = 2_000;
    private static final Logger ROOT = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

    @MethodSource("seeds")
    @FuzzTest(maxDuration = "30s")
    @Timeout(10)
    void playsAnyStory(byte[] input) {
        if (input == null || input.length == 0 || input.length > MOST_BYTES) {
            return;
        }
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Appender<ILoggingEvent> console = ROOT.getAppender("STDERR");
        ROOT.detachAppender(console);
        ROOT.addAppender(log);
        FuzzStory story = new FuzzStory(input);
        try {
            story.play();
        } finally {
            ROOT.detachAppender(log);
            ROOT.addAppender(console);
        }
        List<String> said = log.list.stream().filter(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
                .map(ILoggingEvent::getFormattedMessage)
                .filter(message -> !isForTheOperator(message, story)).toList();
        assertThat(said).isEmpty();
    }

    /** Not an error of ours: the disk did fail, or limits leave no place for a will. */
    private static boolean isForTheOperator(String message, FuzzStory story) {
        return story.diskFailed() && message.startsWith("The journal cannot be written") || message.startsWith("The will on ");
    }

    static Stream<byte[]> seeds() {
        return FuzzSeeds.stories();
    }
}
