// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.RequestCustody.Receipt;
import io.lintel.mqtt.internal.RequestBacklog.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Where requests wait, and that they leave in the order in which they came. */
@Tag("MQ-02")
class RequestBacklogTest {
    private static final String TOPIC = "/oneM2M/req/CAE01/mn-cse/json";

    private final RequestBacklog backlog = new RequestBacklog(8, 1_000);
    private final MemoryCustody custody = new MemoryCustody(1_000);
    private final List<Receipt> released = new ArrayList<>();

    private static Arrival arrival(int id, int qos, int size) {
        return new Arrival(Topic.parse(TOPIC).orElseThrow(),
                new InboundMessage(TOPIC, new byte[size], qos, false, id, AcknowledgementLedger.Ticket.NONE));
    }

    private Arrival added(int id, Place place) {
        Arrival arrival = arrival(id, 1, 10);
        assertThat(backlog.add(arrival, true)).as("place of " + id).isEqualTo(place);
        return arrival;
    }

    private void kept(Arrival arrival) {
        arrival.kept(custody.keep("h", arrival.envelope(), arrival.message().payload()).toCompletableFuture().join(),
                released::add);
        backlog.spill();
    }

    private List<Integer> drained() {
        List<Integer> order = new ArrayList<>();
        while (true) {
            backlog.wantedPage().ifPresent(from -> backlog.page(from, custody.held("h", from, backlog.pageSize())));
            Optional<Arrival> next = backlog.next();
            if (next.isEmpty()) {
                return order;
            }
            order.add(next.get().message().packetId());
        }
    }

    @Test
    void memoryThenDiskThenNoRoom() {
        IntStream.rangeClosed(1, 4).forEach(id -> added(id, Place.MEMORY));
        List<Arrival> behind = IntStream.rangeClosed(5, 8).mapToObj(id -> added(id, Place.TO_CUSTODY)).toList();
        added(9, Place.NONE);
        assertThat(backlog.hasRoom()).isFalse();
        kept(behind.get(1));
        assertThat(backlog.onDisk()).as("the one before is not on disk yet").isZero();
        kept(behind.get(0));
        assertThat(backlog.onDisk()).isEqualTo(2);
        added(9, Place.TO_CUSTODY);
        assertThat(backlog.next()).get().extracting(next -> next.message().packetId()).isEqualTo(1);
        added(10, Place.TO_CUSTODY);

        assertThat(drained()).containsExactly(2, 3, 4, 5, 6, 7, 8, 9, 10);
        assertThat(backlog.isEmpty()).isTrue();
        added(11, Place.MEMORY);
    }

    @Test
    void bytesCountToo() {
        assertThat(backlog.add(arrival(1, 1, 400), true)).isEqualTo(Place.MEMORY);
        assertThat(backlog.add(arrival(2, 1, 400), true)).isEqualTo(Place.TO_CUSTODY);
        assertThat(backlog.add(arrival(3, 1, 400), true)).isEqualTo(Place.NONE);
        assertThat(drained()).containsExactly(1, 2);
        assertThat(backlog.add(arrival(4, 1, 900), false)).isEqualTo(Place.MEMORY);
    }

    @Test
    void withoutCustodyAndWithQosZeroThereIsOnlyMemory() {
        for (int id = 1; id <= 8; id++) {
            assertThat(backlog.add(arrival(id, 1, 1), false)).isEqualTo(Place.MEMORY);
        }
        assertThat(backlog.add(arrival(9, 1, 1), false)).isEqualTo(Place.NONE);
        drained();
        IntStream.rangeClosed(1, 4).forEach(id -> added(id, Place.MEMORY));
        assertThat(backlog.add(arrival(5, 0, 1), true)).isEqualTo(Place.NONE);
    }

    @Test
    void hundredsWaitOnDiskAndComeInOrder() {
        IntStream.rangeClosed(1, 4).forEach(id -> added(id, Place.MEMORY));
        IntStream.rangeClosed(5, 500).forEach(id -> kept(added(id, Place.TO_CUSTODY)));
        assertThat(backlog.onDisk()).isEqualTo(496);
        assertThat(drained()).containsExactlyElementsOf(IntStream.rangeClosed(1, 500).boxed().toList());
    }

    @Test
    void whatIsTakenUpComesBeforeWhatHasArrived() {
        IntStream.rangeClosed(1, 3).forEach(id -> custody.keep("h", arrival(id, 1, 1).envelope(), new byte[1]));
        custody.keep("another", arrival(99, 1, 1).envelope(), new byte[1]);
        IntStream.rangeClosed(4, 5).forEach(id -> added(id, Place.MEMORY));

        backlog.takeUp(custody.receipts("h"));
        custody.release(custody.receipts("h").get(1));

        assertThat(drained()).as("what is not in custody any more is skipped").containsExactly(1, 3, 4, 5);
        backlog.takeUp(List.of());
        added(6, Place.MEMORY);
        assertThat(drained()).containsExactly(6);
    }

    @Test
    void whatIsNotOnDiskIsLeftToTheServerWhenTheConnectionIsLost() {
        Arrival first = added(1, Place.MEMORY);
        Arrival second = added(2, Place.MEMORY);
        Arrival unacknowledgeable = arrival(3, 0, 1);
        backlog.add(unacknowledgeable, true);
        kept(first);

        List<Arrival> gone = backlog.withdraw();

        assertThat(gone).containsExactly(second);
        second.over(released::add);
        assertThat(released).isEmpty();
        kept(second);
        assertThat(released).as("came into custody when nobody waited for it any more").hasSize(1);
        assertThat(drained()).as("what was sent with QoS 0 is still in memory").containsExactly(3, 1);
    }

    @Test
    void whatIsOnDiskKeepsItsOrderWhenTheConnectionIsLost() {
        List<Arrival> head = IntStream.rangeClosed(1, 4).mapToObj(id -> added(id, Place.MEMORY)).toList();
        kept(head.get(3));
        List<Arrival> tail = IntStream.rangeClosed(5, 8).mapToObj(id -> added(id, Place.TO_CUSTODY)).toList();
        kept(tail.get(0));
        kept(tail.get(1));
        kept(tail.get(3));

        assertThat(backlog.withdraw()).extracting(gone -> gone.message().packetId()).containsExactly(1, 2, 3, 7);

        assertThat(drained()).containsExactly(4, 5, 6, 8);
    }
}
