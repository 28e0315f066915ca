// SPDX-License-Identifier: Apache-2.0
package io.lintel.management.internal;

import io.lintel.cse.api.NodeManagement.ManagedObject;
import io.lintel.primitive.Attributes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * {@code [eventLog]} (TS-0001 D.11): the last lines of one of the node's log files. Stopping it keeps what it shows as it is;
 * the file itself goes on, because whoever looks for a mistake needs it. The file's end is read when it is asked for, once a
 * second at most.
 */
final class EventLog implements Part {
    private static final long FRESH_MILLIS = 1000;
    private static final int STARTED = 1;
    private static final int STOPPED = 2;

    private final String name;
    private final int type;
    private final Path file;
    private final int most;
    private final Memo memo;
    private final Clock clock;
    private String shown = "";
    private long shownAt = Long.MIN_VALUE;

    /**
     * @param type 1 system, 2 security
     * @param most bytes that are shown
     */
    EventLog(String name, int type, Path file, int most, Memo memo, Clock clock) {
        this.name = name;
        this.type = type;
        this.file = file;
        this.most = most;
        this.memo = memo;
        this.clock = clock;
    }

    @Override
    public synchronized List<ManagedObject> objects() {
        if (!Files.exists(file)) {
            return List.of();
        }
        boolean stopped = memo.get(stopKey()).isPresent();
        long now = clock.millis();
        if (!stopped && (shownAt == Long.MIN_VALUE || Math.abs(now - shownAt) >= FRESH_MILLIS)) {
            shown = tail(Long.MAX_VALUE);
            shownAt = now;
        } else if (stopped && shownAt == Long.MIN_VALUE) {
            shown = tail(Long.parseLong(memo.get(stopKey()).get()));
            shownAt = now;
        }
        return List.of(new ManagedObject(name, "m2m:evl", Attributes.builder().set("lgt", type).set("lgd", shown)
                .set("lgst", stopped ? STOPPED : STARTED).build(), Attributes.empty(), Set.of("lgd")));
    }

    private String stopKey() {
        return "log." + name + ".stopped";
    }

    /** Whole lines before an offset; if the file has begun anew since, before its end. */
    private String tail(long before) {
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            long end = before > channel.size() ? channel.size() : before;
            long start = Math.max(0, end - most);
            ByteBuffer bytes = ByteBuffer.allocate((int) (end - start));
            channel.position(start);
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
                continue;
            }
            String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
            int line = start == 0 ? 0 : text.indexOf('\n') + 1;
            return text.substring(line).chars().filter(c -> c == '\n' || c == '\t' || c >= ' ' && c < 0xFFFE)
                    .collect(StringBuilder::new, (all, c) -> all.append((char) c), StringBuilder::append).toString();
        } catch (IOException e) {
            return "";
        }
    }

    @Override
    public boolean executes(String memberName) {
        return memberName.equals("m2m:evl");
    }

    boolean is(ManagedObject object) {
        return object.name().equals(name);
    }

    @Override
    public void check(ManagedObject object, String executable) {
        // Both can always be done.
    }

    @Override
    public synchronized CompletionStage<Attributes> execute(ManagedObject object, String executable) {
        try {
            if (executable.equals("lgo")) {
                shown = tail(Long.MAX_VALUE);
                memo.put(stopKey(), Long.toString(Files.exists(file) ? Files.size(file) : 0));
            } else {
                memo.remove(stopKey());
                shownAt = Long.MIN_VALUE;
            }
            return CompletableFuture.completedFuture(Attributes.empty());
        } catch (IOException e) {
            return CompletableFuture.failedFuture(new UncheckedIOException(e));
        }
    }
}
