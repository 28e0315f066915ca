// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

import org.eclipse.californium.core.coap.BlockOption;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;

import io.lintel.cse.api.Busy;

/**
 * Bodies of requests that come block by block (RFC 7959 2.5, Block1): gathers them, and gives the whole with the last block,
 * once. Of a body there is in memory what has arrived, whatever size it announces. All of them together are bounded; a new one
 * that finds no room is refused with 5.03, but those that make progress are left in peace. Any thread; a peer's messages come
 * one after the other.
 */
final class Uploads {
    /** A peer that sends its next block within this time makes progress: the longest wait between two retransmissions. */
    private static final long PROGRESS_NANOS = Duration.ofSeconds(24).toNanos();

    private final Shelf<Body> bodies;
    private final int maxBody;
    private final int preferredSzx;

    private static final class Body {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final int contentFormat;

        Body(int contentFormat) {
            this.contentFormat = contentFormat;
        }
    }

    /**
     * What a block led to: either the whole body, or an answer to this block.
     *
     * @param body   with the last block
     * @param answer 2.31 to a block that is not the last, or a refusal
     */
    record Step(Optional<byte[]> body, Optional<Response> answer) {
        private static Step refused(ResponseCode code, String text) {
            Response response = new Response(code);
            response.getOptions().setMaxAge(0).setContentFormat(0);
            response.setPayload(text);
            return new Step(Optional.empty(), Optional.of(response));
        }
    }

    /**
     * @param maxBodies    under way at once
     * @param maxBytes     of all of them
     * @param maxBody      of one; more is refused with 4.13
     * @param preferredSzx the block size this side wants, as its exponent less four
     * @param idle         how long a transfer may rest
     */
    Uploads(int maxBodies, long maxBytes, int maxBody, int preferredSzx, Duration idle, LongSupplier nanoClock) {
        this.bodies = new Shelf<>(maxBodies, maxBytes, idle, nanoClock);
        this.maxBody = maxBody;
        this.preferredSzx = preferredSzx;
    }

    /** Takes a request with Block1. */
    Step take(TransferKey key, Request request) {
        BlockOption block = request.getOptions().getBlock1();
        int format = request.getOptions().hasContentFormat() ? request.getOptions().getContentFormat() : -1;
        if (block.getSzx() > BlockSizes.LARGEST_SZX || block.isM() && request.getPayloadSize() != block.getSize()) {
            bodies.remove(key);
            return Step.refused(ResponseCode.BAD_REQUEST, "the payload is not as long as Block1 says");
        }
        boolean announced = request.getOptions().hasSize1() && request.getOptions().getSize1() > maxBody;
        if (announced || (long) block.getOffset() + request.getPayloadSize() > maxBody) {
            bodies.remove(key);
            return tooLarge();
        }
        Body body;
        if (block.getNum() == 0) {
            body = new Body(format);
            if (!bodies.put(key, body, request.getPayloadSize(), PROGRESS_NANOS)) {
                return busy();
            }
        } else {
            Optional<Body> begun = bodies.get(key);
            if (begun.isEmpty() || begun.get().bytes.size() != block.getOffset() || begun.get().contentFormat != format) {
                bodies.remove(key);
                return Step.refused(ResponseCode.REQUEST_ENTITY_INCOMPLETE, begun.isEmpty()
                        ? "the blocks before this one are not here (any more); begin again"
                        : "this block does not continue those before; begin again");
            }
            body = begun.get();
            if (!bodies.grow(key, request.getPayloadSize(), PROGRESS_NANOS)) {
                return busy();
            }
        }
        body.bytes.writeBytes(request.getPayload());
        if (!block.isM()) {
            bodies.remove(key);
            return new Step(Optional.of(body.bytes.toByteArray()), Optional.empty());
        }
        Response more = new Response(ResponseCode.CONTINUE);
        more.getOptions().setBlock1(Math.min(block.getSzx(), preferredSzx), true, block.getNum());
        return new Step(Optional.empty(), Optional.of(more));
    }

    /** The refusal of a body that is larger than this side takes, whether it comes in blocks or not. */
    Step tooLarge() {
        Step step = Step.refused(ResponseCode.REQUEST_ENTITY_TOO_LARGE, "the body is larger than " + maxBody + " bytes");
        step.answer.get().getOptions().setSize1(maxBody);
        return step;
    }

    private static Step busy() {
        Step step = Step.refused(ResponseCode.SERVICE_UNAVAILABLE, "too many block-wise transfers are under way");
        step.answer.get().getOptions().setMaxAge(Busy.RETRY_AFTER_SECONDS);
        return step;
    }

    boolean isTooLarge(Request request) {
        return request.getPayloadSize() > maxBody;
    }

    void sweep() {
        bodies.sweep();
    }

    /** How many are under way, and the bytes of them. */
    int count() {
        return bodies.size();
    }

    long bytes() {
        return bodies.bytes();
    }
}
