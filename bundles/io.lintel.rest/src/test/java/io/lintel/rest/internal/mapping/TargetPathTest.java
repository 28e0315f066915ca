// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.ResponseStatusCode;

class TargetPathTest {

    @ParameterizedTest
    @CsvSource({"cnt0007,cnt0007", "mn-base/ae1,mn-base ae1", "-/ae1/la,- ae1 la", "/mn-cse/mn-base/ae1,~ mn-cse mn-base ae1",
            "/mn-cse,~ mn-cse", "//sp.example/mn-cse/cnt0007,_ sp.example mn-cse cnt0007"})
    void everyFormOfAddressHasAPathAndComesBack(String to, String segments) {
        assertThat(TargetPath.segments(to)).isEqualTo(List.of(segments.split(" ")));
        assertThat(TargetPath.to(TargetPath.segments(to))).isEqualTo(to);
    }

    @Test
    void anAttributeHasNoPlaceInThePath() {
        assertThat(TargetPath.segments("cnt0007#lbl")).containsExactly("cnt0007");
    }

    @Test
    void aTrailingSlashIsIgnored() {
        assertThat(TargetPath.to(List.of("mn-base", "ae1", ""))).isEqualTo("mn-base/ae1");
    }

    @Test
    void aPathWithoutAResourceIsNotFound() {
        for (List<String> segments : List.of(List.<String>of(), List.of(""), List.of("~"), List.of("_", ""))) {
            assertThatThrownBy(() -> TargetPath.to(segments)).isInstanceOfSatisfying(PrimitiveException.class,
                    e -> assertThat(e.status()).isEqualTo(ResponseStatusCode.NOT_FOUND));
        }
    }

    @Test
    void anEscapedSlashCannotSmuggleInASegment() {
        assertThatThrownBy(() -> TargetPath.to(List.of("mn-base", "a/b"))).isInstanceOf(PrimitiveException.class)
                .hasMessageContaining("a/b");
    }

    @Test
    void notificationUrisMayHaveQueriesOfTheirOwn() {
        List<String> uris = List.of("http://h/p?a=1&b=2", "/in-cse/C1", "coap://h/x?y=z");
        assertThat(Values.splitUris(Values.joinUris(uris))).isEqualTo(uris);
    }
}
