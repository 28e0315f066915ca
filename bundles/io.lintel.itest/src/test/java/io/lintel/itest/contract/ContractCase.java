// SPDX-License-Identifier: Apache-2.0
package io.lintel.itest.contract;

import io.lintel.itest.contract.Expected.Members;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One case as its file has it: a short scenario below AEs of its own.
 *
 * @param topic        folder and file, which the report is grouped by: {@code container/create}
 * @param bindings     those that can express it; empty for all
 * @param formats      serialisations that can express it; empty for all
 * @param node         {@code mn} or {@code in}
 * @param registered   whether an AE is registered for it before it begins
 * @param participants AEs and plain listeners besides that AE
 */
record ContractCase(String topic, int line, String name, String clause, Set<String> bindings, Set<String> formats, String node,
        boolean registered, List<Participant> participants, List<Step> steps) {

    boolean runsOver(String binding, String format) {
        return (bindings.isEmpty() || bindings.contains(binding)) && (formats.isEmpty() || formats.contains(format));
    }

    String place() {
        return topic + ".case:" + line;
    }

    /**
     * Somebody besides the case's own AE.
     *
     * @param attributes of the AE besides what all have; null for a plain listener
     * @param target     whether everybody may notify the AE
     */
    record Participant(String name, Members attributes, boolean target) {
    }

    sealed interface Step {
        int line();
    }

    /**
     * A request and what is expected.
     *
     * @param from       null for the case's own AE
     * @param parameters as in the file; what is no parameter of a request is a filter criterion
     * @param content    null if there is none
     * @param raw        content as it goes over the wire, null if it is not said
     */
    record Ask(int line, int operation, String to, Map<String, Expected> parameters, Expected content, Raw raw, Answer answer)
            implements Step {
    }

    /**
     * A request that is answered after what follows it.
     *
     * @param ask without an answer
     */
    record Begin(int line, String name, Ask ask) implements Step {
    }

    /** The answer to one that was begun. */
    record End(int line, String name, Answer answer) implements Step {
    }

    /** Bytes, in text or hexadecimal. */
    record Raw(String text, boolean hexadecimal) {
    }

    /**
     * What is expected.
     *
     * @param content    null if there must be none (or, of an error, nothing but a sentence)
     * @param any        whether the content is of no interest
     * @param says       what an error's sentence has in it; null for anything
     * @param raw        what the body looks like, {@code *} stands for anything; null for anything
     * @param eventually whether the request is repeated until it is answered like this
     */
    record Answer(int status, Map<String, Expected> parameters, Expected content, boolean any, String says, Raw raw,
            boolean eventually) {
    }

    /** The next notification that somebody gets. */
    record Receive(int line, String who, Map<String, Expected> parameters, Expected content) implements Step {
    }

    /** How somebody answers from now on. */
    record Reply(int line, String who, int status) implements Step {
    }

    /** Nobody is told anything for a while. */
    record Silence(int line, String who, int millis) implements Step {
    }
}
