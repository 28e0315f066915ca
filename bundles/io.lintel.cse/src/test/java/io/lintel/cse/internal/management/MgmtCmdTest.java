// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.management;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.NodeManagement;
import io.lintel.cse.internal.CseDriver;
import io.lintel.cse.internal.CseDriver.Body;
import io.lintel.cse.internal.operation.ResourceEvent;
import io.lintel.cse.internal.request.Refusals;
import io.lintel.primitive.Attributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Commands and their executions (TS-0001 9.6.16, 9.6.17, 10.2.8; TS-0004 7.4.16, 7.4.17). */
class MgmtCmdTest {
    private static final int MGC = 12;
    private static final int NOD = 14;
    private static final String CMD = "mn-name/cmd";

    private final CseDriver cse = CseDriver.mn();
    private final Machine machine = new Machine();

    @BeforeEach
    void aMachine() {
        cse.management = Optional.of(machine);
        cse.openNode();
    }

    @AfterEach
    void close() {
        cse.close();
    }

    /** A machine that can be booted, but not reset, and that takes software unless it is told not to. */
    private static final class Machine implements NodeManagement {
        private final List<String> executed = new ArrayList<>();
        private CompletableFuture<Attributes> end = CompletableFuture.completedFuture(Attributes.empty());

        @Override
        public List<ManagedObject> objects() {
            return List.of(new ManagedObject("reboot", "m2m:rbo", Attributes.empty()), new ManagedObject("adapter", "m2m:swr",
                    Attributes.builder().set("vr", "1.0").set("swn", "org.adapter").set("url", "file:a.jar").build()));
        }

        @Override
        public void check(ManagedObject object, String executable) {
            if (executable.equals("far")) {
                throw Refusals.notAllowed("there is no reset");
            }
        }

        @Override
        public CompletionStage<Attributes> execute(ManagedObject object, String executable) {
            executed.add(executable + " " + object.name() + " " + object.attributes().text("url").orElse(""));
            return end;
        }
    }

    private static Body command(int type) {
        return Body.of("m2m:mgc").with("cmt", type).with("ext", "mn-cse").named("cmd");
    }

    private static Attributes arguments(String member, String... pairs) {
        Attributes.Builder arguments = Attributes.builder();
        for (int i = 0; i < pairs.length; i += 2) {
            arguments.set(pairs[i], pairs[i + 1]);
        }
        return Attributes.of(member, List.of(arguments.build()));
    }

    private Attributes execute() {
        Attributes answer = cse.admin().update(CMD, Body.of("m2m:mgc").with("exe", true)).expect(2004).content();
        settle();
        return answer;
    }

    /** What begins behind a commit, and what that leads to, is three tasks of the writer deep. */
    private void settle() {
        for (int i = 0; i < 4; i++) {
            cse.settle();
        }
    }

    /** The newest execution of the command. */
    private Attributes execution() {
        String id = cse.admin().retrieve(CMD).expect(2000).content().text("ri").orElseThrow();
        List<io.lintel.cse.api.store.Resource> all = cse.store.children(id, 8, "", 200);
        return all.get(all.size() - 1).attributes();
    }

    private void forward(Duration time) {
        cse.clock.pass(time);
        cse.core().executeDelayed();
        settle();
    }

    @Test
    void aCommandForAGroupIsExecutedForEachOfItsMembers() {
        cse.admin().create("mn-name", 14, Body.of("m2m:nod").with("rn", "other").with("ni", "other")).expect(2001);
        String own = cse.admin().retrieve("mn-name").expect(2000).content().text("nl").orElseThrow();
        cse.admin().create("mn-name", 9, Body.of("m2m:grp").with("rn", "all").with("mnm", 5).with("mid", List.of()))
                .expect(2001);
        cse.admin().create("mn-name", MGC, command(2).with("ext", "mn-name/all")).expect(2001);
        cse.admin().update(CMD, Body.of("m2m:mgc").with("exe", true)).expect(4109);
        cse.admin().update("mn-name/all", Body.of("m2m:grp").with("mid", List.of("mn-name/other", own))).expect(2004);
        execute();
        assertThat(machine.executed).containsExactly("rbo reboot ");
        assertThat(execution().text("ext")).contains(own);
        assertThat(execution().number("exr")).isEmpty();
        String id = cse.admin().retrieve(CMD).expect(2000).content().text("ri").orElseThrow();
        Attributes refused = cse.store.children(id, 8, "", 200).get(0).attributes();
        assertThat(refused.text("ext")).contains("mn-name/other");
        assertThat(refused.number("exs")).contains(3L);
        assertThat(refused.number("exr")).contains(2L);
    }

