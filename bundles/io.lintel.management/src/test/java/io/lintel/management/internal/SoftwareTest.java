// SPDX-License-Identifier: Apache-2.0
package io.lintel.management.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lintel.cse.api.NodeManagement.ManagedObject;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.ResponseStatusCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;

/** Software as management objects, on a real framework with bundles that are a manifest and nothing else. */
class SoftwareTest {
    private static final long SECONDS = 20;

    @TempDir
    Path folder;

    private Framework framework;
    private FolderFollower follower;
    private ScheduledExecutorService executor;
    private Memo memo;
    private Software software;

    @BeforeEach
    void aNode() throws BundleException, IOException {
        framework = ServiceLoader.load(FrameworkFactory.class).findFirst().orElseThrow().newFramework(Map.of(
                Constants.FRAMEWORK_STORAGE, folder.resolve("storage").toString()));
        framework.start();
        Files.createDirectories(folder.resolve("deploy"));
        Files.createDirectories(folder.resolve("tmp"));
        installed("io.lintel.primitive", "Export-Package", "words");
        installed("io.lintel.cse", "Import-Package", "words,tables");
        installed("io.lintel.tables", "Export-Package", "tables");
        installed("io.lintel.rest");
        installed("io.lintel.adapter");
        installed("library");
        follower = new FolderFollower(framework.getBundleContext(), folder.resolve("deploy"));
        executor = Executors.newSingleThreadScheduledExecutor();
        software = software();
    }

    private Software software() {
        memo = new Memo(folder.resolve("memo"));
        return new Software(new Bundles(framework.getBundleContext(), Set.of("io.lintel.rest")),
                new DeployFolder(folder.resolve("deploy")), new Download(folder.resolve("tmp"), 10_000),
                new Sources(List.of(folder.resolve("offered").toUri().toString())), memo, executor);
    }

    @AfterEach
    void itEnds() throws BundleException, InterruptedException {
        follower.close();
        executor.shutdownNow();
        framework.stop();
        framework.waitForStop(10_000);
    }

    private Bundle installed(String name, String... headers) throws IOException, BundleException {
        Path jar = jar("bundle/" + name + ".jar", name, "1.0.0", headers);
        Bundle bundle = framework.getBundleContext().installBundle("reference:" + jar.toUri());
        if (!name.equals("io.lintel.cse")) {
            bundle.start();
        }
        return bundle;
    }

