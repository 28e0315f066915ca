// SPDX-License-Identifier: Apache-2.0
package io.lintel.itest.contract;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.lintel.itest.contract.ContractCase.Answer;
import io.lintel.itest.contract.ContractCase.Ask;
import io.lintel.itest.contract.ContractCase.Begin;
import io.lintel.itest.contract.ContractCase.End;
import io.lintel.itest.contract.ContractCase.Participant;
import io.lintel.itest.contract.ContractCase.Raw;
import io.lintel.itest.contract.ContractCase.Receive;
import io.lintel.itest.contract.ContractCase.Reply;
import io.lintel.itest.contract.ContractCase.Silence;
import io.lintel.itest.contract.ContractCase.Step;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One run of a case over one binding in one serialisation: registers its AEs, goes through its steps, and deletes what it
 * made. On one thread; any number of scenarios run at a time.
 */
final class Scenario {
    private static final AtomicInteger COUNT = new AtomicInteger();
    /** So that the names of several runs on one node differ. */
    private static final String RUN = Long.toString(System.currentTimeMillis() / 1000 % 46_656, 36);
    private static final String ADMINISTRATOR = "CAdmin";
    private static final long EVENTUALLY_NANOS = TimeUnit.SECONDS.toNanos(40);

    private final ContractCase contractCase;
    private final ContractNode node;
    private final Door door;
    private final Format format;
    private final Variables variables = new Variables();
    private final Map<String, Inbox> inboxes = new HashMap<>();
    private final List<String> listening = new ArrayList<>();
    private final List<String> made = new ArrayList<>();
    private final String unique = RUN + Integer.toString(COUNT.incrementAndGet(), 36);
    private final Map<String, UnderWay> underWay = new HashMap<>();
    private int requests;

    /** A request whose answer is looked at later. */
    private record UnderWay(Request request, CompletableFuture<Response> answer) {
    }

    Scenario(ContractCase contractCase, ContractNode node, Door door, Format format) {
        this.contractCase = contractCase;
        this.node = node;
        this.door = door;
        this.format = format;
    }

    /** @throws ContractFault that says where it did not go as the case says */
    void run() throws Exception {
        variables.set("n", unique);
        variables.set("cse", node.cse());
        variables.set("base", node.base());
        variables.set("sp", "//lintel.example");
        variables.set("admin", ADMINISTRATOR);
        variables.set("format", format.name());
        variables.set("binding", door.name());
        try {
            participant("", contractCase.registered(), null);
            for (Participant participant : contractCase.participants()) {
                participant(participant.name(), participant.attributes() != null, participant);
            }
            for (Step step : contractCase.steps()) {
                take(step);
            }
            inboxes.forEach((name, inbox) -> {
                if (!inbox.left().isEmpty()) {
                    throw new ContractFault("left over for " + (name.isEmpty() ? "the AE" : name) + ": " + inbox.left());
                }
            });
        } finally {
            for (String name : listening) {
                door.forget(name);
            }
            for (int i = made.size() - 1; i >= 0; i--) {
                delete(made.get(i));
            }
        }
    }

    private void delete(String what) throws Exception {
        Response response = door.send(request(Request.DELETE, what, ADMINISTRATOR, new JsonObject(), null), format);
        if (response.status() != 2002 && response.status() != 4004) {
            throw new ContractFault(what + " can't be deleted: " + response.status() + " " + response.content());
        }
    }

    private void participant(String name, boolean registered, Participant participant) throws Exception {
        String stem = "C" + (name.isEmpty() ? "me" : name) + unique;
        String prefix = name.isEmpty() ? "" : name + ".";
        Inbox inbox = new Inbox();
        inboxes.put(name, inbox);
        listening.add(stem);
        String poa = door.listen(stem, inbox);
        if (participant != null && participant.attributes() == null) {
            variables.set(name, door.address(stem));
            return;
        }
        variables.set(name.isEmpty() ? "me" : name, stem);
        variables.set(prefix + "ae", node.base() + "/" + stem);
        variables.set(prefix + "poa", poa);
        if (!registered) {
            return;
        }
        JsonObject attributes = new JsonObject();
        attributes.addProperty("rn", stem);
        attributes.addProperty("api", "Ncontract");
        attributes.addProperty("rr", true);
        attributes.add("poa", list(poa));
        attributes.add("csz", list(format.name()));
        if (participant != null) {
            participant.attributes().members().keySet().forEach(attributes::remove);
            variables.json(participant.attributes()).getAsJsonObject().entrySet()
                    .forEach(entry -> attributes.add(entry.getKey(), entry.getValue()));
        }
        prepare(Request.CREATE, node.base(), stem, 2, "m2m:ae", attributes);
        made.add(node.base() + "/" + stem);
        if (participant != null && participant.target()) {
            letEverybodyNotify(stem);
        }
    }

