// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Option;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.coap.option.OpaqueOptionDefinition;
import org.junit.jupiter.api.Test;

import io.lintel.rest.internal.coap.OneM2mOption.NumberSet;

/** Block-wise transfers at the door, block by block (RFC 7959), with the clock in hand. */
class TransfersTest {
    private static final int KIB = 1024;
    private static final int SZX = 2;
    private static final int BLOCK = 64;

    private final AtomicLong now = new AtomicLong();
    private final Uploads uploads = new Uploads(8, 4 * KIB, KIB, SZX, Duration.ofSeconds(93), now::get);
    private final Downloads downloads = new Downloads(8, 8 * KIB, SZX, Duration.ofSeconds(93), now::get);

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    private static Request request(Code code, String rqi) {
        Request request = new Request(code);
        request.getOptions().setUriPath("mn-name/c").addOption(OneM2mOption.RQI.create(NumberSet.NEW, rqi));
        return request;
    }

    private static Request block(String rqi, int szx, boolean more, int num, int length) {
        Request request = request(Code.POST, rqi);
        request.getOptions().setBlock1(szx, more, num).setContentFormat(50);
        request.setPayload(new byte[length]);
        return request;
    }

    private Uploads.Step take(String peer, Request request) {
        return uploads.take(TransferKey.of(peer, request), request);
    }

    private static ResponseCode code(Uploads.Step step) {
        assertThat(step.body()).isEmpty();
        return step.answer().orElseThrow().getCode();
    }

    @Test
    void theLastBlockGivesTheWholeBody() {
        Uploads.Step first = take("a", block("r1", SZX, true, 0, BLOCK));
        assertThat(code(first)).isEqualTo(ResponseCode.CONTINUE);
        assertThat(first.answer().get().getOptions().getBlock1().toString()).isEqualTo("(szx=2/64, m=true, num=0)");
        assertThat(code(take("a", block("r1", SZX, true, 1, BLOCK)))).isEqualTo(ResponseCode.CONTINUE);
        Uploads.Step last = take("a", block("r1", SZX, false, 2, 10));
        assertThat(last.answer()).isEmpty();
        assertThat(last.body().orElseThrow()).hasSize(2 * BLOCK + 10);
        assertThat(uploads.count()).isZero();
        assertThat(uploads.bytes()).isZero();
    }

    @Test
    void aPeerIsToldWhichBlocksAreWantedAndMayGoOnWithThem() {
        Uploads.Step first = take("a", block("r1", 4, true, 0, 256));
        assertThat(first.answer().get().getOptions().getBlock1().getSzx()).as("smaller from now on").isEqualTo(SZX);
        assertThat(code(take("a", block("r1", SZX, true, 4, BLOCK)))).isEqualTo(ResponseCode.CONTINUE);
        assertThat(take("a", block("r1", SZX, false, 5, 1)).body().orElseThrow()).hasSize(256 + BLOCK + 1);
    }

    @Test
    void whatIsTooLargeIsRefusedAsSoonAsThatIsKnown() {
        Request announced = block("r1", SZX, true, 0, BLOCK);
        announced.getOptions().setSize1(KIB + 1);
        Uploads.Step refused = take("a", announced);
        assertThat(code(refused)).isEqualTo(ResponseCode.REQUEST_ENTITY_TOO_LARGE);
        assertThat(refused.answer().get().getOptions().getSize1()).isEqualTo(KIB);
        for (int num = 0; num < KIB / BLOCK; num++) {
            assertThat(code(take("a", block("r2", SZX, true, num, BLOCK)))).isEqualTo(ResponseCode.CONTINUE);
        }
        assertThat(code(take("a", block("r2", SZX, false, KIB / BLOCK, 1)))).isEqualTo(ResponseCode.REQUEST_ENTITY_TOO_LARGE);
        assertThat(uploads.count()).isZero();
    }

    @Test
    void aBlockOutOfOrderOrOfAnotherKindEndsTheTransfer() {
        take("a", block("r1", SZX, true, 0, BLOCK));
        assertThat(code(take("a", block("r1", SZX, true, 2, BLOCK)))).isEqualTo(ResponseCode.REQUEST_ENTITY_INCOMPLETE);
        assertThat(code(take("a", block("r1", SZX, false, 1, 1)))).isEqualTo(ResponseCode.REQUEST_ENTITY_INCOMPLETE);
        take("a", block("r1", SZX, true, 0, BLOCK));
        Request xml = block("r1", SZX, false, 1, 1);
        xml.getOptions().setContentFormat(41);
        assertThat(code(take("a", xml))).isEqualTo(ResponseCode.REQUEST_ENTITY_INCOMPLETE);
        assertThat(code(take("a", block("r1", SZX, true, 0, BLOCK - 1)))).isEqualTo(ResponseCode.BAD_REQUEST);
    }