    private Path jar(String path, String name, String version, String... headers) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().putValue("Manifest-Version", "1.0");
        manifest.getMainAttributes().putValue("Bundle-ManifestVersion", "2");
        manifest.getMainAttributes().putValue("Bundle-SymbolicName", name);
        manifest.getMainAttributes().putValue("Bundle-Version", version);
        for (int i = 0; i < headers.length; i += 2) {
            manifest.getMainAttributes().putValue(headers[i], headers[i + 1]);
        }
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        new JarOutputStream(Files.newOutputStream(file), manifest).close();
        return file;
    }

    private Optional<ManagedObject> shown(String name) {
        return software.objects().stream().filter(object -> object.name().equals(name)).findFirst();
    }

    private ManagedObject wanted(String name, String swn, Path jar) {
        return new ManagedObject(name, "m2m:swr", Attributes.builder().set("swn", swn).set("vr", "1").set("url",
                jar.toUri().toString()).build());
    }

    private Attributes execute(ManagedObject object, String executable) throws Exception {
        software.check(object, executable);
        return software.execute(object, executable).toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
    }

    private Attributes status(String name, String attribute) {
        return shown(name).orElseThrow().attributes().object(attribute).orElseThrow();
    }

    private Bundle bundle(String name) {
        return new Bundles(framework.getBundleContext(), Set.of()).named(name).orElseThrow();
    }

    private void refused(ManagedObject object, String executable, String why) {
        assertThatThrownBy(() -> software.check(object, executable)).isInstanceOfSatisfying(PrimitiveException.class, refusal ->
                assertThat(refusal.status()).isEqualTo(ResponseStatusCode.OPERATION_NOT_ALLOWED)).hasMessageContaining(why);
    }

    @Test
    void oursIsShownAndLibrariesAreNot() {
        assertThat(software.objects()).extracting(ManagedObject::name).containsExactly("io.lintel.adapter", "io.lintel.cse",
                "io.lintel.primitive", "io.lintel.rest", "io.lintel.tables");
        ManagedObject adapter = shown("io.lintel.adapter").orElseThrow();
        assertThat(adapter.attributes().text("vr")).contains("1.0.0");
        assertThat(adapter.attributes().text("swn")).contains("io.lintel.adapter");
        assertThat(adapter.initial().text("url").orElse("")).endsWith("/bundle/io.lintel.adapter.jar");
        assertThat(status("io.lintel.adapter", "ins")).isEqualTo(Part.done("in"));
        assertThat(status("io.lintel.adapter", "acts")).isEqualTo(Part.done("act"));
        assertThat(status("io.lintel.cse", "acts")).as("not started").isEqualTo(Part.done("dea"));
    }

    @Test
    void whatIsDeactivatedStaysSoOverARestart() throws Exception {
        ManagedObject adapter = shown("io.lintel.adapter").orElseThrow();
        execute(adapter, "dea");
        assertThat(bundle("io.lintel.adapter").getState()).isEqualTo(Bundle.RESOLVED);
        assertThat(status("io.lintel.adapter", "acts")).isEqualTo(Part.done("dea"));

        bundle("io.lintel.adapter").start();
        software = software();
        software.open();
        assertThat(bundle("io.lintel.adapter").getState()).as("as the framework begins anew").isEqualTo(Bundle.RESOLVED);

        execute(adapter, "act");
        software = software();
        software.open();
        assertThat(bundle("io.lintel.adapter").getState()).isEqualTo(Bundle.ACTIVE);
    }

    @Test
    void whatARequestStandsOnIsNeverStopped() throws BundleException {
        bundle("io.lintel.cse").start();
        for (String name : List.of("io.lintel.primitive", "io.lintel.cse", "io.lintel.tables", "io.lintel.rest")) {
            refused(shown(name).orElseThrow(), "dea", name);
        }
    }

    @Test
    void theDistributionIsNotUninstalled() {
        refused(shown("io.lintel.adapter").orElseThrow(), "un", "part of the distribution");
    }

    @Test
    void whatARequestCreatedIsTheSoftwareOnceItIsInstalled() throws Exception {
        Path jar = jar("offered/meter.jar", "com.example.meter", "2.1.0");
        ManagedObject object = wanted("my-meter", "com.example.meter", jar);
        refused(object, "act", "not installed");
        refused(object, "un", "not installed");
        assertThat(execute(object, "in")).isEqualTo(Attributes.empty());
        assertThat(bundle("com.example.meter").getState()).isEqualTo(Bundle.ACTIVE);
        assertThat(shown("my-meter").orElseThrow().attributes().text("vr")).contains("2.1.0");
        assertThat(shown("com.example.meter")).as("it has one object").isEmpty();
        software = software();
        assertThat(shown("my-meter")).as("after a restart").isPresent();

        Path next = jar("offered/meter-next.jar", "com.example.meter", "2.2.0");
        execute(wanted("my-meter", "com.example.meter", next), "in");
        assertThat(shown("my-meter").orElseThrow().attributes().text("vr")).contains("2.2.0");

        assertThat(execute(shown("my-meter").orElseThrow(), "un")).isEqualTo(Attributes.of("acts", Part.done("dea")));
        assertThat(shown("my-meter")).isEmpty();
        assertThat(folder.resolve("deploy")).isEmptyDirectory();
        assertThat(folder.resolve("tmp")).isEmptyDirectory();
    }

    @Test
    void aBundleOfTheDistributionIsReplacedAndComesBack() throws Exception {
        Path jar = jar("offered/adapter.jar", "io.lintel.adapter", "1.1.0");
        ManagedObject object = new ManagedObject("io.lintel.adapter", "m2m:swr", Attributes.of("url", jar.toUri().toString()));
        execute(object, "in");
        assertThat(shown("io.lintel.adapter").orElseThrow().attributes().text("vr")).contains("1.1.0");
        assertThat(execute(object, "un").text("url").orElse("")).endsWith("/bundle/io.lintel.adapter.jar");
        assertThat(shown("io.lintel.adapter").orElseThrow().attributes().text("vr")).contains("1.0.0");
    }

    @Test
    void somethingElseThanWhatWasNamedIsNotInstalled() throws Exception {
        ManagedObject wrong = wanted("meter", "com.example.meter", jar("offered/x.jar", "com.example.other", "1.0.0"));
        software.check(wrong, "in");
        assertThatThrownBy(() -> software.execute(wrong, "in").toCompletableFuture().join())
                .isInstanceOf(CompletionException.class)
                .hasMessageContaining("no bundle com.example.meter");
        ManagedObject none = wanted("meter", "com.example.meter", folder.resolve("offered/none.jar"));
        assertThatThrownBy(() -> software.execute(none, "in").toCompletableFuture().join())
                .isInstanceOf(CompletionException.class);
        assertThat(folder.resolve("deploy")).isEmptyDirectory();
        assertThat(folder.resolve("tmp")).isEmptyDirectory();
        refused(wanted("meter", "../../etc", jar("offered/y.jar", "y", "1.0.0")), "in", "symbolic name");
        refused(wanted("meter", "com.example.meter", folder.resolve("bundle/library.jar")), "in", "management.sources");
    }

    @Test
    void anInstallationThatWasCutShortHasFailed() throws Exception {
        memo.put("install.io.lintel.adapter", "io.lintel.adapter");
        software = software();
        assertThat(status("io.lintel.adapter", "ins")).isEqualTo(Part.failed("in"));
        execute(wanted("io.lintel.adapter", "io.lintel.adapter", jar("offered/a.jar", "io.lintel.adapter", "1.2.0")), "in");
        assertThat(status("io.lintel.adapter", "ins")).isEqualTo(Part.done("in"));
    }
}
