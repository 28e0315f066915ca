// SPDX-License-Identifier: Apache-2.0
package io.lintel.console.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SessionsTest {
    private final SettableClock clock = new SettableClock();
    private final Sessions sessions = new Sessions(clock);

    @Test
    void aSessionIsKnownByItsTokenOnly() {
        String token = sessions.open();

        assertThat(sessions.isOpen(token)).isTrue();
        assertThat(sessions.isOpen(token + "x")).isFalse();
        assertThat(sessions.isOpen("")).isFalse();
        assertThat(sessions.open()).isNotEqualTo(token).hasSizeGreaterThan(40);
    }

    @Test
    void itEndsWhenNobodyUsesIt() {
        String token = sessions.open();
        clock.pass(Sessions.IDLE_MILLIS);
        assertThat(sessions.isOpen(token)).isTrue();

        clock.pass(Sessions.IDLE_MILLIS + 1);
        assertThat(sessions.isOpen(token)).isFalse();
    }

    @Test
    void itEndsAfterItsLifeHoweverBusy() {
        String token = sessions.open();
        for (long passed = 0; passed < Sessions.LIFE_MILLIS; passed += Sessions.IDLE_MILLIS) {
            assertThat(sessions.isOpen(token)).isTrue();
            clock.pass(Sessions.IDLE_MILLIS);
        }
        clock.pass(1);
        assertThat(sessions.isOpen(token)).isFalse();
    }

    @Test
    void loggingOutEndsIt() {
        String token = sessions.open();
        sessions.close(token);
        assertThat(sessions.isOpen(token)).isFalse();
    }

    @Test
    void theOldestGivesWayWhenThereAreTooMany() {
        String oldest = sessions.open();
        String second = sessions.open();
        for (int i = 2; i <= Sessions.MAX_SESSIONS; i++) {
            sessions.open();
        }
        assertThat(sessions.isOpen(oldest)).isFalse();
        assertThat(sessions.isOpen(second)).isTrue();
    }

    @Test
    void guessingIsSlowedDownMoreAndMoreUntilSomebodyKnowsThePassword() {
        LoginThrottle throttle = new LoginThrottle(clock);
        for (int i = 1; i < LoginThrottle.FREE_ATTEMPTS; i++) {
            throttle.failed();
        }
        assertThat(throttle.waitMillis()).isZero();

        throttle.failed();
        assertThat(throttle.waitMillis()).isEqualTo(1000);
        clock.pass(1000);
        assertThat(throttle.waitMillis()).isZero();
        throttle.failed();
        assertThat(throttle.waitMillis()).isEqualTo(2000);

        for (int i = 0; i < 100; i++) {
            throttle.failed();
        }
        assertThat(throttle.waitMillis()).isEqualTo(LoginThrottle.MAX_WAIT_MILLIS);
        throttle.succeeded();
        assertThat(throttle.waitMillis()).isZero();
    }
}
