// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.sqlite.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Looks through a write-ahead log before SQLite does. SQLite takes the log up to the first frame whose checksum does not
 * fit and silently forgets the rest, which is right for a transaction that was being written when the power went, and
 * wrong for a bit that went bad in the middle: every transaction behind it was synced and acknowledged.
 *
 * <p>Which of the two it is shows in what follows. With {@code synchronous=FULL} a transaction is begun only after the
 * one before is synced; so a bad frame with a later transaction behind its own is damage. A frame's checksum continues
 * from the one before, which is stored too, so the frames behind a bad one can be verified. The log is then written anew
 * with a chain that fits: a bad frame whose page is written again by a later one is left out, another is kept as it is,
 * for the checks of the database and of the rows to judge. The damaged log is kept beside it.
 *
 * <p>Format: sqlite.org/fileformat2.html, section 4. Runs at the start, before any connection is opened; memory is a few
 * bytes a frame.
 */
final class WalCheck {
    private static final int HEADER = 32;
    private static final int FRAME_HEADER = 24;
    private static final int CHECKSUM_AT = 16;
    private static final int MAGIC = 0x377f0682;
    private static final int VERSION = 3_007_000;
    private static final int SMALLEST_PAGE = 512;
    private static final int LARGEST_PAGE = 65_536;

    private final FileChannel log;
    private final ByteBuffer header = ByteBuffer.allocate(HEADER);
    private final List<Frame> frames = new ArrayList<>();
    private boolean bigEndian;
    private int pageSize;

    private WalCheck(FileChannel log) {
        this.log = log;
    }

    /** One page of one transaction. {@code commit} is the size of the database in pages where a transaction ends, else 0. */
    private static final class Frame {
        private final int index;
        private final int page;
        private final int commit;
        private boolean sound;
        /** Its content is sound, and its own checksum is not. */
        private boolean mislabelled;

        Frame(int index, int page, int commit, boolean sound) {
            this.index = index;
            this.page = page;
            this.commit = commit;
            this.sound = sound;
        }
    }

    /**
     * Repairs the log if it is damaged.
     *
     * @return what was found and done, for the administrator; empty if there is nothing but what a crash leaves
     */
    static Optional<String> repair(Path wal) throws IOException {
        if (Files.notExists(wal) || Files.size(wal) < HEADER) {
            return Optional.empty();
        }
        try (FileChannel log = FileChannel.open(wal, StandardOpenOption.READ)) {
            WalCheck check = new WalCheck(log);
            if (!check.readHeader()) {
                return Optional.empty();
            }
            check.readFrames();
            int end = check.end();
            List<Frame> bad = check.frames.stream()
                    .filter(frame -> frame.index <= end && (!frame.sound || frame.mislabelled)).toList();
            return bad.isEmpty() ? Optional.empty() : Optional.of(check.rewrite(wal, end, bad));
        }
    }

    private boolean readHeader() throws IOException {
        if (!read(header, 0)) {
            return false;
        }
        int magic = header.getInt(0);
        pageSize = header.getInt(8);
        if ((magic & ~1) != MAGIC || header.getInt(4) != VERSION || pageSize < SMALLEST_PAGE || pageSize > LARGEST_PAGE
                || Integer.bitCount(pageSize) != 1) {
            return false;
        }
        bigEndian = (magic & 1) != 0;
        return checksum(0, header, 0, CHECKSUM_AT + 8) == header.getLong(CHECKSUM_AT + 8);
    }

