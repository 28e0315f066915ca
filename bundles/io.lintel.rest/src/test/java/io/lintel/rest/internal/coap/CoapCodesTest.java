// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.lintel.primitive.Operation;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Serialization;

/** The tables of numbers (TS-0008 6.2.2.5, 6.3), row by row. */
class CoapCodesTest {
    private static final String[] ROWS = {
        // 4130 is of Release 4, which has no code for it: that of its class
        "4.00: 4000 4102 4104 4110 4123 4124 4130 4143 5106 5219 5220 6010 6022 6023 6024 6028 6029",
        "4.02: 4120 4122",
        "4.03: 4101 4103 4105 4106 4107 4108 4109 4111 4112 4113 4114 4115 4116 4117 4126 4127 4128 5105 5203 5205 5208 5214 5215"
                + " 5218 5222",
        "4.04: 4004 4118 4119 4121 5103 5107 6003 6005",
        "4.05: 4005", "4.06: 5207", "4.15: 4015",
        "5.00: 5000 5204 5209 5210 5211 5212 5216 5217 5221 6020 6021 6025 6026",
        "5.01: 4001 4125 5001 5206", "5.04: 4008 6030 6031",
        "2.01: 1001 2001", "2.02: 2002", "2.04: 2004"};


    @Test
    void everyStatusHasTheCodeOfItsRow() {
        for (String row : ROWS) {
            String[] words = row.split(":? ");
            for (int i = 1; i < words.length; i++) {
                String code = CoapCodes.ofRsc(Integer.parseInt(words[i]), Operation.CREATE, true).toString();
                assertThat(code).as(words[i]).isEqualTo(words[0]);
            }
        }
    }

    @Test
    void noStatusIsMissingInTheTable() {
        Set<Integer> inRows = new HashSet<>(Set.of(1000, 1002, 2000));
        for (String row : ROWS) {
            Arrays.stream(row.split(":? ")).skip(1).map(Integer::parseInt).forEach(inRows::add);
        }
        for (ResponseStatusCode status : ResponseStatusCode.values()) {
            assertThat(inRows).as(status.name()).contains(status.code());
        }
    }

    @ParameterizedTest
    @CsvSource({"RETRIEVE,2.05", "NOTIFY,2.04"})
    void okDependsOnTheOperation(Operation operation, String code) {
        assertThat(CoapCodes.ofRsc(2000, operation, true).toString()).isEqualTo(code);
    }

    @ParameterizedTest
    @CsvSource({"1002,true,2.01", "1002,false,2.04", "1000,true,2.01", "1000,false,2.04", "1001,true,2.01"})
    void anAcceptedRequestIsCreatedIfItHasAResource(int rsc, boolean resource, String code) {
        assertThat(CoapCodes.ofRsc(rsc, Operation.CREATE, resource).toString()).isEqualTo(code);
    }

    @ParameterizedTest
    @ValueSource(ints = {1999, 2999, 4999, 5999, 6999})
    void whatNobodyKnowsHasTheCodeOfItsClass(int rsc) {
        int codeClass = CoapCodes.ofRsc(rsc, Operation.UPDATE, false).codeClass;
        assertThat(codeClass).isEqualTo(rsc < 3000 ? 2 : rsc < 5000 ? 4 : 5);
    }

    @ParameterizedTest
    @CsvSource({"XML,41", "XML,10014", "XML,10000", "XML,10002", "XML,10004", "XML,10006", "XML,10008", "JSON,50", "JSON,10001",
        "JSON,10003", "JSON,10005", "JSON,10007", "JSON,10009", "CBOR,60",
        "CBOR,10010", "CBOR,10011", "CBOR,10012", "CBOR,10013"})
    void everyContentFormatIsRead(Serialization serialization, int number) {
        assertThat(ContentFormats.serialization(number)).contains(serialization);
    }

    @ParameterizedTest
    @CsvSource({"JSON,50,10003", "XML,41,10002", "CBOR,60,10011"})
    void oneIsWritten(Serialization serialization, int plain, int notification) {
        assertThat(ContentFormats.plain(serialization)).isEqualTo(plain);
        assertThat(ContentFormats.notification(serialization)).isEqualTo(notification);
    }

    @ParameterizedTest
    @CsvSource({"JSON,' {\"m2m:cnt\":{}}'", "XML,<m2m:cnt/>", "CBOR,\u00a1gm2m:cnt", "JSON,''"})
    void contentWithoutANumberIsWhatItLooksLike(Serialization serialization, String content) {
        assertThat(ContentFormats.guess(content.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1))).isEqualTo(serialization);
    }
}
