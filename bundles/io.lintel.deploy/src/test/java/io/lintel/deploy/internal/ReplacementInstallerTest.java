// SPDX-License-Identifier: Apache-2.0
package io.lintel.deploy.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.jar.Attributes;
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
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.framework.startlevel.FrameworkStartLevel;
import org.osgi.framework.wiring.BundleWiring;

/** On a real framework, with bundles that are a manifest and nothing else. */
class ReplacementInstallerTest {
    @TempDir
    Path folder;

    private Framework framework;
    private ReplacementInstaller installer;
    private Bundle adapter;

    @BeforeEach
    void aNodeWithAnAdapter() throws BundleException, IOException {
        framework = ServiceLoader.load(FrameworkFactory.class).findFirst().orElseThrow().newFramework(Map.of(
                Constants.FRAMEWORK_STORAGE, folder.resolve("storage").toString(),
                Constants.FRAMEWORK_BEGINNING_STARTLEVEL, "5"));
        framework.init();
        framework.adapt(FrameworkStartLevel.class).setInitialBundleStartLevel(4);
        adapter = installed("adapter", "1.0.0", "Export-Package", "adapter.spi");
        framework.start();
        installer = new ReplacementInstaller(framework.getBundleContext());
    }

    @AfterEach
    void itEnds() throws BundleException, InterruptedException {
        framework.stop();
        framework.waitForStop(10_000);
    }

    @Test
    void aNewVersionTakesThePlaceOfTheOld() throws IOException {
        File jar = jar("deploy/adapter-new.jar", "adapter", "1.1.0");
        assertThat(installer.canHandle(jar)).isTrue();

        installer.install(jar);

        assertThat(adapter.getVersion()).hasToString("1.1.0");
        assertThat(adapter.getState()).isEqualTo(Bundle.ACTIVE);
        assertThat(named("adapter")).hasSize(1);
    }

    @Test
    void soDoesAnotherBuildOfTheSameVersion() throws IOException {
        installer.install(jar("deploy/adapter.jar", "adapter", "1.0.0", "Build", "second"));
        assertThat(adapter.getHeaders().get("Build")).isEqualTo("second");
        assertThat(adapter.getState()).isEqualTo(Bundle.ACTIVE);
    }

    @Test
    void whoUsesItsPackagesIsRewiredToTheNewContent() throws Exception {
        Bundle user = installed("user", "1.0.0", "Import-Package", "adapter.spi");
        user.start();

        installer.install(jar("deploy/adapter.jar", "adapter", "1.1.0", "Export-Package", "adapter.spi"));

        assertThat(user.getState()).isEqualTo(Bundle.ACTIVE);
        assertThat(user.adapt(BundleWiring.class).getRequiredWires("osgi.wiring.package").get(0).getProviderWiring())
                .isSameAs(adapter.adapt(BundleWiring.class));
    }

    @Test
    void whenTheJarGoesTheDistributionsOwnComesBack() throws IOException {
        File jar = jar("deploy/adapter.jar", "adapter", "1.1.0");
        installer.install(jar);
        Files.delete(jar.toPath());

        installer.uninstall(jar);

        assertThat(adapter.getVersion()).hasToString("1.0.0");
        assertThat(adapter.getState()).isEqualTo(Bundle.ACTIVE);
    }

    @Test
    void ofTwoJarsTheLastModifiedCounts() throws IOException {
        File newer = jar("deploy/b.jar", "adapter", "1.1.0");
        File older = jar("deploy/a.jar", "adapter", "1.2.0");
        assertThat(older.setLastModified(newer.lastModified() - 60_000)).isTrue();

        installer.install(newer);
        installer.install(older);
        assertThat(adapter.getVersion()).hasToString("1.1.0");

        Files.delete(newer.toPath());
        installer.uninstall(newer);
        assertThat(adapter.getVersion()).hasToString("1.2.0");
    }

    @Test
    void aBuildThatDoesNotStartIsTakenBack() throws IOException {
        installer.install(jar("deploy/adapter.jar", "adapter", "1.1.0", "Import-Package", "nobody.has.this"));

        assertThat(adapter.getVersion()).hasToString("1.0.0");
        assertThat(adapter.getState()).isEqualTo(Bundle.ACTIVE);

        File repaired = jar("deploy/adapter.jar", "adapter", "1.1.0");
        assertThat(repaired.setLastModified(repaired.lastModified() + 2000)).isTrue();
        installer.update(repaired);
        assertThat(adapter.getVersion()).hasToString("1.1.0");
    }

    @Test
    void whatWasThereBeforeTheStartIsInPlaceBeforeItsBundleStarts() throws Exception {
        Bundle late = installed("late", "1.0.0");
        late.adapt(BundleStartLevel.class).setStartLevel(7);
        late.start();

        installer.install(jar("deploy/late.jar", "late", "2.0.0"));

        assertThat(late.getVersion()).hasToString("2.0.0");
        assertThat(late.getState()).isNotEqualTo(Bundle.ACTIVE);
    }

    @Test
    void otherBundlesAndOtherFilesAreLeftToFileInstall() throws IOException {
        assertThat(installer.canHandle(jar("deploy/guest.jar", "guest", "1.0.0"))).isFalse();
        Path text = Files.writeString(folder.resolve("deploy/half.jar"), "PK not yet whole");
        assertThat(installer.canHandle(text.toFile())).isFalse();
        assertThat(installer.canHandle(folder.resolve("deploy/none.jar").toFile())).isFalse();
    }

    @Test
    void whatCarriesTheReplacingIsNotReplaced() throws Exception {
        Bundle base = installed("base", "1.0.0");
        base.adapt(BundleStartLevel.class).setStartLevel(1);
        base.start();
        File jar = jar("deploy/base.jar", "base", "2.0.0");

        assertThat(installer.canHandle(jar)).as("or File Install would put a second one beside it").isTrue();
        installer.install(jar);

        assertThat(base.getVersion()).hasToString("1.0.0");
    }

    private Bundle installed(String name, String version, String... headers) throws BundleException, IOException {
        File jar = jar("bundle/" + name + ".jar", name, version, headers);
        Bundle bundle = framework.getBundleContext().installBundle("reference:" + jar.toURI());
        if (framework.getState() != Bundle.ACTIVE) {
            bundle.start();
        }
        return bundle;
    }

    private List<Bundle> named(String name) {
        return Arrays.stream(framework.getBundleContext().getBundles()).filter(b -> name.equals(b.getSymbolicName())).toList();
    }

    private File jar(String path, String name, String version, String... headers) throws IOException {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.putValue("Manifest-Version", "1.0");
        main.putValue("Bundle-ManifestVersion", "2");
        main.putValue("Bundle-SymbolicName", name + ";singleton:=true");
        main.putValue("Bundle-Version", version);
        for (int i = 0; i < headers.length; i += 2) {
            main.putValue(headers[i], headers[i + 1]);
        }
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        new JarOutputStream(Files.newOutputStream(file), manifest).close();
        return file.toFile();
    }
}
