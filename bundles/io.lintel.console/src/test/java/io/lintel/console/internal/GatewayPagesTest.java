// SPDX-License-Identifier: Apache-2.0
package io.lintel.console.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.Cse;
import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.Hop;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The page about the machine, with values that would be markup, and what may be done on it. */
class GatewayPagesTest {
    private static final String HOSTILE = "<script>alert('x')</script>";

    private final Machine machine = new Machine();
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
    private final GatewayPlugin plugin = new GatewayPlugin(state);

    /** A CSE with a node, which notes what it is asked to change. */
    private static final class Machine implements Cse {
        private final Map<String, Content> objects = new LinkedHashMap<>();
        private final List<String> changed = new ArrayList<>();

        @Override
        public CompletionStage<ResponsePrimitive> handle(RequestPrimitive request, Hop hop) {
            Content content = request.to().equals("mn-name") ? new Content("m2m:cb", Attributes.of("nl", "nod-1"))
                    : request.to().equals("nod-1") ? node() : objects.get(request.to());
            if (request.operation() == Operation.UPDATE) {
                Content change = request.content().orElseThrow();
                changed.add(request.to() + " " + change.name() + " " + change.value());
                return change.attributes().has("dea") ? answer(4005, Content.debugInfo("requests depend on <it>"))
                        : answer(2004, content);
            }
            boolean children = request.parameters().number(RequestParameter.RESULT_CONTENT.shortName()).filter(rcn -> rcn == 5)
                    .isPresent();
            return content == null || children && !request.to().equals("nod-1") ? answer(4004, Content.debugInfo("nothing"))
                    : answer(2000, content);
        }

        private Content node() {
            return new Content("m2m:nod", Attributes.of("ch", objects.entrySet().stream().map(entry -> Attributes.builder()
                    .set("nm", entry.getValue().attributes().text("rn").orElseThrow()).set("typ", 13).set("val", entry.getKey())
                    .build()).toList()));
        }

        private static CompletionStage<ResponsePrimitive> answer(int status, Content content) {
            return CompletableFuture.completedFuture(ResponsePrimitive.builder(status, "r").content(content).build());
        }

        @Override
        public CseIdentity identity() {
            return new CseIdentity("//sp", "/mn-cse", "mn-name", "base", CseIdentity.CseType.MN, "CAdmin");
        }
    }

    private static Attributes status(String action, int value) {
        return Attributes.builder().set("acn", action).set("sus", value).build();
    }

    private void object(String id, String member, Attributes attributes) {
        machine.objects.put(id, new Content(member, attributes.toBuilder().set("rn", id.substring(1)).set("ty", 13).build()));
    }

    private void software(String id, Attributes installation, Attributes activity) {
        object(id, "m2m:swr", Attributes.builder().set("swn", "bundle-" + id).set("vr", "1.2").set("ins", installation)
                .set("acts", activity).build());
    }

    @BeforeEach
    void aMachine() {
        state.cse = machine;
        object("odevice", "m2m:dvi", Attributes.builder().set("man", HOSTILE).set("mod", "One").build());
        object("omemory", "m2m:mem", Attributes.builder().set("mma", 1_000_000).set("mmt", 4_000_000).build());
        object("oreboot", "m2m:rbo", Attributes.of("rbo", false));
        object("olog", "m2m:evl", Attributes.builder().set("lgd", "a line\n" + HOSTILE).set("lgst", 1).build());
        software("oruns", status("in", 1), status("act", 1));
    }

    private String page(Exchange exchange) {
        Html html = new Html();
        plugin.render(exchange.request(), html);
        return html.toString();
    }

    private Exchange post(String action, String object) throws IOException {
        Exchange exchange = Exchange.post(GatewayPlugin.PATH).parameter("action", action).parameter("object", object)
                .header("Origin", "http://127.0.0.1:8181");
        plugin.doPost(exchange.request(), exchange.response());
        return exchange;
    }

    @Test
    void showsTheMachine() {
        assertThat(page(Exchange.get(GatewayPlugin.PATH))).contains("Manufacturer").contains("&lt;script&gt;").contains("One")
                .contains("width:25%").contains("bundle-oruns").contains("1.2").contains("a line").doesNotContain("<script>")
                .contains("Restart the node …").doesNotContain("action=rbo");
    }

    @Test
    void saysHowSoftwareIsAndOffersWhatCanBeDone() {
        assertThat(page(Exchange.get(GatewayPlugin.PATH))).contains(">runs<").contains("action=dea&amp;object=runs");
        software("oruns", status("in", 1), status("dea", 1));
        assertThat(page(Exchange.get(GatewayPlugin.PATH))).contains(">stopped<").contains("action=act&amp;object=runs");
        software("oruns", status("in", 1), status("dea", 3));
        assertThat(page(Exchange.get(GatewayPlugin.PATH))).contains(">under way<").doesNotContain("object=runs");
        software("oruns", status("in", 2), status("dea", 1));
        assertThat(page(Exchange.get(GatewayPlugin.PATH))).contains("installing or removing failed");
        software("oruns", status("un", 1), status("dea", 1));
        assertThat(page(Exchange.get(GatewayPlugin.PATH))).contains("not installed").doesNotContain("object=runs");
    }

    @Test
    void asksBeforeItRestarts() throws IOException {
        assertThat(page(Exchange.get(GatewayPlugin.PATH).parameter("ask", "restart"))).contains("action=rbo&amp;object=reboot");
        assertThat(post("rbo", "reboot").redirect()).isEqualTo(GatewayPlugin.PATH + "?ask=wait");
        assertThat(machine.changed).containsExactly("oreboot m2m:rbo {rbo=true}");
        assertThat(page(Exchange.get(GatewayPlugin.PATH).parameter("ask", "wait"))).contains("The node starts again");
    }

    @Test
    void doesWhatAPostSaysToObjectsOfTheNodeAlone() throws IOException {
        post("act", "runs");
        post("lgo", "log");
        post("act", "mn-name/other");
        assertThat(page(Exchange.get(GatewayPlugin.PATH))).contains("there is no object mn-name/other");
        post("in", "runs");
        assertThat(machine.changed).containsExactly("oruns m2m:swr {act=true}", "olog m2m:evl {lgo=true}");
    }

    @Test
    void aRefusalIsSaidOnce() throws IOException {
        assertThat(post("dea", "runs").redirect()).isEqualTo(GatewayPlugin.PATH);
        assertThat(page(Exchange.get(GatewayPlugin.PATH))).contains("4005: requests depend on &lt;it&gt;");
        assertThat(page(Exchange.get(GatewayPlugin.PATH))).doesNotContain("4005");
    }

    @Test
    void anotherSiteMayNotChangeAnything() throws IOException {
        Exchange exchange = Exchange.post(GatewayPlugin.PATH).parameter("action", "rbo").parameter("object", "reboot")
                .header("Origin", "http://evil.example");
        plugin.doPost(exchange.request(), exchange.response());
        assertThat(machine.changed).isEmpty();
    }

    @Test
    void withoutACseOrANodeItSaysSo() {
        machine.objects.clear();
        assertThat(page(Exchange.get(GatewayPlugin.PATH))).contains("Nothing is known of this machine");
        state.cse = null;
        assertThat(page(Exchange.get(GatewayPlugin.PATH))).contains("No CSE");
    }
}
