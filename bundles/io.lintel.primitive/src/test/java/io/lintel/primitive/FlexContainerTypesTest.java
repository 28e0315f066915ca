// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lintel.primitive.FlexContainerDefinition.Part;
import io.lintel.primitive.codec.PrimitiveCodec;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Definitions of flexContainers: those of the file, those that bundles bring, and what validation and codecs make of them. */
class FlexContainerTypesTest {
    private static final String OWN = """
            enum speed slow fast
            domain my org.example
            module toaster toast
            > my:ejct!
            brown browning integer M %
            speed speed enum:speed O
            slots slots string[] O
            action eject ejct
            """;

    @AfterEach
    void nothingContributed() {
        FlexContainerTypes.contribute(Map.of());
    }

    private static ResourceType type(String member) {
        return ResourceTypes.ofMember(member).orElseThrow();
    }

    private static Attributes.Builder toaster() {
        return Attributes.builder().set("cnd", "org.example.moduleclass.toaster").set("brown", 3);
    }

    private static void contribute(String text) {
        assertThat(FlexContainerTypes.contribute(Map.of("test", text))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"cod:binSh, org.onem2m.common.moduleclass.binarySwitch", "hd:binSh, org.onem2m.home.moduleclass.binarySwitch",
        "cod:tempe, org.onem2m.common.moduleclass.temperature", "hd:runMe, org.onem2m.home.moduleclass.runMode",
        "cod:devLt, org.onem2m.common.device.deviceLight", "hod:deACr, org.onem2m.home.device.deviceAirConditioner",
        "cod:togge, org.onem2m.common.action.toggle", "m2m:gis, org.onem2m.genericInterworkingService",
        "m2m:gio, org.onem2m.genericInterworkingOperationInstance"})
    void theFileDefinesElementsAndUrns(String member, String urn) {
        assertThat(FlexContainerTypes.definition(member).orElseThrow().urn()).isEqualTo(urn);
        assertThat(FlexContainerTypes.ofUrn(urn)).isEqualTo(FlexContainerTypes.definition(member));
        assertThat(type(member).memberName()).isEqualTo(member);
        assertThat(type(member).number()).isEqualTo(ResourceTypes.FLEX_CONTAINER);
    }

    @ParameterizedTest
    @CsvSource({"binarySwitch", "brightness", "colour", "colourSaturation", "temperature", "battery", "doorStatus", "lock",
        "motionSensor", "smokeSensor", "waterSensor", "contactSensor", "energyConsumption", "energyGeneration",
        "relativeHumidity", "airQualitySensor", "audioVolume", "timer", "openLevel", "faultDetection"})
    void whatAHomeNeedsIsThereInBothGenerations(String name) {
        FlexContainerDefinition recent = FlexContainerTypes.ofUrn("org.onem2m.common.moduleclass." + name).orElseThrow();
        FlexContainerDefinition early = FlexContainerTypes.ofUrn("org.onem2m.home.moduleclass." + name).orElseThrow();
        assertThat(early.memberName()).isEqualTo("hd:" + recent.memberName().substring(4));
    }

    @Test
    void theGenerationsDifferWhereTheStandardDoes() {
        assertThat(type("cod:binSh").hasAttribute("state")).isTrue();
        assertThat(type("cod:binSh").hasAttribute("powSe")).as("its name in the releases before 5").isTrue();
        assertThat(FlexContainerTypes.definition("cod:binSh").orElseThrow().alternatives()).containsExactly("state", "powSe");
        assertThat(FlexContainerTypes.definition("hd:binSh").orElseThrow().alternatives()).isEmpty();
        assertThat(type("hd:binSh").hasAttribute("powSe")).isTrue();
        assertThat(type("hd:binSh").hasAttribute("state")).isFalse();
    }

    @Test
    void unitsAndPartsAreForPeople() {
        FlexContainerDefinition battery = FlexContainerTypes.definition("cod:bat").orElseThrow();
        assertThat(battery.attribute("lvl").orElseThrow().unit()).contains("%");
        assertThat(FlexContainerTypes.definition("cod:deDLk").orElseThrow().parts())
                .containsExactly(new Part("cod:lock", true), new Part("cod:dooSs", false), new Part("cod:bat", false));
    }

    @Test
    void itsAttributesStandInThePlaceOfTheGenericOne() {
        assertThat(type("cod:lock").attributes()).extracting(AttributeDefinition::shortName)
                .containsSubsequence("cnd", "or", "lock", "cs").doesNotContain("[custom]");
        assertThat(type("cod:lock").virtualChildren()).containsExactlyInAnyOrder("latest", "oldest");
    }

    @Test
    void itStandsWhereAFlexContainerMay() {
        assertThat(type("m2m:ae").allowsChild(type("cod:devLt"))).isTrue();
        assertThat(type("cod:devLt").allowsChild(type("cod:binSh"))).isTrue();
        assertThat(type("m2m:grp").allowsChild(type("cod:devLt"))).isFalse();
        assertThat(type("m2m:aeA").allowsChild(type("cod:devLtAnnc"))).isTrue();
        assertThat(type("m2m:ae").allowsChild(type("cod:devLtAnnc"))).isFalse();
    }

