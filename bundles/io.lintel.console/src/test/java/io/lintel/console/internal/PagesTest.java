// SPDX-License-Identifier: Apache-2.0
package io.lintel.console.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.Cse;
import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.Door;
import io.lintel.cse.api.Hop;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class PagesTest {
    private final TreeOfResources cse = new TreeOfResources();
    private final NodeState state = new NodeState(expecting("store, http", "coap"));

    @Test
    void aNodeIsReadyWhenTheExpectedDoorsAreOpenAndHealthyWhenAllAre() {
        state.cse = cse;
        state.doors = List.of(door("store", true), door("http", true));
        assertThat(state.isReady()).isFalse();
        assertThat(state.reasons()).containsExactly("coap: not there; its bundle has not started");

        state.doors = List.of(door("store", true), door("http", true), door("coap", false));
        assertThat(state.isReady()).isFalse();
        assertThat(state.reasons()).containsExactly("coap: about coap");

        state.doors = List.of(door("store", true), door("http", true), door("coap", true), door("registrar", false));
        assertThat(state.isReady()).isTrue();
        assertThat(state.reasons()).containsExactly("registrar: about registrar");

        state.doors = List.of(door("store", true), door("http", true), door("coap", true), door("registrar", true));
        assertThat(state.reasons()).isEmpty();
        state.cse = null;
        assertThat(state.isReady()).isFalse();
        assertThat(state.reasons()).singleElement().asString().startsWith("cse: not there");
    }

    @Test
    void ofTwoDoorsWithOneNameTheClosedOneCounts() {
        state.doors = List.of(door("store", false), door("store", true));
        assertThat(state.doors().get(0).open()).isFalse();
    }

    @Test
    void theOverviewSaysWhoAndWhatIsWrong() {
        state.cse = cse;
        state.doors = List.of(door("store", true), door("<b>http", false));

        String page = overview();

        assertThat(page).contains("/mn-cse").contains("Middle Node").contains("banner bad").contains("&lt;b&gt;http: about")
                .doesNotContain("<b>http").contains("href=\"/console/resources?r=mn-name\"");
    }

    @Test
    void theBrowserShowsAResourceWithItsChildrenAndLatestContent() {
        state.cse = cse;
        cse.answers.put("mn-name/box 5", content("m2m:cnt", Attributes.builder().set("rn", "box").set("ty", 3).set("cni", 2)
                .set("ct", "20260102T030405").set("lbl", List.of("a<b", "c"))
                .set("ch", List.of(Attributes.builder().set("nm", "sub&1").set("typ", 23).set("val", "mn-name/box/sub").build()))
                .build()));
        cse.answers.put("mn-name/box/la 1", content("m2m:cin", Attributes.of("con", "<script>alert(1)</script>")));

        String page = browse("mn-name/box");

        assertThat(page).contains("<h2>box").contains("sub&amp;1").contains("href=\"/console/resources?r=mn-name%2Fbox%2Fsub\"")
                .contains("2026-01-02 03:04:05 UTC").contains("a&lt;b").contains("&lt;script&gt;alert(1)")
                .doesNotContain("<script");
        assertThat(cse.from).containsOnly("CAdmin");
    }

    @Test
    void aCseThatListsNoReferencesIsAskedToDiscover() {
        state.cse = cse;
        cse.answers.put("mn-name 1", content("m2m:cb", Attributes.builder().set("rn", "mn-name").set("ty", 5).build()));
        cse.answers.put("mn-name discovery", new Content("m2m:uril", List.of("mn-name/ae1", "mn-name/box")));

        assertThat(browse("mn-name")).contains(">ae1</a>").contains("href=\"/console/resources?r=mn-name%2Fbox\"");
    }

    @Test
    void aRefusalIsShownAsItIs() {
        state.cse = cse;
        assertThat(browse("mn-name/<x>")).contains("4004: no &lt;x&gt; here").doesNotContain("<x>");
    }

    @Test
    void timesAreForPeople() {
        assertThat(ResourcesPlugin.time("20260102T030405,123")).isEqualTo("2026-01-02 03:04:05 UTC");
        assertThat(ResourcesPlugin.time("soon")).isEqualTo("soon");
        assertThat(OverviewPlugin.uptime(Duration.ofSeconds(59))).isEqualTo("59 s");
        assertThat(OverviewPlugin.uptime(Duration.ofSeconds(3661))).isEqualTo("1 h 1 min");
        assertThat(OverviewPlugin.uptime(Duration.ofHours(49))).isEqualTo("2 d 1 h");
    }

    @Test
    void nestedValuesAreIndented() {
        Attributes privileges = Attributes.of("acr", List.of(Attributes.builder().set("acor", List.of("CAdmin", "Cae"))
                .set("acop", 63).build()));
        assertThat(ResourcesPlugin.pretty(privileges)).isEqualTo("acr: \n  –\n    acor: CAdmin, Cae\n    acop: 63");
    }

    @Test
    void jsonIsEscaped() {
        assertThat(Json.write(Map.of("a\"", List.of("\n\\", 1, true)))).isEqualTo("{\"a\\\"\":[\"\\u000a\\\\\",1,true]}");
        assertThat(Json.write(List.of(Map.of(), List.of()))).isEqualTo("[{},[]]");
    }

    private String overview() {
        Html html = new Html();
        new OverviewPlugin(state).render(Exchange.get("/console/lintel").request(), html);
        return html.toString();
    }

    private String browse(String address) {
        Html html = new Html();
        new ResourcesPlugin(state).render(Exchange.get("/console/resources").parameter("r", address).request(), html);
        return html.toString();
    }

    private static Content content(String name, Attributes attributes) {
        return new Content(name, attributes);
    }

    private static NodeState.Config expecting(String... doors) {
        return new NodeState.Config() {
            @Override
            public String[] expect() {
                return doors;
            }

            @Override
            public Class<NodeState.Config> annotationType() {
                return NodeState.Config.class;
            }
        };
    }

    private static Door door(String name, boolean open) {
        return new Door() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public boolean isOpen() {
                return open;
            }

            @Override
            public String detail() {
                return "about " + name;
            }
        };
    }

    /** Answers what it was told to; for anything else, 4004. */
    private static final class TreeOfResources implements Cse {
        private final Map<String, Content> answers = new HashMap<>();
        private final List<String> from = new ArrayList<>();

        @Override
        public CompletionStage<ResponsePrimitive> handle(RequestPrimitive request, Hop hop) {
            from.add(request.from().orElse(""));
            boolean discovery = request.filterCriteria().flatMap(fc -> fc.number("fu")).isPresent();
            Content answer = answers.get(request.to() + " " + (discovery ? "discovery" : request.resultContent().orElse(1)));
            String name = request.to().substring(request.to().lastIndexOf('/') + 1);
            return CompletableFuture.completedFuture(answer != null
                    ? ResponsePrimitive.builder(2000, request.requestIdentifier()).content(answer).build()
                    : ResponsePrimitive.builder(4004, request.requestIdentifier())
                            .content(Content.debugInfo("no " + name + " here")).build());
        }

        @Override
        public CseIdentity identity() {
            return new CseIdentity("//lintel.example", "/mn-cse", "mn-name", "mn-id", CseIdentity.CseType.MN, "CAdmin");
        }
    }
}