    @Test
    void aTransferThatRestsTooLongIsForgotten() {
        take("a", block("r1", SZX, true, 0, BLOCK));
        pass(Duration.ofSeconds(92));
        assertThat(code(take("a", block("r1", SZX, true, 1, BLOCK)))).isEqualTo(ResponseCode.CONTINUE);
        pass(Duration.ofSeconds(94));
        uploads.sweep();
        assertThat(uploads.count()).isZero();
        assertThat(code(take("a", block("r1", SZX, false, 2, 1)))).isEqualTo(ResponseCode.REQUEST_ENTITY_INCOMPLETE);
    }

    @Test
    void severalTransfersToOneResourceDoNotMix() {
        take("a", block("r1", SZX, true, 0, BLOCK));
        take("a", block("r2", SZX, true, 0, BLOCK));
        take("b", block("r1", SZX, true, 0, BLOCK));
        Request tagged = block("r1", SZX, true, 0, BLOCK);
        tagged.getOptions().addOption(new Option(new OpaqueOptionDefinition(292, "Request-Tag", false, 0, 8), new byte[] {7}));
        assertThat(code(take("b", tagged))).isEqualTo(ResponseCode.CONTINUE);
        assertThat(take("a", block("r1", SZX, false, 1, 1)).body().orElseThrow()).hasSize(BLOCK + 1);
        assertThat(take("a", block("r2", SZX, false, 1, 2)).body().orElseThrow()).hasSize(BLOCK + 2);
        assertThat(take("b", block("r1", SZX, false, 1, 3)).body().orElseThrow()).hasSize(BLOCK + 3);
    }

    @Test
    void memoryIsTakenByWhatHasArrivedAndOnePeerLeavesRoomForOthers() {
        for (int i = 0; i < 20; i++) {
            take("greedy", block("r" + i, SZX, true, 0, BLOCK));
        }
        assertThat(uploads.count()).as("a quarter of eight").isEqualTo(2);
        assertThat(uploads.bytes()).isEqualTo(2 * BLOCK);
        assertThat(code(take("other", block("r1", SZX, true, 0, BLOCK)))).isEqualTo(ResponseCode.CONTINUE);
    }

    @Test
    void whoMakesProgressIsLeftInPeaceAndWhoComesLaterIsRefused() {
        for (int i = 0; i < 8; i++) {
            assertThat(code(take("peer" + i, block("r", SZX, true, 0, BLOCK)))).isEqualTo(ResponseCode.CONTINUE);
        }
        Uploads.Step refused = take("late", block("r", SZX, true, 0, BLOCK));
        assertThat(code(refused)).isEqualTo(ResponseCode.SERVICE_UNAVAILABLE);
        assertThat(refused.answer().get().getOptions().getMaxAge()).isEqualTo(2);
        pass(Duration.ofSeconds(25));
        assertThat(code(take("peer0", block("r", SZX, true, 1, BLOCK)))).isEqualTo(ResponseCode.CONTINUE);
        assertThat(code(take("late", block("r", SZX, true, 0, BLOCK)))).isEqualTo(ResponseCode.CONTINUE);
        assertThat(code(take("peer1", block("r", SZX, true, 1, BLOCK)))).as("the one that has rested longest gave way")
                .isEqualTo(ResponseCode.REQUEST_ENTITY_INCOMPLETE);
        assertThat(code(take("peer0", block("r", SZX, true, 2, BLOCK)))).isEqualTo(ResponseCode.CONTINUE);
    }

    private static Response answer(int length) {
        Response response = new Response(ResponseCode.CONTENT);
        response.getOptions().setMaxAge(0).setContentFormat(50).addOption(OneM2mOption.RSC.create(NumberSet.NEW, 2000));
        byte[] body = new byte[length];
        for (int i = 0; i < length; i++) {
            body[i] = (byte) ('a' + i % 26);
        }
        response.setPayload(body);
        return response;
    }

    private Request get(int szx, int num) {
        Request request = request(Code.GET, "r1");
        request.getOptions().setBlock2(szx, false, num);
        return request;
    }

    private Response kept(Request request) {
        TransferKey key = TransferKey.of("a", request);
        return downloads.cut(() -> key, request, downloads.kept(() -> key, request).orElseThrow(), BlockSizes.LARGEST_SZX);
    }

