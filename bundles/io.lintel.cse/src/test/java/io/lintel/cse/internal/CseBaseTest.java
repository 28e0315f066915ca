// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lintel.cse.api.CseIdentity.CseType;
import io.lintel.primitive.Attributes;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The root of the tree (TS-0001 9.6.3). */
class CseBaseTest {
    private final CseDriver cse = CseDriver.mn();

    @AfterEach
    void close() {
        cse.close();
    }

    @Test
    void saysWhoThisCseIs() {
        Attributes base = cse.admin().retrieve("mn-name").expect(2000).content();
        assertThat(base.text("csi")).contains("/mn-cse");
        assertThat(base.number("cst")).contains(2L);
        assertThat(base.number("ty")).contains(5L);
        assertThat(base.text("ri")).contains("base");
        assertThat(base.text("pi")).contains("");
        assertThat(base.text("rn")).contains("mn-name");
        assertThat(base.has("et")).isFalse();
        assertThat(base.numbers("srt")).contains(1L, 2L, 3L, 4L, 5L, 9L, 16L, 17L, 23L, 28L, 31L, 32L, 34L).isSorted();
        assertThat(base.texts("srv")).containsExactly("1", "2", "2a", "3", "4");
        assertThat(base.texts("csz")).containsExactly("json", "xml", "cbor");
        assertThat(base.list("poa")).isEmpty();
    }

    @Test
    void isUnderTheAdministratorsPolicy() {
        assertThat(cse.admin().retrieve("mn-name").content().texts("acpi")).hasSize(1);
        Attributes policy = cse.admin().retrieve("mn-name/administration").expect(2000).content();
        assertThat(policy.object("pvs").orElseThrow().objects("acr").get(0).texts("acor")).containsExactly("CAdmin");
    }

    @Test
    void listsTheOpenDoors() {
        cse.doors = List.of("http://127.0.0.1:8080", "mqtt://127.0.0.1:1883");
        cse.core().refreshPointsOfAccess();
        cse.store.write(writer -> null).toCompletableFuture().join();
        assertThat(cse.admin().retrieve("mn-name").content().texts("poa")).isEqualTo(cse.doors);
        cse.doors = List.of();
        cse.restart();
        assertThat(cse.admin().retrieve("mn-name").content().texts("poa")).isEmpty();
    }

    @Test
    void isMadeOnce() {
        long before = cse.store.resourceCount();
        cse.restart();
        cse.restart();
        assertThat(cse.store.resourceCount()).isEqualTo(before);
    }

    @Test
    void anotherCsesStoreIsRefused() {
        assertThatThrownBy(() -> new CseDriver(CseDriver.settings(CseType.IN, true), cse.store))
                .isInstanceOf(IllegalStateException.class).hasMessageContaining("/mn-cse").hasMessageContaining("/in-cse")
                .hasMessageContaining("cse.id");
    }
}
