// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.lintel.primitive.codec.PrimitiveCodec;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The attribute checks of CREATE and UPDATE, on content as a peer would send it. */
class AttributeRulesTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "m2m:ae    | {'api':'Norg.acme','rr':true}",
            "m2m:ae    | {'rn':'lamp_1','api':'R01','rr':false,'apn':'Lamp','poa':['http://10.0.0.1:80/n'],"
                    + "'srv':['2a','3'],'csz':['json','application/xml'],'lbl':['a:b','c d'],'et':'20300102T030405',"
                    + "'nl':'nod1'}",
            "m2m:ae    | {'api':'r1','rr':true,'esi':{'any':[1]},'scp':[{'x':1}],'loc':{'typ':1,'crd':'[1,2]'}}",
            "m2m:csr   | {'cb':'/in-cse/in-name','csi':'/in-cse','rr':true,'cst':1,'dcse':['/a','/b']}",
            "m2m:csr   | {'cb':'/in-cse/in-name','rr':true}",
            "m2m:cnt   | {}",
            "m2m:cnt   | {'mni':0,'mbs':9223372036854775807,'mia':1,'cr':null,'disr':true,'ty':3}",
            "m2m:cin   | {'con':''}",
            "m2m:cin   | {'con':21.5,'cnf':'application/json:0'}",
            "m2m:cin   | {'con':{'a':[null]},'cnf':'text/plain','conr':[{'nm':'x','uri':'a/b'}]}",
            "m2m:cin   | {'con':'aGFsbG8=','cnf':'image/png:1:5'}",
            "m2m:acp   | {'pv':{},'pvs':{'acr':[{'acor':['CAdmin'],'acop':63}]}}",
            "m2m:acp   | {'pv':{'acr':[{'acor':['all','/mn-cse/C*'],'acop':1,'acaf':true,'acod':[{'ty':3,"
                    + "'chty':[4,23]}],'aca':['lbl'],'acco':[{'actw':['* 0-5 2,6,10 * * * *','0 0 0-23/2 * * 1-5 "
                    + "2026'],'acip':{'ipv4':['10.0.0.0/8','127.0.0.1'],'ipv6':['::1','fe80::/10','2001:db8:0:0:0:0:0:1',"
                    + "'::ffff:10.0.0.1']},'aclr':{'accc':['DE'],'accr':[52.5,13.4,1000]}}]}]},'pvs':{'acr':[{'acor':['a'],"
                    + "'acop':63}]}}",
            "m2m:sub   | {'nu':['/in-cse/CApp1','http://10.0.0.1/x?ct=json','mqtt://h:1/t']}",
            "m2m:sub   | {'nu':['CApp1'],'nct':3,'enc':{'net':[1,4],'crb':'20260102T030405','stb':0,'sts':1,"
                    + "'szb':1,'om':[1,{'ops':34,'or':'C1'}],'atr':['lbl'],'chty':[4],'md':{'num':3,'dur':'PT10S'}"
                    + ",'fo':2},'bn':{'num':5,'dur':'PT1M'},'rl':{'mnn':1,'tww':1000},'exc':1,'pn':2,'nec':100,'ln':false}",
            "m2m:sub   | {'nu':['C1'],'bn':{}}",
            "m2m:grp   | {'mnm':5,'mid':[],'mt':0,'csy':3}",
            "m2m:sch   | {'se':{'sce':['* * 8-20 * * *']}}",
            "m2m:fwr   | {'mgd':1001,'vr':'1','fwn':'os','url':'http://x/y'}",
            "m2m:bat   | {'mgd':1006,'btl':99,'bts':7}",
            "m2m:cmp   | {'mgd':1011,'cpn':'p','cmlk':[{'nm':'d','typ':1013,'val':'x'}]}",
            "m2m:nod   | {'ni':'urn:gw:0001'}",
            "m2m:tsi   | {'dgt':'20260102T030405,5','con':'1','snr':0}",
            "m2m:tsi   | {'dgt':60000,'con':'1'}",
            "m2m:smd   | {'dcrp':1,'dsp':'aGFsbG8='}",
            "m2m:lcp   | {'los':2,'lou':['PT30S','P1DT2H']}",
            "m2m:dlv   | {'sr':'/a','tg':'/b','ls':'20260102T030405','ec':2,'dmd':{'tcop':true},'arq':{'rqp':[{'op':5,"
                    + "'to':'x','rqi':'r'}]}}",
            "m2m:cntA  | {'lnk':'/mn-cse/cnt1','st':5,'mni':3}",
            "m2m:fcnt  | {'cnd':'org.onem2m.home.moduleclass.binarySwitch','powSe':true,'x_1':{'a':1}}"})
    void whatTheTableAllowsIsAccepted(String member, String json) {
        assertThatCode(() -> AttributeRules.checkCreate(type(member), attributes(json))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "m2m:ae    | {'rr':true}                                     | attribute 'api' (App-ID) of AE is missing",
            "m2m:ae    | {'api':'x1','rr':true}                          | attribute 'api' must be an App-ID "
                    + "that begins with R or N, but is \"x1\"",
            "m2m:ae    | {'api':'N1','rr':'yes'}                         | 'rr' must be true or false, but is \"yes\"",
            "m2m:ae    | {'api':'N1','rr':true,'aei':'C1'}               | attribute 'aei' (AE-ID) of AE is assigned by the CSE",
            "m2m:ae    | {'api':'N1','rr':true,'ri':'C1'}                | attribute 'ri' (resourceID) "
                    + "of AE is assigned by the CSE",
            "m2m:ae    | {'api':'N1','rr':true,'poa':'http://x'}         | 'poa' must be a list, each element "
                    + "an identifier or URI",
            "m2m:ae    | {'api':'N1','rr':true,'poa':['a b']}            | 'poa'[0] must be an identifier or URI without blanks",
            "m2m:ae    | {'api':'N1','rr':true,'csz':['yaml']}           | 'csz'[0] must be json, xml, cbor or a media type",
            "m2m:ae    | {'api':'N1','rr':true,'srv':['two']}            | 'srv'[0] must be a release",
            "m2m:ae    | {'api':'N1','rr':true,'et':'2030-01-02'}        | 'et' must be a timestamp such as 20260102T030405",
            "m2m:ae    | {'api':'N1','rr':true,'et':null}                | attribute 'et' of AE must not be null in a CREATE",
            "m2m:cnt   | {'mni':-1}                                      | 'mni' must be a whole number "
                    + "of at least 0, but is -1 (maxNrOfInstances of container)",
            "m2m:cnt   | {'mni':1.5}                                     | 'mni' must be a whole number "
                    + "of at least 0, but is 1.5",
            "m2m:cnt   | {'mni':'5'}                                     | 'mni' must be a whole number "
                    + "of at least 0, but is \"5\"",
            "m2m:cnt   | {'mni':99999999999999999999}                    | 'mni' must be a whole number",
            "m2m:cnt   | {'mni':null}                                    | must not be null in a CREATE",
            "m2m:cnt   | {'foo':1}                                       | container has no attribute 'foo'",
            "m2m:cnt   | {'[custom]':1}                                  | container has no attribute '[custom]'",
            "m2m:cnt   | {'m2m:cin':[]}                                  | container has no attribute 'm2m:cin'",
            "m2m:cnt   | {'cr':'C1'}                                     | attribute 'cr' (creator) of "
                    + "container must be null in a CREATE",
            "m2m:cnt   | {'ty':4}                                        | attribute 'ty' (resourceType) "
                    + "of container is assigned",
            "m2m:cnt   | {'rn':'a/b'}                                    | 'rn' must be a name of letters, digits",
            "m2m:cnt   | {'rn':''}                                       | 'rn' must be a name",
            "m2m:cnt   | {'lbl':[1]}                                     | 'lbl'[0] must be a text, but is 1",
            "m2m:acp   | {'pv':{},'pvs':{},'cr':null}                    | accessControlPolicy has no attribute 'cr'",
            "m2m:acp   | {'pv':{'acr':[{'acop':1}]},'pvs':{}}            | 'pv'.acr[0] lacks its member "
                    + "'acor', a list of at least one, each an identifier",
            "m2m:acp   | {'pv':{'acr':[{'acor':[],'acop':1}]},'pvs':{}}  | 'pv'.acr[0] lacks its member 'acor'",
            "m2m:acp   | {'pv':{'acr':[{'acor':['a'],'acop':64}]},'pvs':{}} | 'pv'.acr[0].acop must be "
                    + "a whole number from 1 to 63, but is 64",
            "m2m:acp   | {'pv':{'acr':{}},'pvs':{}}                      | 'pv'.acr must be a list",
            "m2m:acp   | {'pv':{'rules':[]},'pvs':{}}                    | 'pv' has no member 'rules'; it has acr",
            "m2m:acp   | {'pv':[],'pvs':{}}                              | 'pv' must be an object, but is []",
            "m2m:acp   | {'pv':{'acr':[{'acor':['a'],'acop':1,'acco':[{'actw':['* * *']}]}]},'pvs':{}} "
                    + "| acco[0].actw[0] must be a schedule",
            "m2m:acp   | {'pv':{'acr':[{'acor':['a'],'acop':1,'acco':[{'acip':{'ipv4':['1.2.3']}}]}]},'pvs':{}"
                    + "} | acip.ipv4[0] must be an IPv4 address",
            "m2m:acp   | {'pv':{'acr':[{'acor':['a'],'acop':1,'acco':[{'acip':{'ipv6':['1::2::3']}}]}]}"
                    + ",'pvs':{}} | acip.ipv6[0] must be an IPv6 address",
            "m2m:acp   | {'pv':{'acr':[{'acor':['a'],'acop':1,'acco':[{'aclr':{'accc':['D1']}}]}]},'pvs':{}"
                    + "} | accc[0] must be a country code",
            "m2m:sub   | {}                                              | attribute 'nu' (notificationURI) "
                    + "of subscription is missing",
            "m2m:sub   | {'nu':['a'],'enc':{'net':[9]}}                  | 'enc'.net[0] must be a whole "
                    + "number from 1 to 8, but is 9",
            "m2m:sub   | {'nu':['a'],'enc':{'net':1}}                    | 'enc'.net must be a list",
            "m2m:sub   | {'nu':['a'],'enc':{'om':[6]}}                   | 'enc'.om[0] must be a whole "
                    + "number from 1 to 5, but is 6",
            "m2m:sub   | {'nu':['a'],'enc':{'md':{'num':1}}}             | 'enc'.md lacks its member 'dur'",
            "m2m:sub   | {'nu':['a'],'bn':{'dur':'10 s'}}                | 'bn'.dur must be a duration "
                    + "such as PT10S, or a number",
            "m2m:sub   | {'nu':['a'],'nct':0}                            | 'nct' must be a whole number from 1 to 5, but is 0",
            "m2m:sub   | {'nu':['a'],'nec':5}                            | 'nec' must be a whole number "
                    + "0 or from 2 to 4 or from 100 to 999, but is 5",
            "m2m:sub   | {'nu':['a'],'exc':0}                            | 'exc' must be a whole number of at least 1",
            "m2m:cin   | {}                                              | attribute 'con' (content) of "
                    + "contentInstance is missing",
            "m2m:cin   | {'con':null}                                    | must not be null in a CREATE",
            "m2m:cin   | {'con':'a','cnf':'text'}                        | 'cnf' must be a media type with an encoding",
            "m2m:cin   | {'con':'a','cnf':'text/plain:7'}                | 'cnf' must be a media type with an encoding",
            "m2m:cin   | {'con':'a','cs':1}                              | attribute 'cs' (contentSize) "
                    + "of contentInstance is assigned by the CSE",
            "m2m:cin   | {'con':'a','conr':[{'nm':'x'}]}                 | 'conr'[0] lacks its member 'uri'",
            "m2m:sch   | {'se':{'sce':[]}}                               | 'se' lacks its member 'sce',"
                    + " a list of at least one, each a schedule",
            "m2m:sch   | {'se':{'sce':['60 * * * * * *']}}               | 'se'.sce[0] must be a schedule",
            "m2m:fwr   | {'mgd':1002,'vr':'1','fwn':'os','url':'u'}      | attribute 'mgd' of m2m:fwr must be 1001, but is 1002",
            "m2m:bat   | {'mgd':1006,'btl':99,'bts':8}                   | 'bts' must be a whole number from 1 to 7",
            "m2m:tsi   | {'dgt':'later','con':'1'}                       | 'dgt' must be a timestamp such "
                    + "as 20260102T030405, or milliseconds",
            "m2m:lcp   | {'los':2,'lou':['P']}                           | 'lou'[0] must be a duration such as PT10S",
            "m2m:smd   | {'dcrp':1,'dsp':'*'}                            | 'dsp' must be base64 text",
            "m2m:cntA  | {'mni':3}                                       | attribute 'lnk' (link) of containerAnnc is missing",
            "m2m:fcnt  | {'powSe':true}                                  | attribute 'cnd' (containerDefinition) "
                    + "of flexContainer is missing",
            "m2m:fcnt  | {'cnd':'x','a b':1}                             | flexContainer has no attribute 'a b'",
            "m2m:fcnt  | {'cnd':'x','a':null}                            | attribute 'a' of flexContainer "
                    + "must not be null in a CREATE"})
    void whatTheTableForbidsIsRefusedByName(String member, String json, String sentence) {
        PrimitiveException refusal = catchThrowableOfType(PrimitiveException.class,
                () -> AttributeRules.checkCreate(type(member), attributes(json)));

        assertThat(refusal).isNotNull();
        assertThat(refusal.status()).isEqualTo(ResponseStatusCode.BAD_REQUEST);
        assertThat(refusal.getMessage()).contains(sentence);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "m2m:cnt   | {'mni':5,'lbl':null,'mbs':null}",
            "m2m:cnt   | {'lbl':[]}",
            "m2m:sub   | {'nu':['a'],'enc':null}",
            "m2m:cnt   | {'acpi':['acp1','/mn-cse/acp2']}",
            "m2m:swr   | {'in':true}",
            "m2m:fcnt  | {'powSe':null}",
            "m2m:ae    | {'poa':['http://x'],'rr':false}"})
    void anUpdateMayChangeAndDelete(String member, String json) {
        assertThatCode(() -> AttributeRules.checkUpdate(type(member), attributes(json))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "m2m:cnt   | {'rn':'new'}     | attribute 'rn' (resourceName) of container must not be in an UPDATE",
            "m2m:cnt   | {'cr':null}      | attribute 'cr' (creator) of container must not be in an UPDATE",
            "m2m:cnt   | {'ty':3}         | attribute 'ty' (resourceType) of container must not be in an UPDATE",
            "m2m:cnt   | {'st':1}         | attribute 'st' (stateTag) of container must not be in an UPDATE",
            "m2m:cnt   | {'et':null}      | attribute 'et' (expirationTime) of container is mandatory and cannot be deleted",
            "m2m:ae    | {'rr':null}      | attribute 'rr' (requestReachability) of AE is mandatory",
            "m2m:ae    | {'api':'N2'}     | attribute 'api' (App-ID) of AE must not be in an UPDATE",
            "m2m:sub   | {'nu':null}      | attribute 'nu' (notificationURI) of subscription is mandatory",
            "m2m:cnt   | {'foo':null}     | container has no attribute 'foo'",
            "m2m:cnt   | {'mni':'x'}      | 'mni' must be a whole number",
            "m2m:fcnt  | {'cnd':'y'}      | attribute 'cnd' (containerDefinition) of flexContainer must not be in an UPDATE"})
    void anUpdateMayNotTouchWhatIsFixed(String member, String json, String sentence) {
        PrimitiveException refusal = catchThrowableOfType(PrimitiveException.class,
                () -> AttributeRules.checkUpdate(type(member), attributes(json)));

        assertThat(refusal).isNotNull();
        assertThat(refusal.status()).isEqualTo(ResponseStatusCode.BAD_REQUEST);
        assertThat(refusal.getMessage()).contains(sentence);
    }

    @Test
    void aLongValueIsCutInTheSentence() {
        PrimitiveException refusal = catchThrowableOfType(PrimitiveException.class,
                () -> AttributeRules.checkCreate(type("m2m:cnt"), Attributes.of("mni", "x".repeat(1000))));

        assertThat(refusal.getMessage().length()).isLessThan(220);
    }

    private static ResourceType type(String member) {
        return ResourceTypes.ofMember(member).orElseThrow();
    }

    private static Attributes attributes(String json) {
        byte[] content = ("{'x':" + json + "}").replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        return PrimitiveCodec.of(Serialization.JSON).decodeContent(content).attributes();
    }
}
