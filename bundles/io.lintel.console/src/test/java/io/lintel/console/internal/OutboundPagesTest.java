// SPDX-License-Identifier: Apache-2.0
package io.lintel.console.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.OutboundQueueAdministration;
import io.lintel.cse.api.store.OutboundItem;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The pages about the outbound queue, with names that would be markup, and what may be done with them. */
class OutboundPagesTest {
    private static final String HOSTILE = "<script>alert('x')</script>\"&";
    private final Queue queue = new Queue();
    private final NodeState state = new NodeState(new NodeState.Config() {
        @Override
        public String[] expect() {
            return new String[0];
        }

        @Override
        public Class<NodeState.Config> annotationType() {
            return NodeState.Config.class;
        }
    });
    private final OutboundPlugin plugin = new OutboundPlugin(state);

    OutboundPagesTest() {
        state.outboundQueue = queue;
    }

    /** A queue that notes what it is asked. */
    private static final class Queue implements OutboundQueueAdministration {
        private final List<String> asked = new ArrayList<>();
        private int targets = 1;
        private int page = 50;

        @Override
        public List<TargetView> targets() {
            return IntStream.range(0, targets).mapToObj(i -> new TargetView(i == 0 ? HOSTILE : "/cse" + i, 3, 2048, 1000,
                    i == 0 ? State.PAUSED : State.HELD, 1_700_000_000_000L, "nobody <listens>")).toList();
        }

        @Override
        public List<OutboundItem> items(String target, long afterSequence, int limit) {
            asked.add("items " + target + " " + afterSequence + " " + limit);
            return java.util.Collections.nCopies(page, item(7).orElseThrow());
        }

        @Override
        public Optional<OutboundItem> item(long sequence) {
            return sequence != 7 ? Optional.empty() : Optional.of(new OutboundItem(7, HOSTILE, RequestPrimitive
                    .builder(Operation.CREATE, "<b>to").from("/mn-cse/C1").requestIdentifier("r&1").resourceType(4)
                    .set(RequestParameter.EVENT_CATEGORY, 4).content(new Content("m2m:cin", Attributes.of("con", "<i>on")))
                    .build(), "", 1_700_000_100_000L, OutboundItem.Kind.REQUEST, 3, "k", 1_700_000_000_000L, 99));
        }

        @Override
        public CompletionStage<Boolean> delete(long sequence) {
            asked.add("delete " + sequence);
            return CompletableFuture.completedFuture(true);
        }

        @Override
        public CompletionStage<Long> deleteAll(String target) {
            asked.add("deleteAll " + target);
            return CompletableFuture.completedFuture(3L);
        }

        @Override
        public boolean tryAgain(String target) {
            asked.add("try " + target);
            return true;
        }

        @Override
        public CompletionStage<Boolean> hold(String target, boolean held) {
            asked.add((held ? "hold " : "release ") + target);
            return CompletableFuture.completedFuture(true);
        }
    }

    private String page(Exchange exchange) {
        Html html = new Html();
        plugin.render(exchange.request(), html);
        return html.toString();
    }

    private static Exchange form(String address, String action) {
        return Exchange.post(address).parameter("action", action).parameter("target", HOSTILE).parameter("item", "7");
    }

    @Test
    void showsTargetsAndWhatIsTheMatter() {
        assertThat(page(Exchange.get(OutboundPlugin.PATH))).contains("3 waiting, 2.0 kB").contains("nobody &lt;listens&gt;")
                .contains("paused, next try at 2023-11-14T22:13:20Z").contains("?target=%3Cscript").doesNotContain("<script>");
        queue.targets = 120;
        String second = page(Exchange.get(OutboundPlugin.PATH).parameter("from", "50"));
        assertThat(second).contains("51 to 100 of 120").contains("/cse50").doesNotContain("/cse49<").contains("held back");
    }

