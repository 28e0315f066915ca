// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.lintel.cse.api.Binding;
import io.lintel.cse.api.Busy;
import io.lintel.cse.api.Hop;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;

class CseLinkTest {
    private static final RequestPrimitive REQUEST = Samples.of(Operation.RETRIEVE, "x").build();
    private static final Hop HOP = Hop.plain(Binding.HTTP, "test", true);

    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, Listening.threads("test-timer"));

    @AfterEach
    void close() {
        timer.shutdownNow();
    }

    private CseLink link(Duration absence) {
        return new CseLink(timer, absence, Duration.ofMinutes(1));
    }

    private static ResponsePrimitive result(CompletableFuture<ResponsePrimitive> answer) throws Exception {
        return answer.get(5, TimeUnit.SECONDS);
    }

    @Test
    void aRequestWaitsForTheNextCse() throws Exception {
        CseLink link = link(Duration.ofMinutes(1));
        CompletableFuture<ResponsePrimitive> answer = link.handle(REQUEST, HOP).toCompletableFuture();
        assertThat(answer).isNotDone();
        link.bind(new RecordingCse());
        assertThat(result(answer).statusCode()).isEqualTo(2000);
    }

    @Test
    void butNotForEver() throws Exception {
        assertThat(Busy.isBusy(result(link(Duration.ofMillis(20)).handle(REQUEST, HOP).toCompletableFuture()))).isTrue();
    }

    @Test
    void norDoTooManyWait() throws Exception {
        CseLink link = link(Duration.ofMinutes(1));
        List<CompletableFuture<ResponsePrimitive>> answers = new ArrayList<>();
        for (int i = 0; i < 256; i++) {
            answers.add(link.handle(REQUEST, HOP).toCompletableFuture());
        }
        assertThat(answers).noneMatch(CompletableFuture::isDone);
        assertThat(Busy.isBusy(result(link.handle(REQUEST, HOP).toCompletableFuture()))).isTrue();
        link.close();
        for (CompletableFuture<ResponsePrimitive> answer : answers) {
            assertThat(Busy.isBusy(result(answer))).isTrue();
        }
    }

    @Test
    void theOldCseLeavingAfterTheNewOneCameChangesNothing() throws Exception {
        CseLink link = link(Duration.ofMillis(20));
        RecordingCse old = new RecordingCse();
        RecordingCse next = new RecordingCse();
        link.bind(old);
        link.bind(next);
        link.unbind(old);
        assertThat(result(link.handle(REQUEST, HOP).toCompletableFuture()).statusCode()).isEqualTo(2000);
        assertThat(next.waiting()).isEqualTo(1);
    }

    @Test
    void aCseThatBreaksItsPromiseIsAnInternalError() throws Exception {
        CseLink link = link(Duration.ofMillis(20));
        RecordingCse broken = new RecordingCse();
        link.bind(broken);
        broken.answersLater(request -> {
            throw new IllegalStateException("thrown on purpose by a test");
        });
        assertThat(result(link.handle(REQUEST, HOP).toCompletableFuture()).statusCode()).isEqualTo(5000);
        broken.answersLater(request -> CompletableFuture.failedFuture(new IllegalStateException("failed on purpose by a test")));
        assertThat(result(link.handle(REQUEST, HOP).toCompletableFuture()).statusCode()).isEqualTo(5000);
    }
}