    private void readFrames() throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(FRAME_HEADER + pageSize);
        long stored = header.getLong(CHECKSUM_AT + 8);
        long computed = stored;
        for (int index = 0; read(frame, at(index)); index++) {
            boolean ofThisLog = frame.getLong(8) == header.getLong(CHECKSUM_AT);
            long own = frame.getLong(CHECKSUM_AT);
            long fromStored = frameChecksum(stored, frame);
            long fromComputed = computed == stored ? fromStored : frameChecksum(computed, frame);
            if (ofThisLog && fromComputed == own && fromStored != own) {
                frames.get(index - 1).sound = true;
                frames.get(index - 1).mislabelled = true;
            }
            frames.add(new Frame(index, frame.getInt(0), frame.getInt(4),
                    ofThisLog && (fromStored == own || fromComputed == own)));
            computed = fromStored == own ? own : fromComputed == own ? own : fromStored;
            stored = own;
        }
    }

    /** Index of the frame that ends the last transaction known to be synced or complete; -1 if there is none. */
    private int end() {
        int last = -1;
        for (Frame frame : frames) {
            if (frame.sound) {
                last = frame.index;
            }
        }
        int end = -1;
        int begin = 0;
        for (int i = 0; i <= last; i++) {
            Frame frame = frames.get(i);
            if (!frame.sound || frame.commit == 0) {
                continue;
            }
            boolean complete = frames.subList(begin, i).stream().allMatch(f -> f.sound);
            if (complete || last > i) {
                end = i;
            }
            begin = i + 1;
        }
        return end;
    }

    private String rewrite(Path wal, int end, List<Frame> bad) throws IOException {
        Set<Integer> writtenLater = new HashSet<>();
        Set<Integer> leftOut = new HashSet<>();
        int pages = frames.get(end).commit;
        for (int i = end; i >= 0; i--) {
            Frame frame = frames.get(i);
            if (frame.sound) {
                writtenLater.add(frame.page);
            } else if (writtenLater.contains(frame.page) || frame.page < 1 || frame.page > pages) {
                leftOut.add(i);
            }
        }
        Path repaired = wal.resolveSibling(wal.getFileName() + ".repaired");
        Path kept = wal.resolveSibling(wal.getFileName() + ".damaged-" + System.currentTimeMillis());
        try (FileChannel out = FileChannel.open(repaired, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
            write(out, header.duplicate().clear());
            ByteBuffer frame = ByteBuffer.allocate(FRAME_HEADER + pageSize);
            long chain = header.getLong(CHECKSUM_AT + 8);
            for (int i = 0; i <= end; i++) {
                if (leftOut.contains(i) || !read(frame, at(i))) {
                    continue;
                }
                frame.putLong(8, header.getLong(CHECKSUM_AT));
                if (!frames.get(i).sound) {
                    frame.putInt(4, 0);   // whether it ended a transaction is not known; the next one that is sound does
                }
                chain = frameChecksum(chain, frame);
                frame.putLong(CHECKSUM_AT, chain);
                write(out, frame.duplicate().clear());
            }
            out.force(true);
        }
        Files.copy(wal, kept, StandardCopyOption.REPLACE_EXISTING);
        Files.move(repaired, wal, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel directory = FileChannel.open(wal.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        }
        List<String> told = bad.stream().map(frame -> frame.index + 1 + " (page " + frame.page + (leftOut.contains(frame.index)
                ? ", not needed" : frame.mislabelled ? ", its checksum alone" : ", kept as it is") + ")").toList();
        return "frames " + told + " of " + (end + 1)
                + " are damaged and " + (end - bad.get(0).index) + " written after them were saved; the log as it was is " + kept;
    }

    private long at(int index) {
        return HEADER + (long) index * (FRAME_HEADER + pageSize);
    }

    /** Fills the buffer; false at the end of the file. */
    private boolean read(ByteBuffer buffer, long at) throws IOException {
        buffer.clear();
        while (buffer.hasRemaining()) {
            if (log.read(buffer, at + buffer.position()) < 0) {
                return false;
            }
        }
        buffer.flip();
        return true;
    }

    private static void write(FileChannel out, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            out.write(buffer);
        }
    }

    /** Over the first eight bytes of the frame's header and its page. */
    private long frameChecksum(long seed, ByteBuffer frame) {
        return checksum(checksum(seed, frame, 0, 8), frame, FRAME_HEADER, FRAME_HEADER + pageSize);
    }

    private long checksum(long seed, ByteBuffer bytes, int from, int to) {
        int first = (int) (seed >>> 32);
        int second = (int) seed;
        for (int i = from; i < to; i += 8) {
            first += word(bytes, i) + second;
            second += word(bytes, i + 4) + first;
        }
        return (long) first << 32 | second & 0xffffffffL;
    }

    private int word(ByteBuffer bytes, int at) {
        int word = bytes.getInt(at);
        return bigEndian ? word : Integer.reverseBytes(word);
    }
}
