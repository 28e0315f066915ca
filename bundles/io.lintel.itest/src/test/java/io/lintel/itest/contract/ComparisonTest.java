// SPDX-License-Identifier: Apache-2.0
package io.lintel.itest.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The measure itself: what the contract suite takes for equal, what it finds, and that its files can't be mistyped. */
class ComparisonTest {
    private final Variables variables = new Variables();

    private List<String> differences(String expected, String actual, boolean untyped) {
        return Comparison.differences(Notation.read(expected, Map.of()), JsonParser.parseString(actual), variables, untyped);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{a: 1}                  | {'a': 1}",
        "{a: 1}                  | {'a': 1.0}",
        "{a: any, b: text}       | {'a': null, 'b': 'x'}",
        "{a: time}               | {'a': '20260101T000000,5'}",
        "{a: id}                 | {'a': 'cnt-1.x_y'}",
        "{a: set [1, 2]}         | {'a': [2, 1]}",
        "{a: has [{b: 1}]}       | {'a': [{'b': 2}, {'b': 1}]}",
        "{a: [1, [2]]}           | {'a': [1, [2]]}",
        "{a: like \"x*z\"}       | {'a': 'xyz'}",
        "{a: size 2}             | {'a': [7, 8]}",
        "{a: oneof [1, \"x\"]}   | {'a': 'x'}",
        "{a: 1, b: absent}       | {'a': 1}",
        "{a: 1, ...}             | {'a': 1, 'b': 2}",
        "{m2m:cnt: {\"rn\": true}} | {'m2m:cnt': {'rn': true}}"})
    void isEqual(String expected, String actual) {
        assertThat(differences(expected, actual.replace('\'', '"'), false)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{a: 1}             | {'a': 2}               | a: expected 1, is 2",
        "{a: 1}             | {'a': '1'}             | a: expected 1, is \"1\"",
        "{a: 1}             | {'a': 1, 'b': 2}       | b: unexpected, is 2",
        "{a: 1, b: 2}       | {'a': 1}               | b: missing, expected 2",
        "{a: absent}        | {'a': null}            | a: must be absent, is null",
        "{a: text}          | {'a': ''}              | a: expected text, is \"\"",
        "{a: time}          | {'a': '2026-01-01'}    | a: expected time, is \"2026-01-01\"",
        "{a: id}            | {'a': '/x'}            | a: expected id, is \"/x\"",
        "{a: [1, 2]}        | {'a': [2, 1]}          | a[0]: expected 1, is 2",
        "{a: [1]}           | {'a': [1, 1]}          | a: 2 elements instead of 1: [1,1]",
        "{a: set [1]}       | {'a': [1, 2]}          | a: unexpected elements [2]",
        "{a: has [3]}       | {'a': [1, 2]}          | a: no element is 3, in [1,2]",
        "{a: {b: 1}}        | {'a': {'b': 1, 'c': 1}} | a.c: unexpected, is 1",
        "{a: {b: 1}}        | {'a': [1]}             | a: expected an object, is [1]",
        "{a: true}          | {'a': 'true'}          | a: expected true, is \"true\"",
        "{a: null}          | {'a': 0}               | a: expected null, is 0"})
    void differs(String expected, String actual, String difference) {
        List<String> found = differences(expected, actual.replace('\'', '"'), false);
        assertThat(found).contains(difference);
    }

    @Test
    void withoutTypesTheTextOfANumberIsTheNumber() {
        assertThat(differences("{a: 5, b: true}", "{\"a\": \"5\", \"b\": \"true\"}", true)).isEmpty();
        assertThat(differences("{a: 5}", "{\"a\": \"6\"}", true)).isNotEmpty();
    }

    @Test
    void whatIsNamedIsKnownFromThenOn() {
        assertThat(differences("{ri: id as x}", "{\"ri\": \"cnt1\"}", false)).isEmpty();
        assertThat(differences("{pi: \"${x}\"}", "{\"pi\": \"cnt1\"}", false)).isEmpty();
        assertThat(differences("{pi: \"${x}\"}", "{\"pi\": \"cnt2\"}", false)).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({"{a: tme}", "{a: yes}", "{a: @cnt}", "{@cnt}", "{a 1}", "{a: 1", "'{a: 1} x'", "{a: [1 2]}"})
    void aMistypedNotationIsNoNotation(String text) {
        assertThatThrownBy(() -> Notation.read(text, Map.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "RETRIEVE ${ae}            | a request without '->'",
        "RETRIEV ${ae}#-> 2000     | no step",
        "RETRIEVE ${ae}#-> 2000#{a: nothing} | is no word",
        "RETRIEVE ${ae} fu#-> 2000 | expected name=value",
        "only amqp#RETRIEVE ${ae}#-> 2000 | 'amqp' is not of"})
    void aMistypedCaseIsToldWithFileAndLine(String steps, String fault, @TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("definitions.case"), "");
        Files.writeString(folder.resolve("x.case"), "case x\nclause y\n" + steps.replace('#', '\n') + "\n");
        assertThatThrownBy(() -> CaseFile.readAll(folder)).hasMessageContaining("x.case:").hasMessageContaining(fault);
    }

    @Test
    void eachRowIsACase(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("definitions.case"), "");
        Files.writeString(folder.resolve("x.case"), """
                case value <v>
                clause y
                | v |
                | 1 |
                | 2 |
                RETRIEVE ${ae} lim=<v>
                -> 2000 any
                """);
        assertThat(CaseFile.readAll(folder)).extracting(ContractCase::name).containsExactly("value 1", "value 2");
    }
}
