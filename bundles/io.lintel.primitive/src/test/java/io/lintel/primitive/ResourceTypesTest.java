// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.primitive.AttributeDefinition.Announcement;
import io.lintel.primitive.AttributeDefinition.Presence;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The table against figures and rows of the standard's attribute tables. */
class ResourceTypesTest {

    @Test
    void everyTypeIsThereWithAllItsAttributes() {
        String expected = "cb 21,csr 33,ae 31,acp 15,cnt 25,cin 19,sub 31,grp 26,nod 23,mgo 20,fwr 25,swr 29,mem 22,"
                + "ani 22,andi 27,bat 22,dvi 38,dvc 26,rbo 22,evl 25,cmp 21,acmp 21,cmdf 20,cmdv 26,cmpv 26,cml 31,cmnr 21,cmwr "
                + "25,cmbf 23,pch 9,"
                + "req 20,sch 12,lcp 27,dlv 18,fcnt 29,fci 12,ts 30,tsi 14,smd 22,dac 14,rol 18,tk 22,ntpr 14,"
                + "ntp 15,pdr 13,crs 24,"
                + "mssp 12,svsn 15,asar 15,stcg 12,evcg 18,stcl 19,mgc 20,exin 20,cbA 18,csrA 26,aeA 28,acpA 14,cntA 20,cinA 16,"
                + "grpA 23,nodA 21,mgoA 18,fwrA 23,swrA 27,memA 20,aniA 20,andiA 25,batA 20,dviA 36,dvcA 24,rboA "
                + "20,evlA 23,schA 11,"
                + "lcpA 25,fcntA 23,tsA 22,tsiA 13,smdA 18";

        Map<String, Integer> counts = ResourceTypes.all().stream()
                .collect(Collectors.toMap(type -> type.memberName().substring(4), type -> type.attributes().size()));

        assertThat(counts).hasSize(79).isEqualTo(Arrays.stream(expected.split(",")).map(entry -> entry.split(" "))
                .collect(Collectors.toMap(pair -> pair[0], pair -> Integer.valueOf(pair[1]))));
    }

    @Test
    void aRowSaysAllThatTheStandardSays() {
        assertThat(type("m2m:cnt").attribute("mni")).contains(new AttributeDefinition("maxNrOfInstances", "mni",
                "xs:nonNegativeInteger", false, Presence.OPTIONAL, Presence.OPTIONAL, Announcement.OPTIONAL, false, "R1"));
        assertThat(type("m2m:cin").attribute("con")).contains(new AttributeDefinition("content", "con", "xs:anySimpleType", false,
                Presence.MANDATORY, Presence.NOT_PERMITTED, Announcement.OPTIONAL, true, "R1"));
        assertThat(type("m2m:ae").attribute("srv").orElseThrow().since()).isEqualTo("R3");
        assertThat(type("m2m:acp").attribute("pv").orElseThrow().type()).isEqualTo("m2m:setOfAcrs");
        assertThat(type("m2m:sub").attribute("nu").orElseThrow().list()).isTrue();
        assertThat(type("m2m:cin").attribute("daci").orElseThrow().update()).isEqualTo(Presence.NOT_PERMITTED);
        assertThat(type("m2m:dvi").attribute("loc").orElseThrow().type()).isEqualTo("xs:string");
        assertThat(type("m2m:cmp").attribute("cmlk").orElseThrow().create()).isEqualTo(Presence.MANDATORY);
    }

    @Test
    void numbersAndMembersLeadToTheSameType() {
        assertThat(ResourceTypes.ofNumber(ResourceTypes.CONTAINER)).containsSame(type("m2m:cnt"));
        assertThat(ResourceTypes.ofNumber(ResourceTypes.MGMT_OBJ)).containsSame(type("m2m:mgo"));
        assertThat(ResourceTypes.ofNumber(10013)).containsSame(type("m2m:mgoA"));
        assertThat(ResourceTypes.ofNumber(28).orElseThrow().hasAttribute("[custom]")).isTrue();
        assertThat(type("m2m:fwr").number()).isEqualTo(13);
        assertThat(type("m2m:fwr").mgmtDefinition()).contains(1001);
        assertThat(ResourceTypes.ofNumber(9999)).isEmpty();
        assertThat(ResourceTypes.ofMember("hd:binarySwitch")).isEmpty();
    }

