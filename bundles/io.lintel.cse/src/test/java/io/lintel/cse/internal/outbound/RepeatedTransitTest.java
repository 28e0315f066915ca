// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.Binding;
import io.lintel.cse.api.Hop;
import io.lintel.cse.internal.WholeCse;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The gateway dies between the infrastructure's answer and its own: the request comes again, and is executed once. */
@Tag("MQ-02")
class RepeatedTransitTest {
    private static final String CLOUD = "/in-cse/in-name/cloud";

    private final OutboundNetwork network = new OutboundNetwork();
    private final AtomicBoolean answersAreLost = new AtomicBoolean();
    private WholeCse infrastructure;
    private WholeCse gateway;

    @BeforeEach
    void aContainerAboveThatEverybodyMayUse() {
        infrastructure = WholeCse.infrastructure(network);
        gateway = WholeCse.gateway(network, "mn");
        gateway.awaitRegistered();
        Attributes rule = Attributes.builder().set("acor", List.of("all")).set("acop", 63).build();
        Attributes rules = Attributes.of("acr", List.of(rule));
        String base = infrastructure.identity().baseName();
        infrastructure.create(base, "CAdmin", 1, "m2m:acp", Attributes.builder().set("rn", "open").set("pv", rules)
                .set("pvs", rules).build());
        infrastructure.create(base, "CAdmin", 3, "m2m:cnt", Attributes.builder().set("rn", "cloud")
                .set("acpi", List.of(base + "/open")).build());
        gateway.ae("C1");
        network.peer("in", request -> {
            var answer = infrastructure.core.dispatcher().handle(request.request(),
                    named("/mn-cse", request.request().toString()));
            return answersAreLost.get() ? answer.thenCompose(lost -> new CompletableFuture<>()) : answer;
        });
    }

    @AfterEach
    void close() {
        gateway.crash();
        infrastructure.crash();
    }

    private static Hop named(String sender, String key) {
        return new Hop(Binding.MQTT, sender, true, false, Optional.empty(), Optional.of(sender), Optional.empty(),
                Optional.of(key));
    }

    private static RequestPrimitive instance() {
        return RequestPrimitive.builder(Operation.CREATE, CLOUD).from("C1").requestIdentifier("r").resourceType(4)
                .set(RequestParameter.RELEASE_VERSION_INDICATOR, "2a").content(new Content("m2m:cin", Attributes.of("con", "x")))
                .build();
    }

    private long instances() {
        return infrastructure.ask(Operation.RETRIEVE, CLOUD, "CAdmin", Optional.empty(), null).content().orElseThrow()
                .attributes().number("cni").orElseThrow();
    }

    private ResponsePrimitive asks(RequestPrimitive request, String key) {
        return gateway.core.dispatcher().handle(request, named("C1", key)).toCompletableFuture().join();
    }

    private void theGatewayDiesBeforeTheAnswer(RequestPrimitive request) {
        answersAreLost.set(true);
        gateway.core.dispatcher().handle(request, named("C1", "delivery 1"));
        network.await(() -> instances() == 1, "executed above");
        gateway.core.close();
        gateway.crash();
        gateway.boot();
        answersAreLost.set(false);
    }

    @ParameterizedTest
    @CsvSource({"rqet, 600000", "rqet, 20990101T000000", "rset, 600000", "'', ''"})
    void executedOnceWhateverItsTimes(String time, String value) {
        RequestPrimitive request = time.isEmpty() ? instance()
                : instance().toBuilder().set(RequestParameter.ofShortName(time).orElseThrow(), value).build();
        theGatewayDiesBeforeTheAnswer(request);

        ResponsePrimitive response = asks(request, "delivery 1");

        assertThat(response.statusCode()).as(response.toString()).isEqualTo(2001);
        assertThat(response.requestIdentifier()).isEqualTo("r");
        assertThat(instances()).isEqualTo(1);
    }

    @Test
    void whatIsAnotherRequestIsExecuted() {
        theGatewayDiesBeforeTheAnswer(instance());
        assertThat(asks(instance(), "delivery 2").statusCode()).isEqualTo(2001);
        assertThat(instances()).isEqualTo(2);
        assertThat(asks(instance(), "delivery 1").statusCode()).isEqualTo(2001);
        assertThat(instances()).isEqualTo(2);
    }

    @Test
    void anEndInGoodOrderLeavesNoAnswerThatNobodyGave() {
        theGatewayDiesBeforeTheAnswer(instance());
        Optional<ResponsePrimitive> kept = gateway.store.write(writer -> writer.storedResponse("delivery 1"))
                .toCompletableFuture().join();
        assertThat(kept).isEmpty();
    }
}