    /** A policy of the AE's own, since a subscription is verified for the privilege to notify its target. */
    private void letEverybodyNotify(String stem) throws Exception {
        JsonObject policy = JsonText.read("""
                {"rn":"target","pv":{"acr":[{"acor":["all"],"acop":16},{"acor":["<me>"],"acop":63}]},
                 "pvs":{"acr":[{"acor":["<me>"],"acop":63}]}}""".replace("<me>", stem));
        String ae = node.base() + "/" + stem;
        prepare(Request.CREATE, ae, stem, 1, "m2m:acp", policy);
        JsonObject change = new JsonObject();
        change.add("acpi", list(ae + "/target"));
        prepare(Request.UPDATE, ae, stem, 0, "m2m:ae", change);
    }

    private void prepare(int operation, String to, String from, int type, String member, JsonObject attributes)
            throws Exception {
        JsonObject parameters = new JsonObject();
        if (type > 0) {
            parameters.addProperty("ty", type);
        }
        JsonObject content = new JsonObject();
        content.add(member, attributes);
        Response response = door.send(request(operation, to, from, parameters, content), format);
        if (response.status() >= 3000) {
            throw new ContractFault(from + " at " + to + " could not be prepared: " + response.status() + " "
                    + response.content());
        }
    }

    private static JsonArray list(String value) {
        JsonArray list = new JsonArray();
        list.add(value);
        return list;
    }

    private Request request(int operation, String to, String from, JsonObject parameters, JsonObject content) {
        return new Request(operation, to, from, unique + "-" + ++requests, "2a", parameters, content, null);
    }

    private void take(Step step) throws Exception {
        try {
            if (step instanceof Ask ask) {
                ask(ask);
            } else if (step instanceof Begin begin) {
                begin(begin);
            } else if (step instanceof End end) {
                end(end);
            } else if (step instanceof Receive receive) {
                receive(receive);
            } else if (step instanceof Reply reply) {
                inbox(reply.who()).answer(reply.status());
            } else if (step instanceof Silence silence) {
                inbox(silence.who()).silence(silence.millis());
            }
        } catch (ContractFault e) {
            throw new ContractFault("line " + step.line() + ": " + e.getMessage(), e);
        }
    }

    private Inbox inbox(String who) {
        Inbox inbox = inboxes.get(who.equals("me") ? "" : who);
        if (inbox == null) {
            throw new ContractFault("nobody is called " + who);
        }
        return inbox;
    }

    private void ask(Ask ask) throws Exception {
        long deadline = System.nanoTime() + EVENTUALLY_NANOS;
        long pause = 20;
        while (true) {
            Request request = request(ask);
            Response response = door.send(request, format);
            remember(request, response);
            List<String> differences = differences(request, response, ask.answer());
            if (differences.isEmpty()) {
                return;
            }
            if (!ask.answer().eventually() || System.nanoTime() > deadline) {
                throw new ContractFault(String.join("; ", differences) + " — the answer was " + response.status() + " "
                        + response.parameters() + " " + response.content());
            }
            TimeUnit.MILLISECONDS.sleep(pause);
            pause = Math.min(pause * 2, 500);
        }
    }

