// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is published when. */
class OutboxTest {
    private final Outbox outbox = new Outbox(2, 3);
    private final List<String> published = new ArrayList<>();
    private final List<String> acknowledged = new ArrayList<>();

    private Outbox.Message message(String topic) {
        return new Outbox.Message(topic, new byte[0], () -> acknowledged.add(topic));
    }

    private boolean publish(Outbox.Message message) {
        return published.add(message.topic());
    }

    @Test
    void noMoreThanTheWindowIsWithTheLibraryAndOrderHolds() {
        List<Outbox.Message> messages = List.of(message("a"), message("b"), message("c"));
        messages.forEach(outbox::add);
        assertThat(published).isEmpty();

        outbox.resume(this::publish);
        assertThat(published).containsExactly("a", "b");
        outbox.acknowledged(messages.get(0));

        assertThat(published).containsExactly("a", "b", "c");
        assertThat(acknowledged).containsExactly("a");
        outbox.acknowledged(messages.get(0));
        assertThat(acknowledged).containsExactly("a");
    }

    @Test
    void whatALostClientHeldGoesFirst() {
        outbox.resume(this::publish);
        List<Outbox.Message> messages = List.of(message("a"), message("b"), message("c"));
        messages.forEach(outbox::add);

        outbox.takeBack();
        published.clear();
        outbox.resume(this::publish);

        assertThat(published).containsExactly("a", "b");
        assertThat(outbox.size()).isEqualTo(3);
    }

    @Test
    void aPauseKeepsWhatTheLibraryHoldsAndRepeatsByItself() {
        outbox.resume(this::publish);
        Outbox.Message first = message("a");
        outbox.add(first);
        outbox.pause();
        outbox.add(message("b"));

        outbox.resume(this::publish);

        assertThat(published).containsExactly("a", "b");
    }

    @Test
    void onlyWhatStillWaitsCanBeWithdrawnAndWaitingIsBounded() {
        Outbox.Message first = message("a");
        assertThat(outbox.offer(first)).isTrue();
        assertThat(outbox.offer(message("b"))).isTrue();
        assertThat(outbox.offer(message("c"))).isTrue();
        assertThat(outbox.offer(message("d"))).isFalse();

        assertThat(outbox.withdraw(first)).isTrue();
        assertThat(outbox.wasHanded(first)).isFalse();
        outbox.resume(this::publish);

        assertThat(published).containsExactly("b", "c");
        assertThat(outbox.withdraw(first)).isFalse();
    }
}
