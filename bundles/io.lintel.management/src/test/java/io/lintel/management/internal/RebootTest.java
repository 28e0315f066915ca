// SPDX-License-Identifier: Apache-2.0
package io.lintel.management.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lintel.cse.api.NodeManagement.ManagedObject;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.ResponseStatusCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starting the node again, with somebody in the place of the process. */
class RebootTest {
    @TempDir
    Path data;

    private final List<Duration> left = new ArrayList<>();
    private Optional<String> obstacle = Optional.empty();
    private Optional<String> noReset = Optional.empty();

    private final Reboot.Leaving leaving = new Reboot.Leaving() {
        @Override
        public Optional<String> obstacle() {
            return obstacle;
        }

        @Override
        public void leave(Duration delay) {
            left.add(delay);
        }
    };

    private void execute(String executable) {
        Reboot reboot = new Reboot(data, leaving, Duration.ofMillis(700), noReset);
        ManagedObject object = reboot.objects().get(0);
        reboot.check(object, executable);
        reboot.execute(object, executable).toCompletableFuture().join();
    }

    @Test
    void theProcessLeavesAWhileLater() {
        execute("rbo");
        assertThat(left).containsExactly(Duration.ofMillis(700));
        assertThat(data).isEmptyDirectory();
    }

    @Test
    void theLauncherIsToldOfAResetBeforeTheProcessLeaves() {
        execute("far");
        assertThat(data.resolve("factory-reset")).exists();
        assertThat(left).hasSize(1);
    }

    @Test
    void aResetThatIsNotWantedIsNotAllowed() {
        noReset = Optional.of("not here");
        assertThatThrownBy(() -> execute("far")).isInstanceOfSatisfying(PrimitiveException.class, refusal ->
                assertThat(refusal.status()).isEqualTo(ResponseStatusCode.OPERATION_NOT_ALLOWED)).hasMessage("not here");
        execute("rbo");
        assertThat(left).hasSize(1);
    }

    @Test
    void aProcessThatNobodyWouldStartAgainGoesOn() throws IOException {
        obstacle = new OwnProcess(data, Optional.of(data.resolve("no-launcher")), false).obstacle();
        assertThat(obstacle).isPresent();
        assertThatThrownBy(() -> execute("rbo")).isInstanceOfSatisfying(PrimitiveException.class, refusal ->
                assertThat(refusal.status()).isEqualTo(ResponseStatusCode.NOT_IMPLEMENTED));
        assertThat(left).isEmpty();

        Path launcher = Files.writeString(data.resolve("launcher"), "#!/bin/true");
        assertThat(new OwnProcess(data, Optional.of(launcher), false).obstacle()).as("not executable").isPresent();
        assertThat(launcher.toFile().setExecutable(true)).isTrue();
        assertThat(new OwnProcess(data, Optional.of(launcher), false).obstacle()).isEmpty();
        assertThat(new OwnProcess(data, Optional.empty(), true).obstacle()).as("a service manager starts it").isEmpty();
    }
}