    /** A request that is answered only after others, which are made meanwhile; it has a thread of its own. */
    private void begin(Begin begin) {
        Request request = request(begin.ask());
        CompletableFuture<Response> answer = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                answer.complete(door.send(request, format));
            } catch (Exception e) {
                answer.completeExceptionally(e);
            }
        }, "contract-" + begin.name() + unique);
        thread.setDaemon(true);
        thread.start();
        underWay.put(begin.name(), new UnderWay(request, answer));
    }

    private void end(End end) throws Exception {
        UnderWay begun = underWay.remove(end.name());
        if (begun == null) {
            throw new ContractFault("no request " + end.name() + " is under way");
        }
        Response response = begun.answer().get(EVENTUALLY_NANOS, TimeUnit.NANOSECONDS);
        remember(begun.request(), response);
        List<String> differences = differences(begun.request(), response, end.answer());
        if (!differences.isEmpty()) {
            throw new ContractFault(String.join("; ", differences) + " — the answer was " + response.status() + " "
                    + response.parameters() + " " + response.content());
        }
    }

    private Request request(Ask ask) {
        Map<String, Expected> said = ask.parameters();
        String from = said.containsKey("from") ? word(said.get("from")) : variables.get("me").getAsString();
        String release = said.containsKey("rvi") ? word(said.get("rvi")) : "2a";
        String identifier = said.containsKey("rqi") ? word(said.get("rqi")) : unique + "-" + ++requests;
        return new Request(ask.operation(), variables.fill(ask.to()), from, identifier, release,
                Parameters.of(ask.operation(), said, variables),
                ask.content() == null ? null : variables.json(ask.content()).getAsJsonObject(),
                ask.raw() == null ? null : bytes(ask.raw()));
    }

    /** A text, or null for {@code none}. */
    private String word(Expected value) {
        String text = variables.json(value).getAsString();
        return text.equals("none") ? null : text;
    }

    private byte[] bytes(Raw raw) {
        String text = variables.fill(raw.text());
        if (!raw.hexadecimal()) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        String[] parts = text.split("\"", -1);
        for (int i = 0; i < parts.length; i++) {
            bytes.writeBytes(i % 2 == 1 ? parts[i].getBytes(StandardCharsets.UTF_8)
                    : HexFormat.of().parseHex(parts[i].replaceAll("\\s", "")));
        }
        return bytes.toByteArray();
    }

    /** What was made outside the case's AEs is deleted by the administrator at the end. */
    private void remember(Request request, Response response) {
        if (request.operation() != Request.CREATE || response.status() != 2001) {
            return;
        }
        String to = request.to();
        boolean base = List.of(node.base(), node.cse(), node.cse() + "/" + node.base(), "-", node.cse() + "/-").contains(to);
        JsonElement content = response.content() == null ? null : response.content().entrySet().iterator().next().getValue();
        if (base && content instanceof JsonObject object && object.has("rn")) {
            made.add(node.base() + "/" + object.get("rn").getAsString());
        } else if (base && request.content() != null
                && request.content().entrySet().iterator().next().getValue() instanceof JsonObject object && object.has("rn")) {
            made.add(node.base() + "/" + object.get("rn").getAsString());
        }
    }

    private List<String> differences(Request request, Response response, Answer answer) {
        List<String> differences = new ArrayList<>(response.complaints());
        if (response.status() != answer.status()) {
            differences.add("expected " + answer.status());
        }
        JsonObject parameters = response.parameters();
        same("rqi", request.identifier(), parameters, differences);
        same("rvi", request.release(), parameters, differences);
        answer.parameters().forEach((name, value) -> same(name, word(value), parameters, differences));
        for (String name : List.of("cnst", "cnot")) {
            if (!answer.parameters().containsKey(name) && parameters.has(name) && answer.status() < 3000 && !answer.any()) {
                differences.add(name + ": unexpected, is " + parameters.get(name));
            }
        }
        if (answer.raw() != null) {
            raw(answer.raw(), response.body(), differences);
        } else if (answer.content() != null) {
            if (response.content() == null) {
                differences.add("no content");
            } else {
                differences.addAll(Comparison.differences(answer.content(), response.content(), variables,
                        format.untyped()));
            }
        } else if (!answer.any()) {
            noContent(answer, response, differences);
        }
        return differences;
    }

    private void noContent(Answer answer, Response response, List<String> differences) {
        if (answer.status() < 3000) {
            if (response.content() != null) {
                differences.add("expected no content");
            }
            return;
        }
        JsonObject content = response.content();
        boolean sentence = content != null && content.size() == 1 && content.get("m2m:dbg") instanceof JsonPrimitive text
                && !text.getAsString().isBlank();
        if (!sentence) {
            differences.add("expected a sentence in m2m:dbg");
        } else if (answer.says() != null
                && !content.get("m2m:dbg").getAsString().toLowerCase().contains(variables.fill(answer.says()).toLowerCase())) {
            differences.add("expected a sentence with \"" + variables.fill(answer.says()) + "\"");
        }
    }

    private void raw(Raw wanted, byte[] body, List<String> differences) {
        if (wanted.hexadecimal()) {
            String hex = HexFormat.of().formatHex(body);
            if (!hex.equals(HexFormat.of().formatHex(bytes(wanted)))) {
                differences.add("the body is " + hex);
            }
        } else {
            String text = new String(body, StandardCharsets.UTF_8);
            if (!Comparison.glob(variables.fill(wanted.text())).matcher(text).matches()) {
                differences.add("the body is " + text);
            }
        }
    }

    private static void same(String name, String expected, JsonObject parameters, List<String> differences) {
        String actual = parameters.has(name) ? parameters.get(name).getAsString() : null;
        if (expected == null ? actual != null : !expected.equals(actual)) {
            differences.add(name + ": expected " + expected + ", is " + actual);
        }
    }

    private void receive(Receive receive) throws InterruptedException {
        boolean verification = receive.content() instanceof Expected.Members members
                && members.members().get("m2m:sgn") instanceof Expected.Members notification
                && notification.members().containsKey("vrq");
        Door.Notification notification = inbox(receive.who()).next(verification);
        List<String> differences = new ArrayList<>();
        if (notification.content() == null) {
            differences.add("no content");
        } else {
            differences.addAll(Comparison.differences(receive.content(), notification.content(), variables,
                    notification.format().equals("xml")));
        }
        Expected wantedFormat = receive.parameters().get("format");
        if (wantedFormat != null && !word(wantedFormat).equals(notification.format())) {
            differences.add("it came in " + notification.format());
        }
        receive.parameters().forEach((name, value) -> {
            if (!name.equals("format")) {
                same(name, word(value), notification.parameters(), differences);
            }
        });
        if (!differences.isEmpty()) {
            throw new ContractFault(String.join("; ", differences) + " — it was " + notification.content());
        }
    }
}
