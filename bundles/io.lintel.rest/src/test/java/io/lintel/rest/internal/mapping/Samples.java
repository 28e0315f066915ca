// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.mapping;

import static io.lintel.primitive.Operation.CREATE;
import static io.lintel.primitive.Operation.DELETE;
import static io.lintel.primitive.Operation.NOTIFY;
import static io.lintel.primitive.Operation.RETRIEVE;
import static io.lintel.primitive.Operation.UPDATE;

import java.util.List;
import java.util.stream.Stream;

import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponseParameter;
import io.lintel.primitive.ResponsePrimitive;

/** One request or response for every parameter that HTTP and CoAP have a place for. */
public final class Samples {
    private static final Content CONTAINER = new Content("m2m:cnt", Attributes.builder().set("rn", "data").set("mni", 10)
            .set("lbl", List.of("a", "b")).build());

    private Samples() {
    }

    public static Stream<RequestPrimitive> requests() {
        return Stream.of(
                of(CREATE, "mn-name/ae1").resourceType(3).content(CONTAINER).build(),
                of(RETRIEVE, "mn-name").build(),
                of(RETRIEVE, "-/ae1/data/la").build(),
                of(RETRIEVE, "/mn-cse/mn-name/ae1").build(),
                of(RETRIEVE, "/mn-cse").build(),
                of(RETRIEVE, "//sp.example/mn-cse/cnt0007").build(),
                of(UPDATE, "mn-name/ae1/data").content(new Content("m2m:cnt", Attributes.builder().set("mni", 3)
                        .set("lbl", Attributes.NULL)
                        .build())).build(),
                of(DELETE, "mn-name/ae1/data").build(),
                of(NOTIFY, "/in-cse").content(new Content("m2m:sgn", Attributes.builder().set("sur", "/mn-cse/mn-name/sub")
                        .set("vrq", true)
                        .build())).build(),
                of(NOTIFY, "/in-cse/C1/x").content(new Content("m2m:sgn", Attributes.of("sud", true))).build(),
                of(RETRIEVE, "mn-name").content(new Content("m2m:atrl", List.of("ri", "lbl", "mni"))).build(),
                of(RETRIEVE, "mn-name").content(new Content("m2m:atrl", List.of("ri"))).build(),
                with(RequestParameter.ROLE_IDS, List.of("role-1", "role-2")),
                with(RequestParameter.ORIGINATING_TIMESTAMP, "20260102T030405"),
                with(RequestParameter.REQUEST_EXPIRATION_TIMESTAMP, "20260102T030406"),
                with(RequestParameter.REQUEST_EXPIRATION_TIMESTAMP, "5000"),
                with(RequestParameter.RESULT_EXPIRATION_TIMESTAMP, "20260102T030407"),
                with(RequestParameter.OPERATION_EXECUTION_TIME, "20260102T030408"),
                with(RequestParameter.RESPONSE_TYPE, Attributes.of("rtv", 1)),
                with(RequestParameter.RESPONSE_TYPE, Attributes.of("rtv", 3)),
                with(RequestParameter.RESPONSE_TYPE, Attributes.builder().set("rtv", 2).set("nu", List.of("/in-cse/CApp1"))
                        .build()),
                with(RequestParameter.RESPONSE_TYPE, Attributes.builder().set("rtv", 2)
                        .set("nu", List.of("http://h:1/p?a=1&b=2", "/in-cse/CApp2", "http://h:1/q?c=3", "mqtt://h")).build()),
                with(RequestParameter.RESULT_PERSISTENCE, "20260102T030409"),
                with(RequestParameter.RESULT_CONTENT, 5),
                with(RequestParameter.EVENT_CATEGORY, 4),
                with(RequestParameter.DELIVERY_AGGREGATION, true),
                with(RequestParameter.DELIVERY_AGGREGATION, false),
                with(RequestParameter.GROUP_REQUEST_IDENTIFIER, "group/17"),
                with(RequestParameter.GROUP_REQUEST_TARGET_MEMBERS, List.of("/mn-cse/a", "/mn-cse/b")),
                with(RequestParameter.DESIRED_IDENTIFIER_RESULT_TYPE, 2),
                with(RequestParameter.TOKENS, List.of("aaa.bbb.ccc", "ddd.eee.fff")),
                with(RequestParameter.TOKEN_IDS, List.of("t1", "t2")),
                with(RequestParameter.LOCAL_TOKEN_IDS, List.of("l1")),
                with(RequestParameter.TOKEN_REQUEST_INDICATOR, true),
                with(RequestParameter.SEMANTIC_QUERY_INDICATOR, true),
                with(RequestParameter.AUTHOR_SIGN_INDICATOR, true),
                with(RequestParameter.AUTHOR_SIGNS, List.of("s1", "s2")),
                with(RequestParameter.AUTHOR_REL_INDICATOR, false),
                with(RequestParameter.RELEASE_VERSION_INDICATOR, "2a"),
                with(RequestParameter.VENDOR_INFORMATION, "vendor says hello"),
                filter("crb", "20260101T000000"), filter("cra", "20260101T000000"), filter("ms", "20260101T000000"),
                filter("us", "20260101T000000"), filter("sts", 1), filter("stb", 2), filter("exb", "20260101T000000"),
                filter("exa", "20260101T000000"), filter("sza", 10), filter("szb", 20),
                        filter("lbl", List.of("kitchen", "key:value", "ö ä")),
                filter("clbl", List.of("a")), filter("palb", List.of("a", "b")), filter("lbq", "k EQ v"),
                        filter("ty", List.of(3, 4)),
                filter("chty", List.of(4)), filter("pty", List.of(2)), filter("cty", List.of("text/plain", "application/json")),
                filter("smf", List.of("SELECT ?x { ?x a <http://e/x> } # 1", "ASK { }")), filter("cfs", 1),
                        filter("cfq", "$.a[?(@.b > 1)]"),
                filter("fu", 1), filter("fo", 2), filter("lim", 10), filter("lvl", 2), filter("ofst", 3), filter("arp", "x/la"),
                filter("atr", List.of(pair("cr", "C1"), pair("cr", "C*"), pair("api", "N a&b=c#d"))),
                filter("catr", List.of(pair("mni", "5"))), filter("patr", List.of(pair("api", "Nx"))));
    }

