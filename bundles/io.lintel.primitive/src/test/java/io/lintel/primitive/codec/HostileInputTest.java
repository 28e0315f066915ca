// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive.codec;

import static io.lintel.primitive.Serialization.CBOR;
import static io.lintel.primitive.Serialization.JSON;
import static io.lintel.primitive.Serialization.XML;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.fail;

import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Serialization;
import io.lintel.primitive.codec.Examples.PrimitiveExample;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Input that is broken, by accident or on purpose: always refused with 4000 and a sentence, never with anything else. */
class HostileInputTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "{'to':'x','rqi':'r1'}                              | neither a request",
            "{'op':1,'rqi':'r1'}                                | to (target) is missing",
            "{'op':1,'to':null,'rqi':'r1'}                      | to (target) is missing",
            "{'op':9,'to':'x','rqi':'r1'}                       | op must be a whole number from 1 to 5, but is 9",
            "{'op':1.5,'to':'x','rqi':'r1'}                     | op must be a whole number, but is 1.5",
            "{'op':'create','to':'x','rqi':'r1'}                | op must be a whole number, but is \"create\"",
            "{'op':1,'to':['x'],'rqi':'r1'}                     | to must be a text, but is [x]",
            "{'op':1,'to':'x','rqi':'r1','ty':true}             | ty must be a whole number, but is true",
            "{'op':1,'to':'x','rqi':'r1','fc':7}                | fc must be an object, but is 7",
            "{'op':1,'to':'x','rqi':'r1','da':'maybe'}          | da must be true or false, but is \"maybe\"",
            "{'op':1,'to':'x','rqi':'r1','rids':[{}]}           | rids must be a list of texts",
            "{'op':1,'to':'x','rqi':'r1','pc':'text'}           | pc must be an object with one member",
            "{'op':1,'to':'x','rqi':'r1','pc':{'a':{},'b':{}}}  | exactly one member, but has [a, b]",
            "{'op':1,'to':'x','rqi':'r1','pc':{'m2m:cnt':5}}    | m2m:cnt in primitiveContent must be an object",
            "{'rsc':'ok','rqi':'r1'}                            | rsc must be a whole number",
            "{'rsc':7,'rqi':'r1'}                               | rsc must be a whole number from 1000",
            "{'op':1,'op':2,'to':'x','rqi':'r1'}                | member 'op' occurs twice",
            "{'op':1,'to':'x','rqi':'r1'} {}                    | not what JSON allows at line 1 column",
            "{'op':1,'to':'x','rqi':'r1',}                      | malformed JSON",
            "{'op':1,'to':'x','rqi':'r1','x':NaN}               | malformed JSON",
            "{'op':01,'to':'x','rqi':'r1'}                      | malformed JSON",
            "{'op':1,'to':'x','rqi':'r1','x':\\q}               | malformed JSON",
            "{'op':1,'to':'x','rqi':'r1'                        | ends too early",
            "{'op':1,'to':'\\ud800','rqi':'r1'}                 | surrogate",
            "{'op':1,'to':'x','rqi':'r1','x':1e999999999}       | a number beyond all measure",
            "{/*c*/'op':1,'to':'x','rqi':'r1'}                  | malformed JSON"})
    void theRefusalSaysWhatWasWrongAndCarriesTheIdentifier(String json, String sentence) {
        PrimitiveDecodeException refusal = refused(JSON, utf8(json.replace('\'', '"').replace("\"op\" occurs", "'op' occurs")));

        assertThat(refusal.status()).isEqualTo(ResponseStatusCode.BAD_REQUEST);
        assertThat(refusal.getMessage()).contains(sentence);
        assertThat(refusal.requestIdentifier()).contains("r1");
    }

    @Test
    void aMissingIdentifierIsSaid() {
        assertThat(refused(JSON, utf8("{\"op\":1,\"to\":\"x\"}")).getMessage()).isEqualTo("rqi (requestIdentifier) is missing");
        assertThat(refused(JSON, utf8("{\"op\":1,\"to\":\"x\"}")).requestIdentifier()).isEmpty();
        assertThat(refused(JSON, utf8("[]")).getMessage()).contains("not an object");
        assertThat(refused(JSON, new byte[0]).getMessage()).contains("empty");
    }

    @Test
    void theIdentifiersAreFoundBeforeAndBehindTheBrokenPart() {
        PrimitiveDecodeException before = refused(JSON, utf8("{\"rqi\":\"r7\",\"rvi\":\"3\",\"op\":}"));
        PrimitiveDecodeException behind = refused(JSON, utf8("{\"op\":,\"rvi\":\"2a\", \"rqi\" : \"r8\"}"));
        PrimitiveDecodeException xml = refused(XML, utf8("<rqp><op>1<to>x</to><rqi>r9</rqi><rvi>3</rvi></rqp>"));
        PrimitiveDecodeException wrapped = refused(XML, utf8("<rqp><op>8</op><to>x</to><rqi>r9</rqi></rqp>"));
        byte[] cbor = TestCbor.of("{\"op\":1,\"rqi\":\"r10\",\"to\":\"x\"}");
        cbor[4] = (byte) 0xFF;

        assertThat(before.requestIdentifier()).contains("r7");
        assertThat(before.releaseVersionIndicator()).contains("3");
        assertThat(behind.requestIdentifier()).contains("r8");
        assertThat(behind.releaseVersionIndicator()).contains("2a");
        assertThat(xml.requestIdentifier()).contains("r9");
        assertThat(wrapped.requestIdentifier()).contains("r9");
        assertThat(refused(CBOR, cbor).requestIdentifier()).contains("r10");
    }

    @Test
    void theIdentifierOfANestedPrimitiveIsNotTakenForTheOuterOne() {
        PrimitiveDecodeException refusal =
                refused(JSON, utf8("{\"op\":5,\"pc\":{\"m2m:rsp\":{\"rsc\":2000,\"rqi\":\"inner\"}},\"rqi\":\"outer\"}"));

        assertThat(refusal.requestIdentifier()).contains("outer");
    }

    @ParameterizedTest
    @EnumSource(Serialization.class)
    void whatIsTooLongTooDeepOrTooManyIsRefusedWhileItIsRead(Serialization serialization) {
        DecodeLimits small = new DecodeLimits(2000, 8, 50);
        PrimitiveCodec codec = PrimitiveCodecs.of(serialization, small);

        assertThat(refused(codec, request(serialization, "x".repeat(3000), 1, 1)).getMessage())
                .contains("longer than 2000 bytes");
        assertThat(refused(codec, request(serialization, "x", 20, 1)).getMessage()).contains("nested deeper than 8 levels");
        assertThat(refused(codec, request(serialization, "x", 1, 60)).getMessage()).contains("more than 50 members");
        assertThat(codec.decode(request(serialization, "x", 3, 20)).requestIdentifier()).isEqualTo("r1");
    }

    private static byte[] request(Serialization serialization, String to, int depth, int members) {
        StringBuilder open = new StringBuilder();
        StringBuilder close = new StringBuilder();
        StringBuilder many = new StringBuilder();
        boolean xml = serialization == XML;
        for (int i = 0; i < depth; i++) {
            open.append(xml ? "<a>" : "{\"a\":");
            close.append(xml ? "</a>" : "}");
        }
        for (int i = 0; i < members; i++) {
            many.append(xml ? "<b" + i + ">1</b" + i + ">" : ",\"b" + i + "\":1");
        }
        String document = xml
                ? "<rqp><op>1</op><to>" + to + "</to><rqi>r1</rqi><x>" + open + "1" + close + "</x>" + many + "</rqp>"
                : "{\"op\":1,\"to\":\"" + to + "\",\"rqi\":\"r1\",\"x\":" + open + "1" + close + many + "}";
        return serialization == CBOR ? TestCbor.of(document) : utf8(document);
    }

    @Test
    void deepNestingOfAMillionBytesCostsNoStack() {
        assertThat(refused(JSON, utf8("[".repeat(1_000_000))).getMessage()).contains("not an object");
        assertThat(refused(JSON, utf8("{\"a\":" + "[".repeat(1_000_000))).getMessage()).contains("nested deeper");
        assertThat(refused(XML, utf8("<a>".repeat(300_000))).getMessage()).contains("nested deeper");
        byte[] cbor = new byte[1_000_000];
        java.util.Arrays.fill(cbor, (byte) 0x81);
        cbor[0] = (byte) 0xA1;
        cbor[1] = 0x61;
        cbor[2] = 'a';
        assertThat(refused(CBOR, cbor).getMessage()).contains("nested deeper");
    }

    @Test
    void documentTypesAndEntitiesAreRefused() {
        String billion = "<!DOCTYPE l [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;\">]>"
                + "<rqp><op>1</op><to>&c;</to><rqi>r</rqi></rqp>";
        String external = "<!DOCTYPE l [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><rqp><op>1</op><to>&a;</to><rqi>r</rqi></rqp>";
        String dtd = "<!DOCTYPE l SYSTEM \"http://127.0.0.1:1/x.dtd\"><rqp><op>1</op><to>x</to><rqi>r</rqi></rqp>";
        String unknown = "<rqp><op>1</op><to>&who;</to><rqi>r</rqi></rqp>";

        assertThat(refused(XML, utf8(billion)).getMessage()).contains("document type");
        assertThat(refused(XML, utf8(external)).getMessage()).contains("document type");
        assertThat(refused(XML, utf8(dtd)).getMessage()).contains("document type");
        assertThat(refused(XML, utf8(unknown)).getMessage()).contains("who");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "<rqp><op>1</op><op>2</op><to>x</to><rqi>r</rqi></rqp>                                     | occurs twice",
            "<rqp><op>1</op><to>x</to><rqi>r</rqi><pc>text<m2m:cnt/></pc></rqp>                        | malformed XML",
            "<rqp><op>1</op><to>x</to><rqi>r</rqi><pc>text<cnt/></pc></rqp>                            "
                    + "| text beside the elements",
            "<rqp><op>1</op><to>x</to><rqi>r</rqi><pc><cnt/><cnt/></pc></rqp>                          | occurs twice",
            "<rqp><op>1</op><to>x</to><rqi>r</rqi><pc><cnt rn='a'><rn>b</rn></cnt></pc></rqp>          "
                    + "| XML attribute and as an element",
            "<rqp><op>1</op><to>x</to><rqi>r</rqi>                                                     | malformed XML",
            "<rqp/><rqp/>                                                                              | malformed XML",
            "<cnt><rqi>r</rqi></cnt>                                                                   | neither a request"})
    void brokenXmlIsRefused(String xml, String sentence) {
        assertThat(refused(XML, utf8(xml)).getMessage()).contains(sentence);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "A1 01 01                    | a name at byte 1 is no text string",
            "A1 41 61 01                 | a name at byte 1 is no text string",
            "A1 61 61 41 00              | JSON does not have",
            "A1 61 61 F7                 | JSON does not have",
            "A1 61 61 E0                 | JSON does not have",
            "A1 61 61 F8 FF              | JSON does not have",
            "A1 61 61 F9 7E 00           | that is none",
            "A1 61 61 FA 7F 80 00 00     | that is none",
            "A1 61 61 62 C3 28           | malformed CBOR",
            "A1 61 61 62 C0 80           | malformed CBOR",
            "A1 61 61 63 ED A0 80        | malformed CBOR",
            "A1 61 61 7F 61 C3 61 A4 FF  | malformed CBOR",
            "A1 61 61 7F 41 61 FF        | malformed CBOR",
            "A2 61 61 01 61 61 02        | member 'a' occurs twice",
            "A1 61 61 01 00              | something follows",
            "A1 61 61                    | malformed CBOR",
            "A2 61 61 01                 | malformed CBOR",
            "BF 61 61 01                 | malformed CBOR",
            "A1 61 61 5B FF FF FF FF FF FF FF FF | malformed CBOR",
            "A1 61 61 7B 7F FF FF FF FF FF FF FF | malformed CBOR",
            "81 01                       | not a map",
            "FF                          | malformed CBOR"})
    void cborThatJsonCannotSayIsRefused(String hex, String sentence) {
        PrimitiveDecodeException refusal = catchThrowableOfType(PrimitiveDecodeException.class,
                () -> PrimitiveCodec.of(CBOR).decodeContent(TestCbor.hex(hex)));

        assertThat(refusal).isNotNull();
        assertThat(refusal.getMessage()).contains(sentence);
    }

    @Test
    void illFormedUtf8IsNotRepaired() {
        for (byte[] bad : List.of(new byte[] {(byte) 0xC0, (byte) 0x80}, new byte[] {(byte) 0xFF}, new byte[] {(byte) 0xED,
                (byte) 0xA0, (byte) 0x80})) {
            ByteArrayOutputStream json = new ByteArrayOutputStream();
            json.writeBytes(utf8("{\"op\":2,\"rqi\":\"r\",\"to\":\""));
            json.writeBytes(bad);
            json.writeBytes(utf8("\"}"));
            assertThat(refused(JSON, json.toByteArray()).getMessage()).contains("not UTF-8");
            assertThat(refused(JSON, json.toByteArray()).requestIdentifier()).contains("r");
            assertThat(refused(XML, json.toByteArray()).getMessage()).contains("not UTF-8");
        }
    }

    @ParameterizedTest
    @EnumSource(Serialization.class)
    void truncatedDocumentsAreRefused(Serialization serialization) {
        for (PrimitiveExample example : Examples.primitives().toList()) {
            byte[] whole = PrimitiveCodec.of(serialization).encode(example.primitive());
            for (int length = 0; length < whole.length; length++) {
                assertThat(refused(serialization, java.util.Arrays.copyOf(whole, length))).as("%s cut to %d", example, length)
                        .isNotNull();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Serialization.class)
    void mutatedDocumentsAreReadOrRefusedButNothingElseHappens(Serialization serialization) {
        Random random = new Random(20260102);
        List<byte[]> seeds = new ArrayList<>();
        Examples.primitives().forEach(example -> seeds.add(PrimitiveCodec.of(serialization).encode(example.primitive())));
        Examples.contents().forEach(example -> seeds.add(PrimitiveCodec.of(serialization).encodeContent(example.content())));
        for (int round = 0; round < 6_000; round++) {
            byte[] bytes = seeds.get(random.nextInt(seeds.size())).clone();
            int changes = 1 + random.nextInt(4);
            for (int i = 0; i < changes; i++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            readOrRefused(serialization, bytes, round);
        }
    }

    @ParameterizedTest
    @EnumSource(Serialization.class)
    void randomBytesAreReadOrRefusedButNothingElseHappens(Serialization serialization) {
        Random random = new Random(4711);
        for (int round = 0; round < 6_000; round++) {
            byte[] bytes = new byte[random.nextInt(60)];
            random.nextBytes(bytes);
            if (bytes.length > 0 && round % 2 == 0) {
                bytes[0] = serialization == CBOR ? (byte) (0xA0 + random.nextInt(32)) : serialization == JSON ? (byte) '{'
                        : (byte) '<';
            }
            readOrRefused(serialization, bytes, round);
        }
    }

    private static void readOrRefused(Serialization serialization, byte[] bytes, int round) {
        try {
            PrimitiveCodec.of(serialization).encode(PrimitiveCodec.of(serialization).decode(bytes));
        } catch (PrimitiveDecodeException expected) {
            assertThat(expected.getMessage()).isNotBlank();
        } catch (RuntimeException | StackOverflowError other) {
            fail("round " + round + ", " + serialization + " " + java.util.HexFormat.of().formatHex(bytes), other);
        }
        try {
            PrimitiveCodec.of(serialization).encodeContent(PrimitiveCodec.of(serialization).decodeContent(bytes));
        } catch (PrimitiveDecodeException expected) {
            assertThat(expected.getMessage()).isNotBlank();
        } catch (RuntimeException | StackOverflowError other) {
            fail("round " + round + ", content, " + serialization + " " + java.util.HexFormat.of().formatHex(bytes), other);
        }
    }

    private static PrimitiveDecodeException refused(Serialization serialization, byte[] bytes) {
        return refused(PrimitiveCodec.of(serialization), bytes);
    }

    private static PrimitiveDecodeException refused(PrimitiveCodec codec, byte[] bytes) {
        PrimitiveDecodeException refusal = catchThrowableOfType(PrimitiveDecodeException.class, () -> codec.decode(bytes));
        assertThat(refusal).as("refusal").isNotNull();
        assertThat(refusal.status()).isEqualTo(ResponseStatusCode.BAD_REQUEST);
        return refusal;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