    @Test
    void itsAnnouncedVariantHasItsAttributesWithoutDuty() {
        ResourceType announced = type(FlexContainerTypes.announced("cod:tempe"));
        assertThat(announced.number()).isEqualTo(10028);
        assertThat(announced.name()).isEqualTo("temperatureAnnc");
        assertThat(announced.attribute("curT0").orElseThrow().mandatory()).isFalse();
        assertThat(type("cod:tempe").attribute("curT0").orElseThrow().announced())
                .isEqualTo(AttributeDefinition.Announcement.OPTIONAL);
        AttributeRules.checkCreate(announced, Attributes.builder().set("lnk", "/mn/x")
                .set("cnd", "org.onem2m.common.moduleclass.temperature").set("curT0", 21.5).build());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"brown | dark | a whole number", "speed | medium | one of slow, fast",
        "slots | one | a list", "crumbs | many | has no attribute"})
    void attributesAreHeldAgainstTheDefinition(String name, String value, String complaint) {
        contribute(OWN);
        assertThatThrownBy(() -> AttributeRules.checkCreate(type("my:toast"), toaster().set(name, value).build()))
                .isInstanceOf(PrimitiveException.class).hasMessageContaining(complaint);
    }

    @Test
    void enumeratedNumbersAreHeldAgainstTheDefinition() {
        Attributes.Builder door = Attributes.builder().set("cnd", "org.onem2m.common.moduleclass.doorStatus");
        AttributeRules.checkCreate(type("cod:dooSs"), door.set("dooSe", 5).build());
        assertThatThrownBy(() -> AttributeRules.checkCreate(type("cod:dooSs"), door.set("dooSe", 6).build()))
                .hasMessageContaining("1 or 2 or 3 or 4 or 5");
    }

    @Test
    void aMandatoryAttributeCannotBeMissingOrDeleted() {
        contribute(OWN);
        assertThatThrownBy(() -> AttributeRules.checkCreate(type("my:toast"),
                Attributes.of("cnd", "org.example.moduleclass.toaster"))).hasMessageContaining("brown");
        assertThatThrownBy(() -> AttributeRules.checkUpdate(type("my:toast"), Attributes.of("brown", Attributes.NULL)))
                .hasMessageContaining("mandatory");
        AttributeRules.checkUpdate(type("my:toast"), Attributes.of("speed", Attributes.NULL));
    }

    @Test
    void aContributionComesAndGoes() {
        assertThat(ResourceTypes.ofMember("my:toast")).isEmpty();
        contribute(OWN);
        AttributeRules.checkCreate(type("my:toast"), toaster().set("speed", "fast").set("slots", List.of("a", "b")).build());
        FlexContainerTypes.contribute(Map.of());
        assertThat(ResourceTypes.ofMember("my:toast")).isEmpty();
        assertThat(ResourceTypes.ofMember("cod:binSh")).isPresent();
    }

    @Test
    void whatIsDefinedIsNotDefinedAgain() {
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put("first", OWN);
        texts.put("second", "definition x my:toast org.example.other\na a integer O\n");
        texts.put("third", "definition lock cod:lock org.onem2m.common.moduleclass.lock\nkey key string M\n");
        assertThat(FlexContainerTypes.contribute(texts)).hasSize(2).allMatch(problem -> problem.contains("defined already"));
        assertThat(type("my:toast").hasAttribute("brown")).isTrue();
        assertThat(type("cod:lock").hasAttribute("lock")).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"module a b | no domain", "x y integer M | belongs below",
            "definition a b c | prefix:name",
        "definition a m:b c;x y number M | no type number", "definition a m:b c;x y integer X | M, A or O",
        "definition a m:b c;rn y integer M | every flexContainer", "definition a m:b c;like m:c | no definition of m:c",
        "definition a m:b c;x y enum:z M | no enumeration z", "definition a m:b c;definition d m:b e | defined twice",
        "definition a m:b c;- x | left out", "definition a m:b c;x y integer | M, A or O"})
    void aMistakeIsReportedWithItsLine(String text, String complaint) {
        String lines = text.replace(';', '\n');
        List<String> problems = FlexContainerTypes.contribute(Map.of("somebody", lines));
        assertThat(problems).singleElement().asString().startsWith("somebody: line " + lines.lines().count() + ": ")
                .contains(complaint);
    }

    @Test
    void xmlKnowsTheTypesOfItsAttributes() {
        contribute(OWN);
        Content content = new Content("my:toast", toaster().set("brown", 4).set("speed", "slow")
                .set("slots", List.of("left", "right")).build());
        PrimitiveCodec xml = PrimitiveCodec.of(Serialization.XML);
        String text = new String(xml.encodeContent(content), StandardCharsets.UTF_8);
        assertThat(text).contains("<brown>4</brown>").doesNotContain("xsi:type");
        assertThat(xml.decodeContent(text.getBytes(StandardCharsets.UTF_8))).isEqualTo(content);
        FlexContainerTypes.contribute(Map.of());
        Content without = new Content("my:toast", toaster().build());
        assertThat(xml.decodeContent(xml.encodeContent(without))).isEqualTo(without);
    }

    @ParameterizedTest
    @CsvSource({"cod, commondomain, cod:lock", "hd, homedomain, hd:lock", "x, homedomain, hd:lock", "x, commondomain, cod:lock"})
    void xmlKnowsTheDomainsByTheirNamespaces(String prefix, String namespace, String element) {
        String text = "<" + prefix + ":lock xmlns:" + prefix + "='http://www.onem2m.org/xml/protocols/" + namespace
                + "'><lock>true</lock></" + prefix + ":lock>";
        Content content = PrimitiveCodec.of(Serialization.XML).decodeContent(text.getBytes(StandardCharsets.UTF_8));
        assertThat(content.name()).isEqualTo(element);
        assertThat(content.attributes().flag("lock")).isEqualTo(Optional.of(true));
    }
}
