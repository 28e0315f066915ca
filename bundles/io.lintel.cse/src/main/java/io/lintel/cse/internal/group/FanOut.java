// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.group;

import io.lintel.cse.internal.operation.ResultContents;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * One request that is on its way to the members of a group: collects their answers until all are there or the time is
 * over, and makes the aggregated response of them (TS-0004 7.4.14.2, 7.5.2). Any thread.
 */
final class FanOut {
    private static final String NO_ROOM = "left out: the aggregated response has become too large";

    private final RequestPrimitive request;
    private final Instant deadline;
    private final long mostCharacters;
    private final Attributes[] entries;
    private final CompletableFuture<ResponsePrimitive> response = new CompletableFuture<>();
    private long characters;
    private int told;
    private boolean answered;
    private boolean ended;

    /** @param mostCharacters about how large the aggregated response may become */
    FanOut(RequestPrimitive request, int members, Instant deadline, long mostCharacters) {
        this.request = request;
        this.deadline = deadline;
        this.mostCharacters = mostCharacters;
        this.entries = new Attributes[members];
    }

    CompletionStage<ResponsePrimitive> response() {
        return response;
    }

    synchronized boolean isUnderWay() {
        return !ended;
    }

    /**
     * One member has answered, or could not be asked.
     *
     * @param came whether the answer is the member's own, or that of its CSE
     * @return false if the aggregated response has left already
     */
    synchronized boolean answer(int index, Member member, ResponsePrimitive answer, boolean came) {
        if (ended) {
            return false;
        }
        Attributes.Builder entry = answer.parameters().toBuilder().remove("to").set("fr", member.id());
        if (answer.content().isPresent()) {
            Content content = answer.content().get();
            characters += length(content.value());
            if (characters <= mostCharacters) {
                entry.set("pc", Attributes.of(content.name(), content.value()));
            } else {
                entry.set("rsc", ResponseStatusCode.NOT_ACCEPTABLE.code()).set("pc", Attributes.of("m2m:dbg", NO_ROOM));
            }
        }
        entries[index] = entry.build();
        answered |= came;
        return true;
    }

    private static long length(Object value) {
        if (value instanceof Attributes attributes) {
            long[] sum = {2};
            attributes.forEach((name, member) -> sum[0] += name.length() + 4 + length(member));
            return sum[0];
        }
        if (value instanceof List<?> list) {
            long sum = 2;
            for (Object element : list) {
                sum += 1 + length(element);
            }
            return sum;
        }
        return value instanceof String text ? text.length() + 2 : 8;
    }

    /** How it stands, if another member has answered since this was last asked, and not all have. */
    synchronized Optional<ResponsePrimitive> news() {
        List<Attributes> came = Arrays.stream(entries).filter(Objects::nonNull).toList();
        if (ended || !answered || came.size() == told || came.size() == entries.length) {
            return Optional.empty();
        }
        told = came.size();
        return Optional.of(aggregated(came));
    }

    private ResponsePrimitive aggregated(List<Attributes> came) {
        return ResultContents.response(request, ResponseStatusCode.OK).content(new Content("m2m:agr", Attributes.of("m2m:rsp",
                came))).build();
    }

    /** The time is over: what has come until now is the answer. */
    void endIfLate(Instant now) {
        if (!deadline.isAfter(now)) {
            end();
        }
    }

    /** Gives out what has come; called again it does nothing. */
    void end() {
        List<Attributes> came = new ArrayList<>();
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
            for (Attributes entry : entries) {
                if (entry != null) {
                    came.add(entry);
                }
            }
        }
        if (answered) {
            response.complete(aggregated(came));
        } else {
            response.completeExceptionally(new PrimitiveException(ResponseStatusCode.GROUP_MEMBERS_NOT_RESPONDED,
                    "none of " + entries.length + " members of the group has answered"));
        }
    }

    /** It can't go on: this CSE is closing. */
    void fail(Throwable failure) {
        synchronized (this) {
            ended = true;
        }
        response.completeExceptionally(failure);
    }
}
