// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive.codec;

import static io.lintel.primitive.codec.Examples.object;
import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.Serialization;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What peers write in other ways than the standard's newest edition, and what becomes of it. */
class LenienciesTest {

    @Test
    @Tag("MQ-42")
    void theWrapperOfReleaseOneIsAccepted() {
        assertThat(request("{'m2m:rqp':{'op':2,'to':'x','fr':'C1','rqi':'r'}}").to()).isEqualTo("x");
        assertThat(response("{'m2m:rsp':{'rsc':2000,'rqi':'r'}}").statusCode()).isEqualTo(2000);
    }

    @Test
    void numbersAndTextsAreBroughtIntoTheParametersKind() {
        RequestPrimitive request =
                request("{'op':'1','to':'x','rqi':17,'ty':'3','rqet':60000,'rvi':3,'da':'true','rids':'a b','rcn':'1'}");

        assertThat(request.parameters()).isEqualTo(object("op", 1, "to", "x", "rqi", "17", "ty", 3, "rqet", "60000", "rvi",
                "3", "da", true,
                "rids", List.of("a", "b"), "rcn", 1));
    }

    @Test
    void responseTypeMayBeItsBareNumber() {
        assertThat(request("{'op':2,'to':'x','rqi':'r','rt':1}").responseType()).isEqualTo(1);
        assertThat(request("{'op':2,'to':'x','rqi':'r','rt':{'rtv':'2','nu':'a'}}").notificationTargets()).containsExactly("a");
        assertThat(((RequestPrimitive) xml("<rqp><op>2</op><to>x</to><rqi>r</rqi><rt>2</rt></rqp>")).responseType()).isEqualTo(2);
    }

    @Test
    void filterCriteriaGetListsWhereTheTableHasLists() {
        Attributes criteria =
                request("{'op':2,'to':'x','rqi':'r','fc':{'ty':3,'lbl':'a b','cty':'text/plain','fu':'1',"
                        + "'atr':{'nm':'cr','val':'C1'}}}").filterCriteria().orElseThrow();

        assertThat(criteria).isEqualTo(object("ty", List.of(3), "lbl", List.of("a b"), "cty", List.of("text/plain"), "fu", 1,
                "atr",
                List.of(object("nm", "cr", "val", "C1"))));
    }

    @Test
    void theOtherSpellingOfGroupTargetsIsAccepted() {
        assertThat(request("{'op':2,'to':'x','rqi':'r','grtm':['a']}").parameters().texts("gtm")).containsExactly("a");
    }

    @Test
    void parametersThatAreNullCountAsMissingAndUnknownOnesAreDropped() {
        assertThat(request("{'op':2,'to':'x','rqi':'r','fr':null,'xyz':1,'pc':null}").parameters())
                .isEqualTo(object("op", 2, "to", "x", "rqi", "r"));
        assertThat(request("{'op':2,'to':'x','rqi':'r','pc':{}}").content()).isEmpty();
    }

    @Test
    void listsOfIdentifiersMayBeOneText() {
        assertThat(json("{'m2m:uril':'a/b c/d'}")).isEqualTo(new Content("m2m:uril", List.of("a/b", "c/d")));
        assertThat(json("{'m2m:atrl':'ri'}")).isEqualTo(new Content("m2m:atrl", List.of("ri")));
    }

    @Test
    void prefixesMayBeMissingInAggregatesAndWrappers() {
        assertThat(json("{'m2m:agn':{'sgn':[{'sur':'a'}]}}")).isEqualTo(json("{'m2m:agn':{'m2m:sgn':[{'sur':'a'}]}}"));
        assertThat(json("{'m2m:agr':{'rsp':[]}}")).isEqualTo(json("{'m2m:agr':{'m2m:rsp':[]}}"));
        assertThat(json("{'m2m:rce':{'uri':'a','cnt':{'st':0}}}")).isEqualTo(json("{'m2m:rce':{'uri':'a','m2m:cnt':{'st':0}}}"));
    }

    @Test
    void contentOfAnyJsonTypeIsKept() {
        assertThat(json("{'m2m:cin':{'con':21.5}}").attributes().get("con")).contains(21.5);
        assertThat(json("{'m2m:cin':{'con':{'a':[1,true,null]}}}").attributes().get("con"))
                .contains(object("a", List.of(1, true, Attributes.NULL)));
        assertThat(json("{'m2m:cin':{'con':12345678901234567890}}").attributes().get("con"))
                .contains(new BigDecimal("12345678901234567890"));
        assertThat(json("{'m2m:cin':{'con':0.12345678901234567890123}}").attributes().get("con"))
                .contains(new BigDecimal("0.12345678901234567890123"));
        assertThat(json("{'m2m:cin':{'con':1e3}}").attributes().get("con")).contains(1000.0);
        assertThat(json("{'m2m:cin':{'con':-0}}").attributes().get("con")).contains(0L);
    }

