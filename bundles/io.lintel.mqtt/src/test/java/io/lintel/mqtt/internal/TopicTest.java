// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.primitive.Serialization;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Topics of TS-0010 6.4 and 6.6. */
class TopicTest {
    @ParameterizedTest
    @CsvSource({
        "/oneM2M/req/CAE01/mn-cse/json,           '',      REQUEST,               CAE01,        mn-cse, json",
        "/oneM2M/resp/mn-cse/in-cse/xml,          '',      RESPONSE,              mn-cse,       in-cse, xml",
        "/oneM2M/reg_req/10-a@mef.x/mn-cse/cbor,  '',      REGISTRATION_REQUEST,  10-a@mef.x,   mn-cse, cbor",
        "/oneM2M/reg_resp/cred:x/mn-cse/json,     '',      REGISTRATION_RESPONSE, cred:x,       mn-cse, json",
        "abc/def/oneM2M/req/in-cse:C1/mn-cse/json, abc/def, REQUEST,              in-cse:C1,    mn-cse, json",
        "x/oneM2M/y/oneM2M/req/a/b/json,          x/oneM2M/y, REQUEST,            a,            b,      json",
        "/oneM2M/req//mn-cse/json,                '',      REQUEST,               '',           mn-cse, json",
    })
    @Tag("MQ-25") @Tag("MQ-33") @Tag("MQ-34")
    void aTopicIsTakenApartAndPutTogetherAgain(String name, String prefix, Topic.Kind kind, String originator, String receiver,
            String suffix) {
        Topic topic = Topic.parse(name).orElseThrow();

        assertThat(topic).isEqualTo(new Topic(prefix, kind, originator, receiver, List.of(suffix)));
        assertThat(topic.name()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/oneM2M/req/only", "oneM2M/req/a/b/json", "/oneM2M/other/a/b/json", "my/own/topic", "/oneM2M/", "",
            "/onem2m/req/a/b"})
    void otherTopicsAreNone(String name) {
        assertThat(Topic.parse(name)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "/oneM2M/req/a/b/json,          /oneM2M/resp/a/b/json",
        "/oneM2M/req/:a/b,              /oneM2M/resp/:a/b",
        "/oneM2M/reg_req/cred/b/json,   /oneM2M/reg_resp/cred/b/json",
        "p/q/oneM2M/req/a/b/json,       p/q/oneM2M/resp/a/b/json",
        "/oneM2M/req/a/b/yaml,          /oneM2M/resp/a/b/json",
        "/oneM2M/req/a/b/json/more,     /oneM2M/resp/a/b/json",
    })
    @Tag("MQ-30") @Tag("MQ-34")
    void theAnswerRepeatsTheSegmentsAndThePrefix(String request, String response) {
        assertThat(Topic.parse(request).orElseThrow().answer(Serialization.JSON).name()).isEqualTo(response);
    }

    @Test
    @Tag("MQ-25") @Tag("MQ-27") @Tag("MQ-45")
    void whatIsSentIsAlwaysStrict() {
        assertThat(Topic.of("", Topic.Kind.REQUEST, "mn-cse", "in-cse", Serialization.CBOR).name())
                .isEqualTo("/oneM2M/req/mn-cse/in-cse/cbor");
        assertThat(Topic.of("abc", Topic.Kind.REQUEST, "mn-cse", "CAE01", Serialization.XML).name())
                .isEqualTo("abc/oneM2M/req/mn-cse/CAE01/xml");
    }

    @Test
    @Tag("MQ-28") @Tag("MQ-46") @Tag("MQ-51")
    void filtersAreThoseOfTheStandard() {
        assertThat(Topic.requestFilter("", Topic.Kind.REQUEST, "mn-cse")).isEqualTo("/oneM2M/req/+/mn-cse/#");
        assertThat(Topic.requestFilter("abc/def", Topic.Kind.REQUEST, "CAE01")).isEqualTo("abc/def/oneM2M/req/+/CAE01/#");
        assertThat(Topic.requestFilter("", Topic.Kind.REGISTRATION_REQUEST, "mn-cse")).isEqualTo("/oneM2M/reg_req/+/mn-cse/#");
        assertThat(Topic.responseFilter("", "mn-cse")).isEqualTo("/oneM2M/resp/mn-cse/#");
        assertThat(Topic.swappedResponseFilter("", "in-cse", "mn-cse")).isEqualTo("/oneM2M/resp/in-cse/mn-cse/#");
    }
}
