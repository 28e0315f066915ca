// SPDX-License-Identifier: Apache-2.0
package io.lintel.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The file of keys that are agreed beforehand. */
class PskTableTest {
    private static final String KEY = "000102030405060708090a0b0c0d0e0f";

    @TempDir
    private Path folder;

    private PskTable table(String content) throws IOException {
        return new PskTable(Files.writeString(folder.resolve("psk"), content));
    }

    @Test
    void aKeyIsFoundByItsIdentity() throws IOException {
        PskTable table = table("# meters\n\nmeter7@field.example   " + KEY + "\ngw@x\t" + KEY.toUpperCase(java.util.Locale.ROOT)
                + "ff\n");
        assertThat(table.key("meter7@field.example")).hasValueSatisfying(key -> assertThat(key)
                .isEqualTo(HexFormat.of().parseHex(KEY)));
        assertThat(table.key("gw@x")).hasValueSatisfying(key -> assertThat(key).hasSize(17));
        assertThat(table.key("gw")).isEmpty();
        assertThat(table.identities()).containsExactly("meter7@field.example", "gw@x");
    }

    @Test
    void withoutAFileThereAreNone() {
        assertThat(new PskTable(folder.resolve("none")).identities()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a " + KEY + " b", "a 00", "a 0x" + KEY, "a " + KEY + "\na " + KEY})
    void aFileWithAnErrorGivesNone(String content) throws IOException {
        assertThat(table(content).identities()).isEmpty();
    }
}
