// SPDX-License-Identifier: Apache-2.0
package io.lintel.bench.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The script checks names before it builds anything, so it has a list of its own. */
class BenchScriptTest {
    private static final String LIST = "names=\"";

    @Test
    void theScriptKnowsAllBenchmarks() throws Exception {
        List<String> script = Files.readAllLines(Path.of("../../run-configs/bench"));
        String names = script.stream().filter(line -> line.startsWith(LIST)).findFirst().orElseThrow();
        assertThat(names.substring(LIST.length(), names.length() - 1).split(" ")).containsExactlyElementsOf(Bench.names());
    }
}
