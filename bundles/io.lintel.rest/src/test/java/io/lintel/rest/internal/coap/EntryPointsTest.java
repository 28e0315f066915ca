// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;

import org.eclipse.californium.core.WebLink;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.LinkFormat;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The way in for those who know nothing but CoAP (RFC 6690). */
class EntryPointsTest {
    private DoorFixture fixture;

    @BeforeEach
    void open() throws Exception {
        fixture = new DoorFixture(Map.of());
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private Response ask(String... query) throws InterruptedException {
        Request request = fixture.request(Code.GET, ".well-known/core");
        for (String field : query) {
            request.getOptions().addUriQuery(field);
        }
        return fixture.send(request);
    }

    @Test
    void theCseBaseIsThereByBothOfItsAddresses() throws Exception {
        Response links = ask();
        assertThat(links.getCode()).isEqualTo(ResponseCode.CONTENT);
        assertThat(links.getOptions().getContentFormat()).isEqualTo(40);
        assertThat(links.getPayloadString()).isEqualTo("</mn-name>;rt=\"oneM2M.CSEBase oneM2M.MN-CSE\";"
                + "title=\"//lintel.example/mn-cse\";ct=\"50 41 60 10001 10014 10010\","
                + "</~/mn-cse/mn-name>;rt=\"oneM2M.CSEBase oneM2M.MN-CSE\";title=\"//lintel.example/mn-cse\";"
                + "ct=\"50 41 60 10001 10014 10010\"");
        assertThat(LinkFormat.parse(links.getPayloadString())).extracting(WebLink::getURI)
                .containsExactlyInAnyOrder("/mn-name", "/~/mn-cse/mn-name");
        assertThat(fixture.cse.waiting()).as("nothing of it is a primitive").isZero();
    }

    @Test
    void whatTheyLeadToIsServed() throws Exception {
        for (WebLink link : LinkFormat.parse(ask().getPayloadString())) {
            fixture.send(fixture.request(Code.GET, link.getURI().substring(1), "r1"));
            assertThat(fixture.cse.request().to()).isIn("mn-name", "/mn-cse/mn-name");
        }
    }

    @ParameterizedTest
    @CsvSource({"rt=oneM2M.CSEBase,2", "rt=oneM2M.*,2", "rt=oneM2M.MN-CSE,2", "rt=oneM2M,0", "rt=core.rd,0", "href=/mn-name,1",
            "href=/~/*,1", "href=/*,2", "ct=41,2", "ct=0,0", "title=//lintel.example/mn-cse,2", "nonsense,0", "if=x,0"})
    void theyCanBeFiltered(String query, int links) throws Exception {
        Response answer = ask(query);
        assertThat(answer.getCode()).isEqualTo(ResponseCode.CONTENT);
        assertThat(LinkFormat.parse(answer.getPayloadString())).hasSize(links);
    }

    @Test
    void allOfSeveralFiltersCount() throws Exception {
        assertThat(LinkFormat.parse(ask("rt=oneM2M.CSEBase", "href=/mn-name").getPayloadString())).hasSize(1);
        assertThat(ask("rt=core.rd", "href=/mn-name").getPayloadString()).isEmpty();
    }

    @Test
    void whileTheCseIsAwayTheyAreAskedForAgainLater() throws Exception {
        fixture.door.unbindCse(fixture.cse);
        Response away = ask();
        assertThat(away.getCode()).isEqualTo(ResponseCode.SERVICE_UNAVAILABLE);
        assertThat(away.getOptions().getMaxAge()).isEqualTo(2);
    }

    @Test
    void anotherFormThanLinksThereIsNot() throws Exception {
        Request request = fixture.request(Code.GET, ".well-known/core");
        request.getOptions().setAccept(50);
        assertThat(fixture.send(request).getCode()).isEqualTo(ResponseCode.NOT_ACCEPTABLE);
    }
}
