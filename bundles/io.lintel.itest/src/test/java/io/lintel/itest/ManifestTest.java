// SPDX-License-Identifier: Apache-2.0
package io.lintel.itest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds every built bundle's manifest against the table of bundles: what each may export, and import of ours and of others. */
class ManifestTest {
    private static final Path BUNDLES = Path.of("..").toAbsolutePath().normalize();

    private static final String PRIMITIVE = "io.lintel.primitive";
    private static final String API = "io.lintel.cse.api";
    private static final String MQTT_SERVER = "io.lintel.mqtt.server";
    private static final String TLS = "io.lintel.tls";
    private static final String ADAPTER = "io.lintel.adapter";

    /** Everybody may use the Java library, OSGi's API and slf4j. */
    private static final List<String> COMMON = List.of("java.", "javax.", "org.w3c.", "org.xml.", "org.osgi.", "org.slf4j");

    private static final Map<String, Rule> RULES = Map.ofEntries(
            rule(PRIMITIVE, exports(PRIMITIVE, PRIMITIVE + ".codec"), imports(), "com.google.gson"),
            rule(API, exports(API, API + ".store"), imports(PRIMITIVE)),
            rule("io.lintel.cse", exports(), imports(PRIMITIVE, API)),
            rule("io.lintel.store.sqlite", exports(), imports(PRIMITIVE, API, MQTT_SERVER), "org.sqlite"),
            rule("io.lintel.store.postgresql", exports(), imports(PRIMITIVE, API, MQTT_SERVER), "org.postgresql"),
            rule(TLS, exports(TLS), imports()),
            rule(MQTT_SERVER, exports(MQTT_SERVER), imports(TLS), "io.netty."),
            rule("io.lintel.mqtt", exports(), imports(PRIMITIVE, API, MQTT_SERVER, TLS), "org.eclipse.paho."),
            rule("io.lintel.rest", exports(), imports(PRIMITIVE, API, TLS), "org.eclipse.jetty."),
            rule(ADAPTER, exports(ADAPTER), imports(PRIMITIVE, API), "org.eclipse.paho.", "com.google.gson"),
            rule("io.lintel.console", exports(), imports(PRIMITIVE, API, MQTT_SERVER, ADAPTER), "jakarta.servlet",
                    "org.apache.felix."),
            rule("io.lintel.deploy", exports(), imports(), "org.apache.felix.fileinstall"),
            rule("io.lintel.management", exports(), imports(PRIMITIVE, API)));

    /** Not part of a node: they may use any API. */
    private static final Set<String> NOT_IN_A_NODE =
            Set.of("io.lintel.demo", "io.lintel.e2e", "io.lintel.itest", "io.lintel.bench", "io.lintel.store.jdbc");

    private record Rule(Set<String> exports, Set<String> imports, List<String> others) {
    }

    static Stream<String> bundles() {
        return RULES.keySet().stream().sorted();
    }

    @Test
    void everyBundleHasARule() throws IOException {
        try (Stream<Path> folders = Files.list(BUNDLES)) {
            Set<String> found = folders.filter(folder -> Files.exists(folder.resolve("pom.xml")))
                    .map(folder -> folder.getFileName().toString()).filter(name -> !NOT_IN_A_NODE.contains(name))
                    .collect(Collectors.toCollection(TreeSet::new));
            assertThat(found).isEqualTo(new TreeSet<>(RULES.keySet()));
        }
    }

    @ParameterizedTest
    @MethodSource("bundles")
    void folderAndSymbolicNameAreOne(String bundle) throws IOException {
        assertThat(manifest(bundle).getValue("Bundle-SymbolicName")).isEqualTo(bundle);
    }

    @ParameterizedTest
    @MethodSource("bundles")
    void itExportsItsApiAndNothingElse(String bundle) throws IOException {
        assertThat(packages(manifest(bundle), "Export-Package")).isEqualTo(RULES.get(bundle).exports());
    }

    @ParameterizedTest
    @MethodSource("bundles")
    @Tag("MQ-06")
    void ofOursItImportsWhatItMay(String bundle) throws IOException {
        Set<String> allowed = new TreeSet<>();
        RULES.get(bundle).imports().forEach(other -> allowed.addAll(RULES.get(other).exports()));
        allowed.addAll(RULES.get(bundle).exports());
        assertThat(packages(manifest(bundle), "Import-Package").stream().filter(name -> name.startsWith("io.lintel.")))
                .isSubsetOf(allowed);
    }

    @ParameterizedTest
    @MethodSource("bundles")
    void ofOthersItImportsWhatItsConcernNeeds(String bundle) throws IOException {
        assertThat(packages(manifest(bundle), "Import-Package").stream().filter(name -> !name.startsWith("io.lintel.")))
                .allSatisfy(name -> assertThat(Stream.concat(COMMON.stream(), RULES.get(bundle).others().stream()))
                        .as("%s imports %s", bundle, name).anyMatch(name::startsWith));
    }

    @ParameterizedTest
    @MethodSource("bundles")
    void itNeedsNoBundleByNameAndRunsNoActivator(String bundle) throws IOException {
        Attributes headers = manifest(bundle);
        assertThat(headers.getValue("Require-Bundle")).isNull();
        assertThat(headers.getValue("Bundle-Activator")).isNull();
        assertThat(headers.getValue("DynamicImport-Package")).isNull();
    }

    private static Attributes manifest(String bundle) throws IOException {
        Path file = BUNDLES.resolve(bundle).resolve("target/classes/META-INF/MANIFEST.MF");
        assertThat(file).as("the built bundle").exists();
        try (var in = Files.newInputStream(file)) {
            return new Manifest(in).getMainAttributes();
        }
    }

    /** The package names of a header; what stands in quotes (versions, uses) is no package. */
    private static Set<String> packages(Attributes headers, String header) {
        String value = Optional.ofNullable(headers.getValue(header)).orElse("").replaceAll("\"[^\"]*\"", "");
        Set<String> names = new TreeSet<>();
        for (String clause : value.split(",")) {
            for (String part : clause.split(";")) {
                Matcher name = Pattern.compile("[\\w.]+").matcher(part.trim());
                if (name.matches()) {
                    names.add(part.trim());
                }
            }
        }
        return names;
    }

    private static Map.Entry<String, Rule> rule(String bundle, Set<String> exports, Set<String> imports, String... others) {
        return Map.entry(bundle, new Rule(exports, imports, List.of(others)));
    }

    private static Set<String> exports(String... packages) {
        return new TreeSet<>(Arrays.asList(packages));
    }

    private static Set<String> imports(String... bundles) {
        return new TreeSet<>(Arrays.asList(bundles));
    }
}
