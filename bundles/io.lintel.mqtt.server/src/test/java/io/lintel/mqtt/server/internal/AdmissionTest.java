// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

/** Shares of addresses and of verified names, with a clock of the test's own. */
class AdmissionTest {
    private static final long SECOND = 1_000_000_000L;

    private static Admission admission(int most, int perAddress, int perSecondPerAddress) {
        Limits.Connections connections = new Limits.Connections(1, most, perAddress, 2, 0, perSecondPerAddress, false, 128);
        return new Admission(new Limits(connections, new Limits.Sessions(10, 3, 1, 1), null, null, null, null), 0);
    }

    private static InetAddress address(int last) {
        try {
            return InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, (byte) last});
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void anAddressHasAShare() {
        Admission admission = admission(5, 2, 0);
        assertThat(admission.refusal(address(1), 0)).isNull();
        assertThat(admission.refusal(address(1), 0)).isNull();
        assertThat(admission.refusal(address(1), 0)).contains("its address");
        assertThat(admission.refusal(address(2), 0)).isNull();
        admission.left(address(1));
        assertThat(admission.refusal(address(1), 0)).isNull();
        assertThat(admission.open()).isEqualTo(3);
        assertThat(admission.refusal(InetAddress.getLoopbackAddress(), 0)).isNull();
        assertThat(admission.refusal(InetAddress.getLoopbackAddress(), 0)).isNull();
        assertThat(admission.refusal(InetAddress.getLoopbackAddress(), 0)).isEqualTo("too many connections");
    }

    @Test
    void anAddressThatComesTooFastIsRefusedUntilItWaited() {
        Admission admission = admission(1_000, 0, 2);
        long now = 5 * SECOND;
        for (int i = 0; i < 10; i++) {
            assertThat(admission.refusal(address(1), now)).isNull();
        }
        assertThat(admission.refusal(address(1), now)).contains("too fast");
        assertThat(admission.refusal(address(2), now)).isNull();
        assertThat(admission.refusal(address(1), now + SECOND / 2)).isNull();
        assertThat(admission.refusal(address(1), now + SECOND / 2)).contains("too fast");
        for (int i = 0; i < 10; i++) {
            admission.left(address(1));
        }
        assertThat(admission.refusal(address(1), now + 1)).as("leaving does not pay for the next").contains("too fast");
        assertThat(admission.refusal(address(1), now + 200 * SECOND)).as("after a sweep").isNull();
    }

    @Test
    void aNameHasAShareAndAnonymousClientsHaveNone() {
        Admission admission = admission(10, 0, 0);
        admission.connection("password:a", 1);
        assertThat(admission.mayConnect("password:a")).isTrue();
        admission.connection("password:a", 1);
        assertThat(admission.mayConnect("password:a")).isFalse();
        assertThat(admission.mayConnect("password:b")).isTrue();
        admission.connection("password:a", -1);
        assertThat(admission.mayConnect("password:a")).isTrue();
        for (int i = 0; i < 5; i++) {
            admission.connection("", 1);
            admission.durableSession("", 1);
            admission.durableSession("password:b", 1);
        }
        assertThat(admission.mayConnect("")).isTrue();
        assertThat(admission.mayOpenSession("")).isTrue();
        assertThat(admission.mayOpenSession("password:b")).isFalse();
        assertThat(admission.mayOpenSession("password:a")).isTrue();
    }
}
