// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import org.eclipse.californium.core.coap.BlockOption;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.OptionSet;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;

/**
 * Answers that leave block by block (RFC 7959 2.4, Block2): cuts them, and keeps them until the peer has had all of it, so
 * that the request behind them is served once. Each block has all options of the answer. A block of an answer to GET has an
 * ETag: if what was kept is gone, the request is served again, and the tag tells the peer whether it was the same. Bounded.
 * Any thread.
 */
final class Downloads {
    private static final int TAG_BYTES = 8;

    private final Shelf<Response> answers;
    private final int preferredSzx;

    /**
     * @param maxAnswers   kept at once
     * @param maxBytes     of all of them
     * @param preferredSzx the largest block this side sends
     * @param idle         how long an answer is kept after its last use
     */
    Downloads(int maxAnswers, long maxBytes, int preferredSzx, Duration idle, LongSupplier nanoClock) {
        this.answers = new Shelf<>(maxAnswers, maxBytes, idle, nanoClock);
        this.preferredSzx = preferredSzx;
    }

    /**
     * The answer that is kept for a request that asks for a later block, to be {@link #cut}; empty if the request has to be
     * served. What cannot be served again, as it may have changed something, is refused.
     */
    Optional<Response> kept(Supplier<TransferKey> key, Request request) {
        BlockOption wanted = request.getOptions().getBlock2();
        if (wanted == null || wanted.getNum() == 0 || request.getOptions().hasBlock1()) {
            return Optional.empty();
        }
        Optional<Response> kept = answers.get(key.get());
        if (kept.isPresent() || CoAP.Code.GET == request.getCode()) {
            return kept;
        }
        Response gone = new Response(ResponseCode.REQUEST_ENTITY_INCOMPLETE);
        gone.getOptions().setMaxAge(0).setContentFormat(0);
        gone.setPayload("the answer to this request is not here any more; it was served");
        return Optional.of(gone);
    }

    /** At most this long is the payload of the message that {@link #cut} makes of an answer. */
    int longest(Request request, Response answer) {
        BlockOption wanted = request.getOptions().getBlock2();
        int szx = Math.min(preferredSzx, wanted == null ? BlockSizes.LARGEST_SZX : wanted.getSzx());
        return Math.min(answer.getPayloadSize(), BlockSizes.bytes(szx));
    }

    /**
     * The answer as it leaves now: whole, or the block that was asked for, or the first.
     *
     * @param largestSzx at most this block size
     */
    Response cut(Supplier<TransferKey> key, Request request, Response answer, int largestSzx) {
        BlockOption wanted = request.getOptions().getBlock2();
        int szx = Math.min(Math.min(preferredSzx, largestSzx), wanted == null ? BlockSizes.LARGEST_SZX : wanted.getSzx());
        boolean get = request.getCode() == CoAP.Code.GET && answer.getCode() == ResponseCode.CONTENT;
        if (get && request.getOptions().getETagCount() > 0 && request.getOptions().containsETag(tag(answer.getPayload()))) {
            return valid(answer);
        }
        if (answer.getPayloadSize() <= BlockSizes.bytes(szx) && (wanted == null || wanted.getNum() == 0)) {
            return answer;
        }
        if (get && answer.getOptions().getETagCount() == 0) {
            answer.getOptions().addETag(tag(answer.getPayload()));
        }
        if (answer.getPayloadSize() > BlockSizes.bytes(szx)) {
            answers.put(key.get(), answer, answer.getPayloadSize(), 0);
        }
        return block(answer, wanted == null ? new BlockOption(szx, false, 0) : wanted, szx);
    }

    private static Response valid(Response answer) {
        Response valid = new Response(ResponseCode.VALID);
        valid.setOptions(new OptionSet(answer.getOptions()));
        valid.getOptions().removeContentFormat().addETag(tag(answer.getPayload()));
        return valid;
    }

    private static Response block(Response answer, BlockOption wanted, int szx) {
        byte[] body = answer.getPayload();
        long from = wanted.getOffset();
        if (from >= body.length) {
            Response beyond = new Response(ResponseCode.BAD_REQUEST);
            beyond.getOptions().setMaxAge(0).setContentFormat(0);
            beyond.setPayload("the answer has " + body.length + " bytes, this block begins at " + from);
            return beyond;
        }
        int size = BlockSizes.bytes(szx);
        int to = (int) Math.min(body.length, from + size);
        Response block = new Response(answer.getCode());
        block.setOptions(new OptionSet(answer.getOptions()));
        if (from == 0) {
            block.getOptions().setSize2(body.length);
        } else {
            block.getOptions().removeObserve();
        }
        block.getOptions().setBlock2(szx, to < body.length, (int) (from / size));
        block.setPayload(Arrays.copyOfRange(body, (int) from, to));
        return block;
    }

    /** Equal for equal bodies. */
    static byte[] tag(byte[] body) {
        try {
            return Arrays.copyOf(MessageDigest.getInstance("SHA-256").digest(body), TAG_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    void sweep() {
        answers.sweep();
    }

    int count() {
        return answers.size();
    }

    long bytes() {
        return answers.bytes();
    }
}
