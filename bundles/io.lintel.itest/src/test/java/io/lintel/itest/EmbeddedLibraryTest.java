// SPDX-License-Identifier: Apache-2.0
package io.lintel.itest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;

/**
 * Of BouncyCastle the bundle of the node's certificates embeds single packages. Other tests have the whole library on their
 * class path; this one holds that whatever our classes reach in it, over any number of steps, is in the bundle.
 */
class EmbeddedLibraryTest {
    private static final Path BUNDLE = Path.of("../io.lintel.tls/target/classes");
    private static final String OURS = "io.lintel.";
    private static final String LIBRARY = "org.bouncycastle.";

    @Test
    void allThatIsReachedIsThere() {
        Map<String, Set<String>> uses = new HashMap<>();
        Set<String> missing = new HashSet<>();
        for (String line : dependencies().split("\n")) {
            String[] parts = line.trim().split("\\s+", 4);   // class -> other, and where that is
            if (parts.length == 4 && parts[1].equals("->")) {
                uses.computeIfAbsent(parts[0], key -> new HashSet<>()).add(parts[2]);
                if (parts[2].startsWith(LIBRARY) && parts[3].contains("not found")) {
                    missing.add(parts[2]);
                }
            }
        }
        Set<String> reached = new HashSet<>();
        ArrayDeque<String> next = new ArrayDeque<>(uses.keySet().stream().filter(name -> name.startsWith(OURS)).toList());
        while (!next.isEmpty()) {
            String name = next.pop();
            if (reached.add(name)) {
                next.addAll(uses.getOrDefault(name, Set.of()));
            }
        }
        assertThat(reached).contains("org.bouncycastle.cert.X509v3CertificateBuilder", "org.bouncycastle.asn1.ASN1Sequence");
        reached.retainAll(missing);
        assertThat(new TreeSet<>(reached)).as("reached, but not in the bundle").isEmpty();
    }

    private static String dependencies() {
        StringWriter out = new StringWriter();
        ToolProvider.findFirst("jdeps").orElseThrow().run(new PrintWriter(out), new PrintWriter(new StringWriter()),
                "--multi-release", "base", "-verbose:class", "-filter:none", BUNDLE.toString());
        return out.toString();
    }
}