    @Test
    void aCommandIsExecutedAsAResourceOfItsOwn() {
        Attributes made = cse.admin().create("mn-name", MGC, command(2).with("dc", "again")).expect(2001).content();
        assertThat(made.names()).containsExactlyInAnyOrder("rn", "ty", "ri", "pi", "ct", "lt", "et", "cmt", "ext", "dc");
        cse.events.clear();
        Attributes updated = execute();
        assertThat(updated.flag("exe")).contains(false);
        assertThat(machine.executed).containsExactly("rbo reboot ");
        Attributes execution = execution();
        assertThat(execution.names()).containsExactlyInAnyOrder("rn", "ty", "ri", "pi", "ct", "lt", "et", "exs", "exd", "ext");
        assertThat(execution.number("exs")).contains(3L);
        assertThat(execution.text("ext")).contains("mn-cse");
        assertThat(cse.events).extracting(event -> event.kind() + " " + event.affected().type()).contains("CHILD_CREATED 8",
                "UPDATED 12", "UPDATED 8");
        assertThat(cse.events.stream().filter(event -> event.kind() == ResourceEvent.Kind.UPDATED
                && event.affected().type() == MGC)).singleElement().satisfies(event ->
                assertThat(event.modified().flag("exe")).contains(true));
        cse.admin().update(CMD, Body.of("m2m:mgc").with("exe", false)).expect(2004);
        assertThat(machine.executed).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"0, 6022", "8, 6022", "5, 6024", "6, 6024", "7, 6024", "3, 6024", "4, 6024"})
    void theKindOfCommandAndItsArgumentsMustBeThere(int type, int code) {
        cse.admin().create("mn-name", MGC, command(type)).expect(code);
    }

    @Test
    void argumentsAreThoseOfTheCommand() {
        cse.admin().create("mn-name", MGC, command(2).with("exra", arguments("swin", "url", "u", "uuid", "x"))).expect(6023)
                .saying("swin");
        cse.admin().create("mn-name", MGC, command(5).with("exra", arguments("swin", "url", "u"))).expect(6024).saying("uuid");
        cse.admin().create("mn-name", MGC, command(5).with("exra", arguments("swin", "url", "", "uuid", "x"))).expect(6023);
        cse.admin().create("mn-name", MGC, command(5).with("exra", Attributes.of("swin", Attributes.builder().set("url", "u")
                .set("uuid", "x").build()))).expect(2001);
        cse.admin().update(CMD, Body.of("m2m:mgc").with("cmt", 6)).expect(6023);
        cse.admin().update(CMD, Body.of("m2m:mgc").with("cmt", 9)).expect(6022);
        cse.admin().create("mn-name", MGC, Body.of("m2m:mgc").with("cmt", 2)).expect(4000);
    }

    @Test
    void repeatedAndRandomOnesSayHowOftenAndWhen() {
        cse.admin().create("mn-name", MGC, command(2).with("exm", 2)).expect(6024).saying("exf");
        cse.admin().create("mn-name", MGC, command(2).with("exm", 2).with("exf", "PT10S")).expect(6024).saying("exn");
        cse.admin().create("mn-name", MGC, command(2).with("exm", 2).with("exf", "PT0S").with("exn", 2)).expect(6023);
        cse.admin().create("mn-name", MGC, command(2).with("exm", 3)).expect(6024).saying("exy");
        cse.admin().create("mn-name", MGC, command(2).with("exm", 5)).expect(4000);
    }

    @ParameterizedTest
    @CsvSource({"mn-cse, 2004", "/mn-cse, 2004", "mn-name/node, 2004", "nobody, 6003", "/elsewhere/node, 6003",
        "urn:dev:1, 6020", "mn-name/device, 6020", "mn-name, 6003"})
    void onlyTheMachineOfTheCseExecutes(String target, int code) {
        cse.admin().create("mn-name", NOD, Body.of("m2m:nod").with("ni", "urn:dev:1").named("device")).expect(2001);
        cse.admin().create("mn-name", MGC, Body.of("m2m:mgc").with("cmt", 2).with("ext", target).named("cmd")).expect(2001);
        cse.admin().update(CMD, Body.of("m2m:mgc").with("exe", true)).expect(code);
        settle();
        assertThat(machine.executed).hasSize(code == 2004 ? 1 : 0);
    }

    @Test
    void softwareIsInstalledUpdatedAndUninstalledByItsName() {
        cse.admin().create("mn-name", MGC, command(5).with("exra", arguments("swin", "url", "https://x/new.jar", "uuid",
                "org.new"))).expect(2001);
        execute();
        cse.admin().update(CMD, Body.of("m2m:mgc").with("cmt", 7).with("exra", arguments("swup", "url", "https://x/b.jar", "uuid",
                "org.adapter"))).expect(2004);
        execute();
        cse.admin().update(CMD, Body.of("m2m:mgc").with("cmt", 6).with("exra", arguments("swun", "uuid",
                "adapter"))).expect(2004);
        execute();
        assertThat(machine.executed).containsExactly("in org.new https://x/new.jar", "in adapter https://x/b.jar",
                "un adapter file:a.jar");
    }

    @Test
    void whatIsNotDoneIsFinishedWithAResult() {
        cse.admin().create("mn-name", MGC, command(1)).expect(2001);
        execute();
        assertThat(execution().number("exs")).contains(3L);
        assertThat(execution().number("exr")).as("denied").contains(2L);
        cse.admin().update(CMD, Body.of("m2m:mgc").with("cmt", 3).with("exra", arguments("uld", "url",
                "https://x/log"))).expect(2004);
        execute();
        assertThat(execution().number("exr")).as("unsupported").contains(1L);
        machine.end = CompletableFuture.failedFuture(new IllegalStateException("it does not start"));
        cse.admin().update(CMD, Body.of("m2m:mgc").with("cmt", 2).with("exra", Attributes.NULL)).expect(2004);
        execute();
        assertThat(execution().number("exr")).as("an error").contains(4L);
        cse.management = Optional.empty();
        execute();
        assertThat(execution().number("exr")).as("nobody knows the machine").contains(1L);
    }

    @Test
    void aRepeatedCommandIsExecutedSoManyTimes() {
        cse.admin().create("mn-name", MGC, command(2).with("exm", 2).with("exf", "PT10S").with("exn", 3)).expect(2001);
        execute();
        assertThat(machine.executed).hasSize(1);
        assertThat(execution().number("exs")).contains(2L);
        forward(Duration.ofSeconds(9));
        assertThat(machine.executed).hasSize(1);
        forward(Duration.ofSeconds(1));
        assertThat(machine.executed).hasSize(2);
        forward(Duration.ofSeconds(10));
        forward(Duration.ofSeconds(10));
        assertThat(machine.executed).hasSize(3);
        assertThat(execution().number("exs")).contains(3L);
        assertThat(execution().text("exf")).contains("PT10S");
        assertThat(execution().number("exn")).contains(3L);
    }

    @Test
    void aRandomOneWaitsNoLongerThanItMay() {
        cse.admin().create("mn-name", MGC, command(2).with("exm", 3).with("exy", "PT1H")).expect(2001);
        execute();
        assertThat(execution().number("exs").orElseThrow()).isIn(2L, 3L);
        forward(Duration.ofHours(1));
        assertThat(machine.executed).hasSize(1);
        assertThat(execution().number("exs")).contains(3L);
    }

    @Test
    void whatWaitsIsCancelledWhatIsOverOrUnderWayIsNot() {
        cse.admin().create("mn-name", MGC, command(2).with("exm", 2).with("exf", "PT10S").with("exn", 3)).expect(2001);
        execute();
        String instance = CMD + "/" + execution().text("rn").orElseThrow();
        Attributes cancelled = cse.admin().update(instance, Body.of("m2m:exin").with("exd", true)).expect(2004).content();
        assertThat(cancelled.number("exs")).contains(5L);
        assertThat(cancelled.flag("exd")).contains(false);
        forward(Duration.ofSeconds(10));
        assertThat(machine.executed).hasSize(1);
        cse.admin().update(instance, Body.of("m2m:exin").with("exd", true)).expect(6028);

        machine.end = new CompletableFuture<>();
        cse.admin().update(CMD, Body.of("m2m:mgc").with("exm", 1)).expect(2004);
        execute();
        String running = CMD + "/" + execution().text("rn").orElseThrow();
        assertThat(execution().number("exs")).contains(1L);
        cse.admin().update(running, Body.of("m2m:exin").with("exd", true)).expect(6029);
        cse.admin().delete(running).expect(6029);
        cse.admin().delete(CMD).expect(6026);
        machine.end.complete(Attributes.empty());
        settle();
        cse.admin().delete(running).expect(2002);
        cse.admin().delete(CMD).expect(2002);
    }

    @Test
    void aRepeatedOneThatRunsIsNotRepeatedAnyMore() {
        cse.admin().create("mn-name", MGC, command(2).with("exm", 2).with("exf", "PT10S").with("exn", 3)).expect(2001);
        machine.end = new CompletableFuture<>();
        execute();
        String instance = CMD + "/" + execution().text("rn").orElseThrow();
        assertThat(cse.admin().update(instance, Body.of("m2m:exin").with("exd", true)).expect(2004).content().number("exs"))
                .contains(4L);
        machine.end.complete(Attributes.empty());
        settle();
        assertThat(execution().number("exs")).contains(5L);
        forward(Duration.ofSeconds(20));
        assertThat(machine.executed).hasSize(1);
    }

    @Test
    void aRestartGoesOnWithWhatWaitsAndDoesNotRepeatWhatTheProcessEndedBy() {
        cse.admin().create("mn-name", MGC, command(2).with("exm", 2).with("exf", "PT10S").with("exn", 3)).expect(2001);
        machine.end = new CompletableFuture<>();
        execute();
        cse.restart();
        cse.openNode();
        assertThat(execution().number("exs")).as("the restart is the reboot").contains(2L);
        assertThat(execution().has("exr")).isFalse();
        cse.core().executeDelayed();
        assertThat(machine.executed).hasSize(1);
        machine.end = CompletableFuture.completedFuture(Attributes.empty());
        forward(Duration.ofSeconds(10));
        assertThat(machine.executed).hasSize(2);

        cse.admin().update(CMD, Body.of("m2m:mgc").with("cmt", 6).with("exm", 1).with("exra", arguments("swun", "uuid",
                "adapter"))).expect(2004);
        machine.end = new CompletableFuture<>();
        execute();
        cse.restart();
        cse.openNode();
        assertThat(execution().number("exs")).contains(3L);
        assertThat(execution().number("exr")).as("nobody knows how it ended").contains(4L);
    }

    @Test
    void aCommandIsNoWayAroundTheRightsOnTheNode() {
        CseDriver.Peer ae = cse.ae("CAE1");
        cse.admin().create("mn-name", CseDriver.ACP, Body.of("m2m:acp").with("pv", Attributes.of("acr", List.of(
                Attributes.builder().set("acor", List.of("CAE1")).set("acop", 63).build()))).with("pvs", Attributes.of("acr",
                List.of(Attributes.builder().set("acor", List.of("CAdmin")).set("acop", 63).build()))).named("all")).expect(2001);
        cse.admin().create("mn-name", MGC, command(2).with("acpi", List.of("mn-name/all"))).expect(2001);
        ae.update(CMD, Body.of("m2m:mgc").with("exe", true)).expect(4103);
        assertThat(machine.executed).isEmpty();
    }

    @Test
    void executionsAreMadeByTheCseAloneAndOldOnesMakePlace() {
        cse.admin().create("mn-name", MGC, command(2)).expect(2001);
        cse.admin().create(CMD, 8, Body.of("m2m:exin")).expect(4005);
        for (int i = 0; i < 101; i++) {
            execute();
        }
        String id = cse.admin().retrieve(CMD).expect(2000).content().text("ri").orElseThrow();
        assertThat(cse.store.children(id, 8, "", 200)).hasSize(100);
    }
}
