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
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A node that is asked, by its own reboot object, to start again (TS-0001 D.10), started as anybody starts it. */
class RestartTest {
    private static final String REBOOT = "mn-name/node/reboot";
    private static final String HELLO = "mn-name/node/hello";

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
    void softwareIsInstalledByARequestOutlivesARestartAndGoes() throws Exception {
        String offered = Path.of("target/nodes/offered").toAbsolutePath().toUri().toString().replaceFirst("/?$", "/");
        Path jar = jar(Path.of("target/nodes/offered/hello.jar"));
        String digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(jar)));
        try (HttpApp administrator = start(List.of("management.sources=" + offered))) {
            administrator.create("mn-name/node", ResourceTypes.MGMT_OBJ, "m2m:swr", Attributes.builder().set("rn", "hello")
                    .set("mgd", 1002).set("vr", "1").set("swn", "org.example.hello").set("url", offered + "hello.jar#sha256="
                            + digest).build()).expect(2001);
            administrator.update(HELLO, "m2m:swr", Attributes.of("in", true)).expect(2004);
            awaitStatus(administrator, "ins", "in");
            awaitStatus(administrator, "acts", "act");
            assertThat(administrator.get(HELLO, "").attributes().text("vr")).contains("1.2.3");
            administrator.update(HELLO, "m2m:swr", Attributes.of("dea", true)).expect(2004);
            awaitStatus(administrator, "acts", "dea");

            long first = pid();
            administrator.update(REBOOT, "m2m:rbo", Attributes.of("rbo", true)).expect(2004);
            awaitAnotherProcess(first, administrator);
            awaitStatus(administrator, "ins", "in");
            awaitStatus(administrator, "acts", "dea");
            administrator.update(HELLO, "m2m:swr", Attributes.of("un", true)).expect(2004);
            awaitStatus(administrator, "ins", "un");
            assertThat(node.home().resolve("deploy")).isEmptyDirectory();
        }
    }

    private static void awaitStatus(HttpApp administrator, String attribute, String action) throws Exception {
        Waiting.until(attribute + " says " + action, () -> administrator.get(HELLO, "").attributes().object(attribute)
                .filter(status -> status.text("acn").equals(Optional.of(action)) && status.number("sus").equals(Optional.of(1L)))
                .isPresent());
    }

    /** A bundle that is a manifest and nothing else; the same bytes whenever it is made. */
    private static Path jar(Path file) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().putValue("Manifest-Version", "1.0");
        manifest.getMainAttributes().putValue("Bundle-ManifestVersion", "2");
        manifest.getMainAttributes().putValue("Bundle-SymbolicName", "org.example.hello");
        manifest.getMainAttributes().putValue("Bundle-Version", "1.2.3");
        Files.createDirectories(file.getParent());
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(file))) {
            ZipEntry entry = new ZipEntry("META-INF/MANIFEST.MF");
            entry.setTime(0);
            out.putNextEntry(entry);
            manifest.write(out);
            out.closeEntry();
        }
        return file;
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
