// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import io.lintel.cse.api.RequestCustody.Held;
import io.lintel.cse.api.RequestCustody.Receipt;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The requests of one connection that wait for their turn, in the order of arrival:
 *
 * <pre>
 * next ◄── head (in memory) ◄── disk (in custody only) ◄── tail (in memory, on its way to custody) ◄── arrivals
 * </pre>
 * A burst so costs memory up to a limit and disk beyond; the server is asked to wait only when both are full. Knows
 * neither threads nor the disk: {@link RequestIntake} calls it under its lock and fetches the pages.
 */
final class RequestBacklog {
    private static final int PAGE = 64;

    private final int most;
    private final long mostBytes;
    private final Deque<Arrival> head = new ArrayDeque<>();
    private final Deque<Receipt> disk = new ArrayDeque<>();
    private final Deque<Arrival> tail = new ArrayDeque<>();
    private long bytes;

    /** Where an arrival found its place. */
    enum Place {
        MEMORY,
        /** It must go into custody. */
        TO_CUSTODY,
        /** There is none. */
        NONE
    }

    /** @param most how many requests may be in memory; @param mostBytes how many bytes they may have there */
    RequestBacklog(int most, long mostBytes) {
        this.most = most;
        this.mostBytes = mostBytes;
    }

    /** @param custody whether there is one; without, the head may have all of the memory */
    Place add(Arrival arrival, boolean custody) {
        int share = custody ? 2 : 1;
        boolean behind = !disk.isEmpty() || !tail.isEmpty();
        if (!behind && head.size() < Math.max(1, most / share) && bytes + arrival.bytes() <= mostBytes / share) {
            head.addLast(arrival);
            bytes += arrival.bytes();
            return Place.MEMORY;
        }
        if (!custody || arrival.message().qos() == 0 || head.size() + tail.size() >= most
                || bytes + arrival.bytes() > mostBytes) {
            return Place.NONE;
        }
        tail.addLast(arrival);
        bytes += arrival.bytes();
        return Place.TO_CUSTODY;
    }

    /** The next in order, if it is in memory. */
    Optional<Arrival> next() {
        Deque<Arrival> source = head.isEmpty() && disk.isEmpty() ? tail : head;
        Arrival next = source.pollFirst();
        if (next != null) {
            bytes -= next.bytes();
        }
        return Optional.ofNullable(next);
    }

    /** Something of the tail may be in custody now: that need not stay in memory. */
    void spill() {
        while (!tail.isEmpty() && tail.peekFirst().receipt().isPresent()) {
            Arrival kept = tail.removeFirst();
            bytes -= kept.bytes();
            disk.addLast(kept.receipt().get());
        }
    }

    /** What is in custody from an earlier run comes before all that is here. */
    void takeUp(List<Receipt> receipts) {
        List<Arrival> later = new ArrayList<>(head);
        head.clear();
        for (int i = later.size() - 1; i >= 0; i--) {
            tail.addFirst(later.get(i));
        }
        for (int i = receipts.size() - 1; i >= 0; i--) {
            disk.addFirst(receipts.get(i));
        }
        if (disk.isEmpty()) {
            head.addAll(tail);
            tail.clear();
        }
    }

    /** From where on a page should be fetched now: the head is running out. */
    Optional<Receipt> wantedPage() {
        return head.size() <= most / 8 ? Optional.ofNullable(disk.peekFirst()) : Optional.empty();
    }

    /** How many the next page may hold, so that the head stays within its half of the memory. */
    int pageSize() {
        int size = 0;
        long sum = 0;
        for (Iterator<Receipt> next = disk.iterator(); next.hasNext() && size < Math.min(PAGE, Math.max(1, most / 4)); size++) {
            sum += next.next().bytes();
            if (size > 0 && sum > mostBytes / 4) {
                break;
            }
        }
        return size;
    }

    /**
     * A page as it was fetched; it may hold others than those that wait, and these may be in another order.
     *
     * @param from what was asked for; what lies behind it and should be in the page, but is not, is not there any more
     */
    void page(Receipt from, List<Held> page) {
        long last = page.isEmpty() ? from.number() : page.get(page.size() - 1).receipt().number();
        Map<Long, Held> fetched = page.stream().collect(Collectors.toMap(held -> held.receipt().number(), held -> held));
        while (!disk.isEmpty() && disk.peekFirst().number() >= from.number() && disk.peekFirst().number() <= last) {
            Held held = fetched.get(disk.removeFirst().number());
            Optional.ofNullable(held).flatMap(Arrival::ofHeld).ifPresent(arrival -> {
                head.addLast(arrival);
                bytes += arrival.bytes();
            });
        }
    }

    /**
     * The connection is lost: takes out what the server delivers again, because it was not acknowledged, which is all that
     * is not on disk. What is on disk need not be in memory either, so that there is room for what comes again.
     */
    List<Arrival> withdraw() {
        List<Arrival> gone = new ArrayList<>();
        List<Receipt> first = withdraw(head, gone);
        for (int i = first.size() - 1; i >= 0; i--) {
            disk.addFirst(first.get(i));
        }
        disk.addAll(withdraw(tail, gone));
        bytes = 0;
        head.forEach(arrival -> bytes += arrival.bytes());
        return gone;
    }

    /** @return what was there and is on disk, in its order */
    private static List<Receipt> withdraw(Deque<Arrival> place, List<Arrival> gone) {
        List<Receipt> kept = new ArrayList<>();
        place.removeIf(arrival -> arrival.message().qos() > 0
                && (arrival.receipt().isEmpty() ? gone.add(arrival) : kept.add(arrival.receipt().get())));
        return kept;
    }

    boolean isEmpty() {
        return head.isEmpty() && disk.isEmpty() && tail.isEmpty();
    }

    /** Whether a connection that stopped for want of memory may go on. */
    boolean hasRoom() {
        return head.size() + tail.size() <= most / 2 && bytes <= mostBytes / 2;
    }

    /** How many wait on disk only. */
    int onDisk() {
        return disk.size();
    }
}
