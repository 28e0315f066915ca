// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.internal.InMemoryResourceStore;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestPrimitive;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OutboundPageTest {
    private static final String TARGET = "http://hook/x";

    private final InMemoryResourceStore store = new InMemoryResourceStore(100);
    private final OutboundPage page = new OutboundPage(store, TARGET);

    @AfterEach
    void close() {
        store.close();
    }

    private OutboundItem waiting(String name) {
        RequestPrimitive request = RequestPrimitive.builder(Operation.NOTIFY, TARGET).from("/mn-cse").requestIdentifier(name)
                .build();
        return store.writeNow(writer -> writer.enqueue(new OutboundItem(0, TARGET, request, "", Long.MAX_VALUE - 1)));
    }

    private void remove(OutboundItem item) {
        store.writeNow(writer -> {
            writer.dequeue(item.sequence());
            return true;
        });
    }

    /** What was sent stays on disk until its removal is committed: reading anew meanwhile must not send it again. */
    @Test
    void whatWasGivenIsNotMetAgainWhileItsRemovalIsOnItsWay() {
        OutboundItem first = waiting("first");
        OutboundItem second = waiting("second");
        assertThat(page.peek()).isEqualTo(first);
        page.give();
        page.put(second.sequence());
        assertThat(page.isStale()).as("read anew from the beginning").isTrue();
        assertThat(page.peek().sequence()).isEqualTo(second.sequence());

        page.restart();
        remove(first);
        page.offDisk(first.sequence());
        assertThat(page.peek().sequence()).isEqualTo(second.sequence());
    }

    @Test
    void aReadThatBeganBeforeTheRemovalDoesNotBringItBack() {
        OutboundItem only = waiting("only");
        assertThat(page.peek()).isEqualTo(only);
        page.give();
        assertThat(page.peek()).as("still on disk").isNull();
        page.restart();
        assertThat(page.peek()).as("still on disk, from the beginning").isNull();
        remove(only);
        page.offDisk(only.sequence());
        page.restart();
        assertThat(page.peek()).isNull();
        OutboundItem next = waiting("next");
        assertThat(page.peek().sequence()).isEqualTo(next.sequence());
    }

    @Test
    void whatAnotherHasIsPassedAndMetAgainFromTheBeginning() {
        OutboundItem other = waiting("other");
        assertThat(page.peek()).isEqualTo(other);
        page.pass();
        assertThat(page.peek()).isNull();
        page.restart();
        assertThat(page.peek().sequence()).isEqualTo(other.sequence());
    }
}
