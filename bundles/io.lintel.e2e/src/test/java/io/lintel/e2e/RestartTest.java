// SPDX-License-Identifier: Apache-2.0
package io.lintel.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.demo.parts.HttpApp;
import io.lintel.demo.parts.Node;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.ResourceTypes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A node that is asked, by its own reboot object, to start again (TS-0001 D.10), started as anybody starts it. */
class RestartTest {
    private static final String REBOOT = "mn-name/node/reboot";

    private Topology topology;
    private Node node;

    private HttpApp start(List<String> settings) throws Exception {
        topology = new Topology(getClass());
        node = topology.node("mn", "mn", settings);
        topology.ready();
        HttpApp administrator = new HttpApp(node.http(), "CAdmin");
        Waiting.until("the node has its objects", () -> administrator.get(REBOOT, "").status() == 2000);
        return administrator;
    }

    @AfterEach
    void end() throws Exception {
        if (node != null) {
            ProcessHandle.of(pid()).ifPresent(ProcessHandle::destroy);
            long last = pid();
            Waiting.until("the node has ended", () -> ProcessHandle.of(last).filter(ProcessHandle::isAlive).isEmpty());
        }
        topology.close();
    }

    private long pid() throws IOException {
        Path file = node.home().resolve("data").resolve("pid");
        return Files.exists(file) ? Long.parseLong("0" + Files.readString(file).trim()) : 0;
    }

    private void awaitAnotherProcess(long before, HttpApp administrator) throws Exception {
        Waiting.until("the first process has ended", () -> ProcessHandle.of(before).filter(ProcessHandle::isAlive).isEmpty());
        Waiting.until("another process serves", () -> pid() != before && pid() != 0 && serves(administrator));
    }

    private static boolean serves(HttpApp administrator) throws Exception {
        try {
            return administrator.get("mn-name", "").status() == 2000;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void aRebootIsAnsweredHappensOnceAndLosesNothing() throws Exception {
        try (HttpApp administrator = start(List.of())) {
            long first = pid();
            administrator.create("mn-name", ResourceTypes.CONTAINER, "m2m:cnt", Attributes.of("rn", "kept")).expect(2001);
            HttpApp.Answer answer = administrator.update(REBOOT, "m2m:rbo", Attributes.of("rbo", true)).expect(2004);
            assertThat(answer.attributes().flag("rbo")).contains(false);

            awaitAnotherProcess(first, administrator);
            long second = pid();
            administrator.get("mn-name/kept", "").expect(2000);
            assertThat(administrator.get(REBOOT, "").expect(2000).attributes().flag("rbo")).contains(false);
            assertThat(Files.readString(node.home().resolve("log").resolve("lintel.log")).split("the node starts again", -1))
                    .as("once").hasSize(2);
            assertThat(ProcessHandle.of(second).filter(ProcessHandle::isAlive)).isPresent();
        }
    }

    @Test
    void aFactoryResetIsARestartWithoutWhatWasKept() throws Exception {
        try (HttpApp administrator = start(List.of("management.factoryReset=true"))) {
            long first = pid();
            administrator.create("mn-name", ResourceTypes.CONTAINER, "m2m:cnt", Attributes.of("rn", "lost")).expect(2001);
            Files.writeString(node.home().resolve("deploy").resolve("note.txt"), "lost, too");
            administrator.update(REBOOT, "m2m:rbo", Attributes.of("far", true)).expect(2004);

            awaitAnotherProcess(first, administrator);
            assertThat(administrator.get("mn-name/lost", "").status()).isEqualTo(4004);
            assertThat(node.home().resolve("deploy")).isEmptyDirectory();
            assertThat(node.home().resolve("data").resolve("factory-reset")).doesNotExist();
            assertThat(node.home().resolve("etc").resolve("io.lintel.http.cfg")).content().contains("port=" + node.httpPort());
        }
    }
}