    @Test
    void inXmlContentIsText() {
        Content content = new Content("m2m:cin", object("con", 21.5));
        byte[] bytes = PrimitiveCodec.of(Serialization.XML).encodeContent(content);

        assertThat(new String(bytes, StandardCharsets.UTF_8)).contains("<con>21.5</con>");
        assertThat(PrimitiveCodec.of(Serialization.XML).decodeContent(bytes).attributes().text("con")).contains("21.5");
    }

    @Test
    void xmlMayUseADefaultNamespaceAnotherPrefixOrNone() {
        Content expected = new Content("m2m:cnt", object("rn", "d", "mni", 5, "lbl", List.of("a", "b")));

        assertThat(xmlContent("<cnt xmlns=\"http://www.onem2m.org/xml/protocols\" rn=\"d\"><mni>5</mni><lbl>a b</lbl></cnt>"))
                .isEqualTo(expected);
        assertThat(xmlContent("<o:cnt xmlns:o=\"http://www.onem2m.org/xml/protocols\" rn=\"d\">"
                + "<lbl>a\n b</lbl><mni> 5 </mni></o:cnt>")).isEqualTo(expected);
        assertThat(xmlContent("<cnt rn=\"d\"><lbl>a</lbl><lbl>b</lbl><mni>5</mni></cnt>")).isEqualTo(expected);
        assertThat(xmlContent("<m:cnt xmlns:m=\"http://www.onem2m.org/xml/protocols\">"
                + "<m:rn>d</m:rn><m:lbl>a b</m:lbl><m:mni>5</m:mni></m:cnt>")).isEqualTo(expected);
    }

    @Test
    void xmlMembersMayStandInAnyOrderBetweenBlanksAndComments() {
        RequestPrimitive request = (RequestPrimitive) xml("""
                <?xml version="1.0"?>
                <!-- by hand -->
                <m2m:rqp xmlns:m2m="http://www.onem2m.org/xml/protocols" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
                         xsi:schemaLocation="http://www.onem2m.org/xml/protocols CDT-requestPrimitive-v2_7_0.xsd">
                  <rqi>r1</rqi> <to> mn-name </to>
                  <pc>
                    <m2m:cin><con><![CDATA[a < b]]></con><cnf>text/plain:0</cnf></m2m:cin>
                  </pc>
                  <op>1</op><ty>4</ty>
                </m2m:rqp>
                """);

        assertThat(request.to()).isEqualTo("mn-name");
        assertThat(request.content()).contains(new Content("m2m:cin", object("con", "a < b", "cnf", "text/plain:0")));
    }

    @Test
    void anEmptyElementIsNullWhereNullHasAMeaningAndAnEmptyValueElsewhere() {
        assertThat(xmlContent("<cnt><lbl/><mni/></cnt>").attributes()).isEqualTo(object("lbl", Attributes.NULL, "mni",
                Attributes.NULL));
        assertThat(xmlContent("<grp><mid/></grp>").attributes()).isEqualTo(object("mid", List.of()));
        assertThat(xmlContent("<cin><con/></cin>").attributes()).isEqualTo(object("con", ""));
        assertThat(xmlContent("<cb><pi/></cb>").attributes()).isEqualTo(object("pi", ""));
        assertThat(xmlContent("<acp><pv/></acp>").attributes()).isEqualTo(object("pv", Attributes.empty()));
    }

    @Test
    void aTextThatIsNoNumberStaysATextForTheAttributeRulesToRefuse() {
        assertThat(xmlContent("<cnt><mni>many</mni></cnt>").attributes()).isEqualTo(object("mni", "many"));
    }

    @Test
    void namesThatNoTableKnowsAreKept() {
        assertThat(xmlContent("<cnt><foo>1</foo><bar><x>1</x><x>2</x></bar></cnt>").attributes())
                .isEqualTo(object("foo", "1", "bar", object("x", List.of("1", "2"))));
    }

    private static RequestPrimitive request(String json) {
        return (RequestPrimitive) PrimitiveCodec.of(Serialization.JSON).decode(utf8(json.replace('\'', '"')));
    }

    private static ResponsePrimitive response(String json) {
        return (ResponsePrimitive) PrimitiveCodec.of(Serialization.JSON).decode(utf8(json.replace('\'', '"')));
    }

    private static Content json(String json) {
        return PrimitiveCodec.of(Serialization.JSON).decodeContent(utf8(json.replace('\'', '"')));
    }

    private static Object xml(String xml) {
        return PrimitiveCodec.of(Serialization.XML).decode(utf8(xml));
    }

    private static Content xmlContent(String xml) {
        return PrimitiveCodec.of(Serialization.XML).decodeContent(utf8(xml));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