    @Test
    void onlyTheListedTypesMayBeChildren() {
        assertThat(type("m2m:cnt").allowsChild(type("m2m:cin"))).isTrue();
        assertThat(type("m2m:cb").allowsChild(type("m2m:cin"))).isFalse();
        assertThat(type("m2m:cin").allowsChild(type("m2m:sub"))).isFalse();
        assertThat(type("m2m:nod").allowsChild(type("m2m:bat"))).isTrue();
        assertThat(type("m2m:nodA").allowsChild(type("m2m:batA"))).isTrue();
        assertThat(type("m2m:nod").allowsChild(type("m2m:batA"))).isFalse();
        assertThat(type("m2m:csr").allowsChild(type("m2m:cntA"))).isTrue();
        assertThat(type("m2m:cnt").virtualChildren()).containsExactlyInAnyOrder("latest", "oldest");
        assertThat(type("m2m:grp").virtualChildren()).containsExactlyInAnyOrder("fanOutPoint", "semanticFanOutPoint");
    }

    @Test
    void whatRequestsMayDoToATypeIsKnown() {
        assertThat(type("m2m:cb").creatable()).isFalse();
        assertThat(type("m2m:req").creatable()).isFalse();
        assertThat(type("m2m:cin").creatable()).isTrue();
        assertThat(type("m2m:cin").updatable()).isFalse();
        assertThat(type("m2m:exin").updatable()).isTrue();
    }

    @Test
    void attributesStandInTheOrderOfTheSchemas() {
        List<String> names = type("m2m:cnt").attributes().stream().map(AttributeDefinition::shortName).toList();

        assertThat(names).containsExactly("rn", "ty", "ri", "pi", "ct", "lt", "lbl", "acpi", "et", "daci", "at", "aa", "ast",
                "cstn",
                "loc", "st", "cr", "mni", "mbs", "mia", "cni", "cbs", "li", "or", "disr");
    }

    @Test
    void anAnnouncedVariantFollowsFromItsOriginal() {
        ResourceType announced = type("m2m:cntA");

        assertThat(announced.number()).isEqualTo(10003);
        assertThat(announced.name()).isEqualTo("containerAnnc");
        assertThat(announced.attributes().stream().map(AttributeDefinition::shortName)).containsExactly("rn", "ty", "ri",
                "pi", "ct",
                "lt", "lbl", "acpi", "et", "daci", "lnk", "ast", "loc", "st", "mni", "mbs", "mia", "li", "or", "disr");
        assertThat(announced.attribute("lnk").orElseThrow().create()).isEqualTo(Presence.MANDATORY);
        assertThat(announced.attribute("mni").orElseThrow().announced()).isEqualTo(Announcement.NOT_ANNOUNCED);
        assertThat(type("m2m:nodA").attribute("ni").orElseThrow().create()).isEqualTo(Presence.MANDATORY);
        assertThat(type("m2m:acpA").hasAttribute("acpi")).isFalse();
        assertThat(type("m2m:aeA").attribute("aei").orElseThrow().update()).isEqualTo(Presence.OPTIONAL);
        assertThat(ResourceTypes.ofNumber(10023)).isEmpty();
    }

    @Test
    void everyAttributeHasADataTypeThatIsDefined() {
        for (ResourceType type : ResourceTypes.all()) {
            for (AttributeDefinition attribute : type.attributes()) {
                assertThat(io.lintel.primitive.internal.Member.of(attribute).type()).as(type + " " + attribute).isNotNull();
            }
        }
    }

    private static ResourceType type(String member) {
        return ResourceTypes.ofMember(member).orElseThrow();
    }
}
