// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.slf4j.LoggerFactory;

/** Takes the place of the console while it is open, and keeps what is said that an operator would have to look at. */
final class WatchedLog implements AutoCloseable {
    private static final Logger ROOT = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

    private final ListAppender<ILoggingEvent> said = new ListAppender<>();
    private final Appender<ILoggingEvent> console = ROOT.getAppender("STDERR");

    WatchedLog() {
        said.start();
        ROOT.detachAppender(console);
        ROOT.addAppender(said);
    }

    /** Warnings and errors. */
    List<String> said() {
        return said.list.stream().filter(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
                .map(event -> event.getFormattedMessage() + (event.getThrowableProxy() == null ? ""
                        : " (" + event.getThrowableProxy().getClassName() + ": " + event.getThrowableProxy().getMessage() + ")"))
                .toList();
    }

    @Override
    public void close() {
        ROOT.detachAppender(said);
        ROOT.addAppender(console);
    }
}