    private static Attributes pair(String name, String value) {
        return Attributes.builder().set("nm", name).set("val", value).build();
    }

    private static RequestPrimitive with(RequestParameter parameter, Object value) {
        return of(RETRIEVE, "mn-name/ae1").set(parameter, value).build();
    }

    private static RequestPrimitive filter(String member, Object value) {
        return with(RequestParameter.FILTER_CRITERIA, Attributes.builder().set(member, value).build());
    }

    public static RequestPrimitive.Builder of(Operation operation, String to) {
        return RequestPrimitive.builder(operation, to).from("CApp1").requestIdentifier("r-17");
    }

    /** Responses to a RETRIEVE, by the parameter they show; the request identifier is {@code r-17}. */
    public static Stream<ResponsePrimitive> responses() {
        return Stream.of(
                response(2000).content(CONTAINER).build(),
                response(2000).content(new Content("m2m:uril", List.of("mn-name/a", "mn-name/b"))).build(),
                response(2000).content(new Content("m2m:uril", List.of())).build(),
                response(4004).content(Content.debugInfo("no such resource")).build(),
                response(2000).set(ResponseParameter.FROM, "/mn-cse").build(),
                response(2000).set(ResponseParameter.ORIGINATING_TIMESTAMP, "20260102T030405").build(),
                response(2000).set(ResponseParameter.RESULT_EXPIRATION_TIMESTAMP, "20260102T030406").build(),
                response(2000).set(ResponseParameter.EVENT_CATEGORY, 4).build(),
                response(2000).set(ResponseParameter.CONTENT_STATUS, 1).set(ResponseParameter.CONTENT_OFFSET, 11)
                        .content(CONTAINER).build(),
                response(2000).set(ResponseParameter.ASSIGNED_TOKEN_IDENTIFIERS, Attributes.of("ltia",
                        List.of(Attributes.builder().set("lti", "l1").set("tkid", "t1").build(),
                                Attributes.builder().set("lti", "l2").set("tkid", "t2").build()))).build(),
                response(4103).set(ResponseParameter.TOKEN_REQUEST_INFORMATION, Attributes.of("dasi", List.of("x"))).build(),
                response(2000).set(ResponseParameter.AUTHOR_SIGN_REQUEST_INFORMATION, "sign").build(),
                response(2000).set(ResponseParameter.RELEASE_VERSION_INDICATOR, "2a").build(),
                response(2000).set(ResponseParameter.VENDOR_INFORMATION, "hello").build());
    }

    public static ResponsePrimitive.Builder response(int rsc) {
        return ResponsePrimitive.builder(rsc, "r-17");
    }
}