    @Test
    void showsWhatWaitsInPages() {
        String page = page(Exchange.get(OutboundPlugin.PATH).parameter("target", HOSTILE).parameter("after", "5"));
        assertThat(queue.asked).containsExactly("items " + HOSTILE + " 5 50");
        assertThat(page).contains("4 latest").contains("r&amp;1").contains("/mn-cse/C1").contains("&lt;b&gt;to")
                .contains("&amp;after=7\"").contains("request in transit").doesNotContain("<script>").doesNotContain("<b>");
        queue.page = 49;
        assertThat(page(Exchange.get(OutboundPlugin.PATH).parameter("target", HOSTILE))).doesNotContain("later ones");
        assertThat(page(Exchange.get(OutboundPlugin.PATH).parameter("target", "nobody<"))).contains("Nothing waits");
    }

    @Test
    void showsOneItemWithItsContent() {
        assertThat(page(Exchange.get(OutboundPlugin.PATH).parameter("item", "7")))
                .contains("&quot;con&quot;:&quot;&lt;i&gt;on&quot;").doesNotContain("<i>on");
        assertThat(page(Exchange.get(OutboundPlugin.PATH).parameter("item", "8"))).contains("It waits no more");
    }

    @Test
    void asksBeforeAllIsDeleted() {
        assertThat(page(Exchange.get(OutboundPlugin.PATH).parameter("target", HOSTILE))).doesNotContain("deleteAll");
        assertThat(page(Exchange.get(OutboundPlugin.PATH).parameter("target", HOSTILE).parameter("ask", "delete")))
                .contains("action=deleteAll").contains("3 items are gone for good");
    }

    @Test
    void doesWhatAPostSays() throws IOException {
        for (String action : List.of("delete", "deleteAll", "try", "hold", "release", "shutdown")) {
            Exchange exchange = form(OutboundPlugin.PATH, action).header("Origin", "http://127.0.0.1:8181");
            plugin.doPost(exchange.request(), exchange.response());
            assertThat(exchange.redirect()).startsWith("/console/outbound?target=%3Cscript");
        }
        assertThat(queue.asked).containsExactly("delete 7", "deleteAll " + HOSTILE, "try " + HOSTILE, "hold " + HOSTILE,
                "release " + HOSTILE);
    }

    @Test
    void anotherSiteMayNotChangeAnything() throws IOException {
        for (String action : List.of("delete", "deleteAll", "try", "hold", "release")) {
            for (String address : List.of(OutboundPlugin.PATH, OutboundPlugin.DATA)) {
                Exchange forged = form(address, action).header("Origin", "http://evil.example");
                plugin.doPost(forged.request(), forged.response());
                assertThat(forged.status()).isEqualTo(403);
            }
        }
        assertThat(queue.asked).isEmpty();
    }

    @Test
    void scriptsGetJson() throws Exception {
        Exchange targets = Exchange.get(OutboundPlugin.DATA);
        plugin.doGet(targets.request(), targets.response());
        assertThat(targets.responseHeader("Content-Type")).isEqualTo("application/json");
        assertThat(targets.body()).startsWith("{\"targets\":[{\"target\":").contains("\"state\":\"paused\"")
                .contains("\"items\":3");
        Exchange items = Exchange.get(OutboundPlugin.DATA).parameter("target", HOSTILE).parameter("limit", "5");
        plugin.doGet(items.request(), items.response());
        assertThat(items.body()).contains("\"sequence\":7").contains("\"rqi\":\"r&1\"").contains("\"kind\":\"request\"");
        assertThat(queue.asked).containsExactly("items " + HOSTILE + " 0 5");
        Exchange deleted = form(OutboundPlugin.DATA, "delete");
        plugin.doPost(deleted.request(), deleted.response());
        assertThat(deleted.body()).isEqualTo("{\"done\":true}");
    }

    @Test
    void withoutACseItSaysSo() throws Exception {
        state.outboundQueue = null;
        assertThat(page(Exchange.get(OutboundPlugin.PATH))).contains("No outbound queue");
        Exchange exchange = form(OutboundPlugin.PATH, "delete");
        plugin.doPost(exchange.request(), exchange.response());
        assertThat(exchange.status()).isEqualTo(503);
    }
}