    @Test
    void anAnswerIsCutAndKeptAndEachBlockHasItsOptions() {
        Request request = request(Code.GET, "r1");
        TransferKey key = TransferKey.of("a", request);
        Response first = downloads.cut(() -> key, request, answer(150), BlockSizes.LARGEST_SZX);
        assertThat(first.getPayload()).isEqualTo(java.util.Arrays.copyOf(answer(150).getPayload(), BLOCK));
        assertThat(first.getOptions().getBlock2().isM()).isTrue();
        assertThat(first.getOptions().getSize2()).isEqualTo(150);
        Response last = kept(get(SZX, 2));
        assertThat(last.getPayloadSize()).isEqualTo(22);
        assertThat(last.getOptions().getBlock2().isM()).isFalse();
        for (Response block : java.util.List.of(first, kept(get(SZX, 1)), last)) {
            assertThat(DoorFixture.rsc(block)).isEqualTo(2000);
            assertThat(block.getOptions().getContentFormat()).isEqualTo(50);
            assertThat(block.getOptions().getMaxAge()).isZero();
            assertThat(block.getOptions().getETags()).hasSize(1)
                    .first().isEqualTo(first.getOptions().getETags().get(0));
        }
        assertThat(kept(get(1, 3)).getPayload()).as("the peer may ask for smaller ones")
                .isEqualTo(java.util.Arrays.copyOfRange(answer(150).getPayload(), 96, 128));
        assertThat(kept(get(SZX, 9)).getCode()).isEqualTo(ResponseCode.BAD_REQUEST);
    }

    @Test
    void anAnswerThatFitsHasNoBlocksAndNoTag() {
        Request request = get(6, 0);
        Response whole = downloads.cut(() -> TransferKey.of("a", request), request, answer(BLOCK), BlockSizes.LARGEST_SZX);
        assertThat(whole.getOptions().hasBlock2()).isFalse();
        assertThat(whole.getOptions().getETagCount()).isZero();
        assertThat(downloads.count()).isZero();
    }

    @Test
    void aRetrievalWhoseAnswerIsGoneIsServedAgainButNoChangeIs() {
        Request later = get(SZX, 1);
        assertThat(downloads.kept(() -> TransferKey.of("a", later), later)).isEmpty();
        Response again = downloads.cut(() -> TransferKey.of("a", later), later, answer(150), BlockSizes.LARGEST_SZX);
        assertThat(again.getOptions().getBlock2().getNum()).isEqualTo(1);
        Request change = request(Code.POST, "r2");
        change.getOptions().setBlock2(SZX, false, 1);
        assertThat(downloads.kept(() -> TransferKey.of("a", change), change).map(Response::getCode))
                .contains(ResponseCode.REQUEST_ENTITY_INCOMPLETE);
    }

    @Test
    void whoHasTheAnswerIsToldThatItIsStillValid() {
        Request request = request(Code.GET, "r1");
        Response first = downloads.cut(() -> TransferKey.of("a", request), request, answer(150), BlockSizes.LARGEST_SZX);
        Request again = request(Code.GET, "r2");
        again.getOptions().addETag(first.getOptions().getETags().get(0));
        Response valid = downloads.cut(() -> TransferKey.of("a", again), again, answer(150), BlockSizes.LARGEST_SZX);
        assertThat(valid.getCode()).isEqualTo(ResponseCode.VALID);
        assertThat(valid.getPayloadSize()).isZero();
        assertThat(CoapRequestReader.option(valid.getOptions(), OneM2mOption.RSC)).isPresent();
        assertThat(downloads.cut(() -> TransferKey.of("a", again), again, answer(151), BlockSizes.LARGEST_SZX).getCode())
                .isEqualTo(ResponseCode.CONTENT);
    }

    @Test
    void keptAnswersAreBounded() {
        for (int i = 0; i < 100; i++) {
            Request request = request(Code.GET, "r" + i);
            TransferKey key = TransferKey.of("p" + i, request);
            downloads.cut(() -> key, request, answer(KIB + 500), BlockSizes.LARGEST_SZX);
        }
        assertThat(downloads.bytes()).isLessThanOrEqualTo(8 * KIB);
        assertThat(downloads.count()).isBetween(4, 8);
        Request last = request(Code.GET, "r99");
        last.getOptions().setBlock2(SZX, false, 1);
        assertThat(downloads.kept(() -> TransferKey.of("p99", last), last)).isPresent();
        pass(Duration.ofSeconds(94));
        downloads.sweep();
        assertThat(downloads.count()).isZero();
    }

    @Test
    void theSmallestBlockIsChosenOfWhatAllWant() {
        Request request = get(1, 0);
        Response first = downloads.cut(() -> TransferKey.of("a", request), request, answer(150), 0);
        assertThat(first.getPayloadSize()).isEqualTo(16);
        assertThat(Optional.ofNullable(first.getOptions().getBlock2()).orElseThrow().getSzx()).isZero();
    }
}
