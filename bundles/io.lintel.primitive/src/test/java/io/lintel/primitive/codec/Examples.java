// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive.codec;

import static io.lintel.primitive.Attributes.NULL;

import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.Primitive;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponseParameter;
import io.lintel.primitive.ResponsePrimitive;
import java.util.List;
import java.util.stream.Stream;

/** Primitives and content as the standard's text shows them, each with the documents that stand for it. */
final class Examples {
    private static final String NS = " xmlns:m2m=\"http://www.onem2m.org/xml/protocols\"";
    private static final String XSI = " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"";
    private static final String HEAD = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";

    private Examples() {
    }

    /** Content that stands alone, as HTTP and CoAP carry it. */
    record ContentExample(String what, Content content, String json, String xml) {
        @Override
        public String toString() {
            return what;
        }
    }

    /** A whole primitive, as MQTT and WebSocket carry it. */
    record PrimitiveExample(String what, Primitive primitive, String json, String xml) {
        @Override
        public String toString() {
            return what;
        }
    }

    static Attributes object(Object... namesAndValues) {
        Attributes.Builder object = Attributes.builder();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            object.set((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return object.build();
    }

    private static ContentExample content(String what, String name, Object value, String json, String xml) {
        return new ContentExample(what, new Content(name, value), json.replace('\'', '"'), HEAD + xml.replace('\'', '"')
                .replace("@NS", NS));
    }

    static Stream<ContentExample> contents() {
        return Stream.of(
                content("a partial resource", "m2m:cnt", object("rn", "data", "mni", 10), "{'m2m:cnt':{'rn':'data','mni':10}}",
                        "<m2m:cnt@NS rn='data'><mni>10</mni></m2m:cnt>"),
                content("a resource with lists, numbers, booleans", "m2m:ae",
                        object("rn", "lamp", "api", "Norg.acme.lamp", "rr", true, "poa", List.of("mqtt://gw:1883",
                        "http://10.0.0.2/n"),
                                "lbl", List.of("room:kitchen", "lamp"), "srv", List.of("2a", "3"), "csz", List.of("json")),
                        "{'m2m:ae':{'rn':'lamp','api':'Norg.acme.lamp','rr':true,'poa':['mqtt://gw:1883','http://10.0.0.2/n'],"
                                + "'lbl':['room:kitchen','lamp'],'srv':['2a','3'],'csz':['json']}}",
                        "<m2m:ae@NS rn='lamp'><lbl>room:kitchen lamp</lbl><api>Norg.acme.lamp</api>"
                                + "<poa>mqtt://gw:1883 http://10.0.0.2/n</poa><rr>true</rr><csz>json</csz>"
                                + "<srv>2a 3</srv></m2m:ae>"),
                content("null deletes an attribute", "m2m:cnt", object("lbl", NULL, "mni", NULL),
                        "{'m2m:cnt':{'lbl':null,'mni':null}}",
                        "<m2m:cnt@NS><lbl/><mni/></m2m:cnt>"),
                content("null asks for the creator", "m2m:cin", object("cr", NULL, "con", "on"),
                        "{'m2m:cin':{'cr':null,'con':'on'}}",
                        "<m2m:cin@NS><cr/><con>on</con></m2m:cin>"),
                content("attributeList", "m2m:atrl", List.of("ri", "lbl", "mni"), "{'m2m:atrl':['ri','lbl','mni']}",
                        "<m2m:atrl@NS>ri lbl mni</m2m:atrl>"),
                content("hierarchical address", "m2m:uri", "mn-base/ae1/data", "{'m2m:uri':'mn-base/ae1/data'}",
                        "<m2m:uri@NS>mn-base/ae1/data</m2m:uri>"),
                content("discovery result", "m2m:uril", List.of("mn-base/ae1", "mn-base/ae1/data"),
                        "{'m2m:uril':['mn-base/ae1','mn-base/ae1/data']}",
                        "<m2m:uril@NS>mn-base/ae1 mn-base/ae1/data</m2m:uril>"),
                content("empty discovery result", "m2m:uril", List.of(), "{'m2m:uril':[]}", "<m2m:uril@NS/>"),
                content("debugInfo", "m2m:dbg", "container full", "{'m2m:dbg':'container full'}",
                        "<m2m:dbg@NS>container full</m2m:dbg>"),
                content("securityInfo", "m2m:seci", object("sit", 1), "{'m2m:seci':{'sit':1}}",
                        "<m2m:seci@NS><sit>1</sit></m2m:seci>"),
                content("hierarchical address and attributes", "m2m:rce",
                        object("uri", "mn-base/ae1/data", "m2m:cnt", object("ri", "cnt1", "st", 0)),
                        "{'m2m:rce':{'uri':'mn-base/ae1/data','m2m:cnt':{'ri':'cnt1','st':0}}}",
                        "<m2m:rce@NS><uri>mn-base/ae1/data</uri><m2m:cnt><ri>cnt1</ri><st>0</st></m2m:cnt></m2m:rce>"),
                content("resourceRefList", "m2m:rrl", object("rrf", List.of(object("nm", "ae1", "typ", 2, "val", "mn-base/ae1"))),
                        "{'m2m:rrl':{'rrf':[{'nm':'ae1','typ':2,'val':'mn-base/ae1'}]}}",
                        "<m2m:rrl@NS><rrf nm='ae1' typ='2'>mn-base/ae1</rrf></m2m:rrl>"),
                content("child resource references", "m2m:cnt",
                        object("rn", "data", "ch", List.of(object("nm", "sub", "typ", 23, "val", "mn-base/data/sub"))),
                        "{'m2m:cnt':{'rn':'data','ch':[{'nm':'sub','typ':23,'val':'mn-base/data/sub'}]}}",
                        "<m2m:cnt@NS rn='data'><ch nm='sub' typ='23'>mn-base/data/sub</ch></m2m:cnt>"),
                content("nested child resources", "m2m:cnt",
                        object("rn", "data", "m2m:cin", List.of(object("rn", "c1", "con", "1"), object("rn", "c2", "con", "2")),
                                "m2m:cnt", List.of(object("rn", "sub", "m2m:cin", List.of(object("rn", "c3", "con", "3"))))),
                        "{'m2m:cnt':{'rn':'data','m2m:cin':[{'rn':'c1','con':'1'},{'rn':'c2','con':'2'}],"
                                + "'m2m:cnt':[{'rn':'sub','m2m:cin':[{'rn':'c3','con':'3'}]}]}}",
                        "<m2m:cnt@NS rn='data'><m2m:cin rn='c1'><con>1</con></m2m:cin><m2m:cin rn='c2'><con>2</con></m2m:cin>"
                                + "<m2m:cnt rn='sub'><m2m:cin rn='c3'><con>3</con></m2m:cin></m2m:cnt></m2m:cnt>"),
                content("notification of a created child", "m2m:sgn",
                        object("sur", "/mn-cse/mn-base/ae1/data/sub1", "cr", "CApp1", "nev",
                                object("net", 3, "rep", object("m2m:cin", object("rn", "cin_9", "con", "22.0", "cs", 4, "st",
                                9)))),
                        "{'m2m:sgn':{'sur':'/mn-cse/mn-base/ae1/data/sub1','cr':'CApp1',"
                                + "'nev':{'net':3,'rep':{'m2m:cin':{'rn':'cin_9','con':'22.0','cs':4,'st':9}}}}}",
                        "<m2m:sgn@NS><nev><rep><m2m:cin rn='cin_9'><st>9</st><cs>4</cs><con>22.0</con></m2m:cin></rep>"
                                + "<net>3</net></nev>"
                                + "<sur>/mn-cse/mn-base/ae1/data/sub1</sur><cr>CApp1</cr></m2m:sgn>"),
                content("notification by reference", "m2m:sgn", object("nev", object("rep", object("m2m:uri", "mn-base/x")),
                        "sur", "s"),
                        "{'m2m:sgn':{'nev':{'rep':{'m2m:uri':'mn-base/x'}},'sur':'s'}}",
                        "<m2m:sgn@NS><nev><rep><m2m:uri>mn-base/x</m2m:uri></rep></nev><sur>s</sur></m2m:sgn>"),
                content("verification request", "m2m:sgn",
                        object("sur", "/mn-cse/mn-base/ae1/data/sub1", "vrq", true, "cr", "CApp1"),
                        "{'m2m:sgn':{'sur':'/mn-cse/mn-base/ae1/data/sub1','vrq':true,'cr':'CApp1'}}",
                        "<m2m:sgn@NS><vrq>true</vrq><sur>/mn-cse/mn-base/ae1/data/sub1</sur><cr>CApp1</cr></m2m:sgn>"),
                content("subscription deletion", "m2m:sgn", object("sur", "/mn-cse/mn-base/ae1/data/sub1", "sud", true),
                        "{'m2m:sgn':{'sur':'/mn-cse/mn-base/ae1/data/sub1','sud':true}}",
                        "<m2m:sgn@NS><sud>true</sud><sur>/mn-cse/mn-base/ae1/data/sub1</sur></m2m:sgn>"),
                content("aggregated notification", "m2m:agn", object("m2m:sgn", List.of(object("sur", "a"), object("sur", "b"))),
                        "{'m2m:agn':{'m2m:sgn':[{'sur':'a'},{'sur':'b'}]}}",
                        "<m2m:agn@NS><m2m:sgn><sur>a</sur></m2m:sgn><m2m:sgn><sur>b</sur></m2m:sgn></m2m:agn>"),
                content("aggregated response", "m2m:agr",
                        object("m2m:rsp", List.of(
                                object("rsc", 2000, "rqi", "g1", "fr", "mn-base/ae1", "pc", object("m2m:ae", object("rn",
                                "ae1"))),
                                object("rsc", 4004, "rqi", "g2", "fr", "/cse2/x"))),
                        "{'m2m:agr':{'m2m:rsp':[{'rsc':2000,'rqi':'g1','fr':'mn-base/ae1','pc':{'m2m:ae':{'rn':'ae1'}}},"
                                + "{'rsc':4004,'rqi':'g2','fr':'/cse2/x'}]}}",
                        "<m2m:agr@NS><m2m:rsp><rsc>2000</rsc><rqi>g1</rqi><pc><m2m:ae rn='ae1'></m2m:ae></pc><fr>mn-base/ae1</fr>"
                                + "</m2m:rsp>"
                                + "<m2m:rsp><rsc>4004</rsc><rqi>g2</rqi><fr>/cse2/x</fr></m2m:rsp></m2m:agr>"),
                content("a response as content", "m2m:rsp", object("rsc", 2000, "rqi", "r1", "pc", object("m2m:cin",
                        object("con", "1"))),
                        "{'m2m:rsp':{'rsc':2000,'rqi':'r1','pc':{'m2m:cin':{'con':'1'}}}}",
                        "<m2m:rsp@NS><rsc>2000</rsc><rqi>r1</rqi><pc><m2m:cin><con>1</con></m2m:cin></pc></m2m:rsp>"),
                content("a request as content", "m2m:rqp",
                        object("op", 5, "to", "CAe1", "fr", "/mn-cse", "rqi", "r2", "pc", object("m2m:sgn", object("sur", "s"))),
                        "{'m2m:rqp':{'op':5,'to':'CAe1','fr':'/mn-cse','rqi':'r2','pc':{'m2m:sgn':{'sur':'s'}}}}",
                        "<m2m:rqp@NS><op>5</op><to>CAe1</to><fr>/mn-cse</fr><rqi>r2</rqi><pc><m2m:sgn><sur>s</sur></m2m:sgn>"
                                + "</pc></m2m:rqp>"),
                content("access control rules", "m2m:acp",
                        object("pv", object("acr", List.of(object("acor", List.of("CAe1", "/in-cse"), "acop", 63, "acco",
                                List.of(object("actw", List.of("* * 8-20 * * * *"), "acip", object("ipv4",
                                List.of("10.0.0.0/8"), "ipv6",
                                        List.of("::1")), "aclr", object("accc", List.of("DE", "FR"))))))),
                                "pvs", object("acr", List.of(object("acor", List.of("CAdmin"), "acop", 63)))),
                        "{'m2m:acp':{'pv':{'acr':[{'acor':['CAe1','/in-cse'],'acop':63,'acco':[{'actw':['* * 8-20 * * * *'],"
                                + "'acip':{'ipv4':['10.0.0.0/8'],'ipv6':['::1']},'aclr':{'accc':['DE','FR']}}]}]},"
                                + "'pvs':{'acr':[{'acor':['CAdmin'],'acop':63}]}}}",
                        "<m2m:acp@NS><pv><acr><acor>CAe1 /in-cse</acor><acop>63</acop><acco><actw>* * 8-20 * * * *</actw>"
                                + "<acip><ipv4>10.0.0.0/8</ipv4><ipv6>::1</ipv6></acip><aclr><accc>DE FR</accc></aclr></acco>"
                                + "</acr></pv>"
                                + "<pvs><acr><acor>CAdmin</acor><acop>63</acop></acr></pvs></m2m:acp>"),
                content("an empty policy", "m2m:acp", object("pv", object()), "{'m2m:acp':{'pv':{}}}",
                        "<m2m:acp@NS><pv></pv></m2m:acp>"),
                content("a schedule", "m2m:sch", object("se", object("sce", List.of("* * 8-20 * * * *"))),
                        "{'m2m:sch':{'se':{'sce':['* * 8-20 * * * *']}}}",
                        "<m2m:sch@NS><se><sce>* * 8-20 * * * *</sce></se></m2m:sch>"),
                content("notification criteria", "m2m:sub",
                        object("nu", List.of("/in-cse/CApp1"), "enc", object("net", List.of(1, 3), "atr", List.of("lbl",
                        "mni"), "om",
                                List.of(object("ops", 2, "or", "CAe1")), "md", object("num", 3, "dur", "PT10S"))),
                        "{'m2m:sub':{'nu':['/in-cse/CApp1'],'enc':{'net':[1,3],'atr':['lbl','mni'],'om':[{'ops':2,'or':'CAe1'}],"
                                + "'md':{'num':3,'dur':'PT10S'}}}}",
                        "<m2m:sub@NS><enc><net>1</net><net>3</net><om><ops>2</ops><or>CAe1</or></om><atr>lbl</atr><atr>mni</atr>"
                                + "<md><num>3</num><dur>PT10S</dur></md></enc><nu>/in-cse/CApp1</nu></m2m:sub>"),
                content("operations to be monitored, Release 1", "m2m:sub", object("enc", object("om", List.of(1, 2))),
                        "{'m2m:sub':{'enc':{'om':[1,2]}}}", "<m2m:sub@NS><enc><om>1</om><om>2</om></enc></m2m:sub>"),
                content("a link of a management object", "m2m:cmp",
                        object("cmlk", List.of(object("nm", "d", "typ", 1013, "val", "cmdf1")), "mgd", 1011),
                        "{'m2m:cmp':{'cmlk':[{'nm':'d','typ':1013,'val':'cmdf1'}],'mgd':1011}}",
                        "<m2m:cmp@NS><mgd>1011</mgd><cmlk nm='d' typ='1013'>cmdf1</cmlk></m2m:cmp>"),
                content("the attributes of a flexContainer whose definition nobody has", "ex:tempe",
                        object("cnd", "org.example.temperature", "curT0", 21.5, "on", true, "unit", "C",
                        "steps", 3),
                        "{'ex:tempe':{'cnd':'org.example.temperature','curT0':21.5,'on':true,'unit':'C',"
                                + "'steps':3}}",
                        "<ex:tempe xmlns:m2m='http://www.onem2m.org/xml/protocols'"
                                + " xmlns:ex='http://www.onem2m.org/xml/protocols/ex'" + XSI
                                + " xmlns:xs='http://www.w3.org/2001/XMLSchema'>"
                                + "<cnd>org.example.temperature</cnd><curT0 xsi:type='xs:double'>21.5</curT0>"
                                + "<on xsi:type='xs:boolean'>true</on><unit>C</unit>"
                                + "<steps xsi:type='xs:integer'>3</steps></ex:tempe>"),
                content("a flexContainer's own attributes", "hd:tempe",
                        object("cnd", "org.onem2m.home.moduleclass.temperature", "curT0", 21.5, "unit", "C"),
                        "{'hd:tempe':{'cnd':'org.onem2m.home.moduleclass.temperature','curT0':21.5,'unit':'C'}}",
                        "<hd:tempe xmlns:m2m='http://www.onem2m.org/xml/protocols'"
                                + " xmlns:hd='http://www.onem2m.org/xml/protocols/homedomain'>"
                                + "<cnd>org.onem2m.home.moduleclass.temperature</cnd><curT0>21.5</curT0><unit>C</unit>"
                                    + "</hd:tempe>"),
                content("what a request resource keeps", "m2m:req",
                        object("op", 1, "tg", "mn-base", "org", "CAe1", "rid", "r1", "rs", 1, "mi",
                                object("ty", 3, "rt", object("rtv", 2, "nu", List.of("/in-cse/CApp1")), "rcn", 1), "pc",
                                object("m2m:cnt", object("mni", 1)), "ors",
                                object("rsc", 2001, "rqi", "r1", "pc", object("m2m:cnt", object("st", 0)))),
                        "{'m2m:req':{'op':1,'tg':'mn-base','org':'CAe1','rid':'r1','rs':1,'mi':{'ty':3,'rt':{'rtv':2,"
                                + "'nu':['/in-cse/CApp1']},"
                                + "'rcn':1},'pc':{'m2m:cnt':{'mni':1}},'ors':{'rsc':2001,'rqi':'r1','pc':{'m2m:cnt':{'st':0}}}}}",
                        "<m2m:req@NS><op>1</op><tg>mn-base</tg><org>CAe1</org><rid>r1</rid><mi><ty>3</ty><rt><rtv>2</rtv>"
                                + "<nu>/in-cse/CApp1</nu></rt><rcn>1</rcn></mi><pc><m2m:cnt><mni>1</mni></m2m:cnt></pc><rs>1</rs>"
                                + "<ors><rsc>2001</rsc><rqi>r1</rqi><pc><m2m:cnt><st>0</st></m2m:cnt></pc></ors></m2m:req>"));
    }

    private static PrimitiveExample primitive(String what, Primitive primitive, String json, String xml) {
        return new PrimitiveExample(what, primitive, json.replace('\'', '"'), HEAD + xml.replace('\'', '"').replace("@NS", NS));
    }

    static Stream<PrimitiveExample> primitives() {
        return Stream.of(
                primitive("a CREATE",
                        RequestPrimitive.builder(Operation.CREATE, "mn-name").from("CApp1").requestIdentifier("r1")
                        .resourceType(3)
                                .set(RequestParameter.RELEASE_VERSION_INDICATOR, "2a")
                                .content(new Content("m2m:cnt", object("rn", "data", "mni", 10))).build(),
                        "{'op':1,'to':'mn-name','fr':'CApp1','rqi':'r1','ty':3,'rvi':'2a','pc':{'m2m:cnt':{'rn':'data',"
                                + "'mni':10}}}",
                        "<m2m:rqp@NS><op>1</op><to>mn-name</to><fr>CApp1</fr><rqi>r1</rqi><ty>3</ty>"
                                + "<pc><m2m:cnt rn='data'><mni>10</mni></m2m:cnt></pc><rvi>2a</rvi></m2m:rqp>"),
                primitive("a registration without from", RequestPrimitive.builder(Operation.CREATE, "mn-name").from("")
                        .requestIdentifier("r")
                        .resourceType(2).content(new Content("m2m:ae", object("api", "N1", "rr", false))).build(),
                        "{'op':1,'to':'mn-name','fr':'','rqi':'r','ty':2,'pc':{'m2m:ae':{'api':'N1','rr':false}}}",
                        "<m2m:rqp@NS><op>1</op><to>mn-name</to><fr/><rqi>r</rqi><ty>2</ty>"
                                + "<pc><m2m:ae><api>N1</api><rr>false</rr></m2m:ae></pc></m2m:rqp>"),
                primitive("a discovery",
                        RequestPrimitive.builder(Operation.RETRIEVE, "/mn-cse/mn-name").from("CApp1").requestIdentifier("r2")
                                .set(RequestParameter.RESULT_CONTENT, 6)
                                .set(RequestParameter.FILTER_CRITERIA, object("fu", 1, "ty", List.of(3, 4), "lbl",
                                List.of("a", "b"), "lim",
                                        10, "lvl", 2, "crb", "20260102T030405", "fo", 1, "atr", List.of(object("nm", "cr",
                                        "val", "C1"))))
                                .set(RequestParameter.DESIRED_IDENTIFIER_RESULT_TYPE, 2).build(),
                        "{'op':2,'to':'/mn-cse/mn-name','fr':'CApp1','rqi':'r2','rcn':6,'fc':{'fu':1,'ty':[3,4],'lbl':['a',"
                                + "'b'],'lim':10,"
                                + "'lvl':2,'crb':'20260102T030405','fo':1,'atr':[{'nm':'cr','val':'C1'}]},'drt':2}",
                        "<m2m:rqp@NS><op>2</op><to>/mn-cse/mn-name</to><fr>CApp1</fr><rqi>r2</rqi><rcn>6</rcn><fc><crb>"
                                + "20260102T030405</crb>"
                                + "<lbl>a</lbl><lbl>b</lbl><ty>3 4</ty><atr><nm>cr</nm><val>C1</val></atr><fu>1</fu><lim>10</lim>"
                                + "<fo>1</fo>"
                                + "<lvl>2</lvl></fc><drt>2</drt></m2m:rqp>"),
                primitive("a request with all other parameters", everything(),
                        "{'op':3,'to':'//sp.example/mn-cse/cnt1','fr':'//sp.example/in-cse/C1','rqi':'r3','rids':['1234',"
                                + "'admin'],"
                                + "'ot':'20260102T030405,123456','rqet':'20260102T030505','rset':'60000','oet':'20260102T030406',"
                                + "'rt':{'rtv':2,'nu':['/in-cse/CApp1']},'rp':'1000','rcn':9,'ec':4,'da':true,'gid':'g1',"
                                + "'gtm':['a','b'],'tkns':['x.y.z'],'tids':['t1'],'ltids':['l1'],'tqi':false,'sqi':true,"
                                + "'asi':true,'aus':['s.t.u'],'auri':false,'rvi':'3','vsi':'any text',"
                                + "'pc':{'m2m:cnt':{'mni':null}}}",
                        "<m2m:rqp@NS><op>3</op><to>//sp.example/mn-cse/cnt1</to><fr>//sp.example/in-cse/C1</fr><rqi>r3</rqi>"
                                + "<pc><m2m:cnt><mni/></m2m:cnt></pc><rids>1234 admin</rids><ot>20260102T030405,123456</ot>"
                                + "<rqet>20260102T030505</rqet><rset>60000</rset><oet>20260102T030406</oet><rt><rtv>2</rtv>"
                                + "<nu>/in-cse/CApp1</nu></rt><rp>1000</rp><rcn>9</rcn><ec>4</ec><da>true</da><gid>g1</gid><gtm>"
                                + "a b</gtm>"
                                + "<tkns>x.y.z</tkns><tids>t1</tids><ltids>l1</ltids><tqi>false</tqi><sqi>true</sqi>"
                                + "<asi>true</asi><aus>s.t.u</aus><auri>false</auri><rvi>3</rvi><vsi>any text</vsi></m2m:rqp>"),
                primitive("no targets for the result", RequestPrimitive.builder(Operation.DELETE, "x").from("C1")
                        .requestIdentifier("r4")
                        .set(RequestParameter.RESPONSE_TYPE, object("rtv", 2, "nu", List.of())).build(),
                        "{'op':4,'to':'x','fr':'C1','rqi':'r4','rt':{'rtv':2,'nu':[]}}",
                        "<m2m:rqp@NS><op>4</op><to>x</to><fr>C1</fr><rqi>r4</rqi><rt><rtv>2</rtv><nu/></rt></m2m:rqp>"),
                primitive("a notification",
                        RequestPrimitive.builder(Operation.NOTIFY, "/in-cse/CApp1").from("/mn-cse").requestIdentifier("n1")
                                .content(new Content("m2m:sgn", object("sur", "/mn-cse/s", "sud", true))).build(),
                        "{'op':5,'to':'/in-cse/CApp1','fr':'/mn-cse','rqi':'n1','pc':{'m2m:sgn':{'sur':'/mn-cse/s','sud':true}}}",
                        "<m2m:rqp@NS><op>5</op><to>/in-cse/CApp1</to><fr>/mn-cse</fr><rqi>n1</rqi>"
                                + "<pc><m2m:sgn><sud>true</sud><sur>/mn-cse/s</sur></m2m:sgn></pc></m2m:rqp>"),
                primitive("a response without content", ResponsePrimitive.builder(2002, "r1").build(), "{'rsc':2002,'rqi':'r1'}",
                        "<m2m:rsp@NS><rsc>2002</rsc><rqi>r1</rqi></m2m:rsp>"),
                primitive("a refusal", ResponsePrimitive.builder(4004, "r1").content(Content.debugInfo("no <x> & \"y\" here"))
                        .build(),
                        "{'rsc':4004,'rqi':'r1','pc':{'m2m:dbg':'no <x> & \\'y\\' here'}}",
                        "<m2m:rsp@NS><rsc>4004</rsc><rqi>r1</rqi><pc><m2m:dbg>no &lt;x&gt; &amp; 'y' here</m2m:dbg>"
                                + "</pc></m2m:rsp>"),
                primitive("a response with all parameters",
                        ResponsePrimitive.builder(2000, "r5").set(ResponseParameter.TO, "C1").set(ResponseParameter.FROM,
                        "/mn-cse")
                                .set(ResponseParameter.ORIGINATING_TIMESTAMP, "20260102T030405")
                                .set(ResponseParameter.RESULT_EXPIRATION_TIMESTAMP, "20260102T030505")
                                .set(ResponseParameter.EVENT_CATEGORY, 2).set(ResponseParameter.CONTENT_STATUS, 1)
                                .set(ResponseParameter.CONTENT_OFFSET, 11)
                                .set(ResponseParameter.ASSIGNED_TOKEN_IDENTIFIERS, object("lti", "l1"))
                                .set(ResponseParameter.TOKEN_REQUEST_INFORMATION, object("dasi", "https://das"))
                                .set(ResponseParameter.AUTHOR_SIGN_REQUEST_INFORMATION, "q")
                                .set(ResponseParameter.RELEASE_VERSION_INDICATOR, "2a")
                                .set(ResponseParameter.VENDOR_INFORMATION, "v")
                                .content(new Content("m2m:cnt", object("ri", "cnt1", "cni", 0))).build(),
                        "{'rsc':2000,'rqi':'r5','to':'C1','fr':'/mn-cse','ot':'20260102T030405','rset':'20260102T030505',"
                                + "'ec':2,'cnst':1,"
                                + "'cnot':11,'ati':{'lti':'l1'},'tqf':{'dasi':'https://das'},'asri':'q','rvi':'2a','vsi':'v',"
                                + "'pc':{'m2m:cnt':{'ri':'cnt1','cni':0}}}",
                        "<m2m:rsp@NS><rsc>2000</rsc><rqi>r5</rqi><pc><m2m:cnt><ri>cnt1</ri><cni>0</cni></m2m:cnt></pc><to>C1</to>"
                                + "<fr>/mn-cse</fr><ot>20260102T030405</ot><rset>20260102T030505</rset><ec>2</ec><cnst>1</cnst>"
                                + "<cnot>11</cnot><ati><lti>l1</lti></ati><tqf><dasi>https://das</dasi></tqf><asri>q</asri><rvi>"
                                + "2a</rvi>"
                                + "<vsi>v</vsi></m2m:rsp>"));
    }

    private static RequestPrimitive everything() {
        return RequestPrimitive.builder(Operation.UPDATE, "//sp.example/mn-cse/cnt1").from("//sp.example/in-cse/C1")
                .requestIdentifier("r3")
                .set(RequestParameter.ROLE_IDS, List.of("1234", "admin")).set(RequestParameter.ORIGINATING_TIMESTAMP,
                        "20260102T030405,123456")
                .set(RequestParameter.REQUEST_EXPIRATION_TIMESTAMP, "20260102T030505")
                .set(RequestParameter.RESULT_EXPIRATION_TIMESTAMP, "60000").set(RequestParameter.OPERATION_EXECUTION_TIME,
                        "20260102T030406")
                .set(RequestParameter.RESPONSE_TYPE, object("rtv", 2, "nu", List.of("/in-cse/CApp1")))
                .set(RequestParameter.RESULT_PERSISTENCE, "1000").set(RequestParameter.RESULT_CONTENT, 9)
                .set(RequestParameter.EVENT_CATEGORY, 4).set(RequestParameter.DELIVERY_AGGREGATION, true)
                .set(RequestParameter.GROUP_REQUEST_IDENTIFIER, "g1").set(RequestParameter.GROUP_REQUEST_TARGET_MEMBERS,
                        List.of("a", "b"))
                .set(RequestParameter.TOKENS, List.of("x.y.z")).set(RequestParameter.TOKEN_IDS, List.of("t1"))
                .set(RequestParameter.LOCAL_TOKEN_IDS, List.of("l1")).set(RequestParameter.TOKEN_REQUEST_INDICATOR, false)
                .set(RequestParameter.SEMANTIC_QUERY_INDICATOR, true).set(RequestParameter.AUTHOR_SIGN_INDICATOR, true)
                .set(RequestParameter.AUTHOR_SIGNS, List.of("s.t.u")).set(RequestParameter.AUTHOR_REL_INDICATOR, false)
                .set(RequestParameter.RELEASE_VERSION_INDICATOR, "3").set(RequestParameter.VENDOR_INFORMATION, "any text")
                .content(new Content("m2m:cnt", object("mni", NULL))).build();
    }
}
