// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.sqlite.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A database file read page by page, without SQLite: SQLite gives up a whole query at the first page that is damaged, and
 * cannot go on behind it where the page above is gone. For {@link Salvage}, while nobody has the database open. Remembers
 * which pages were seen, so that those which no sound page leads to any more can be found afterwards. Memory is one bit a
 * page and the rows of one page.
 *
 * <p>Format: sqlite.org/fileformat2.html, sections 1.3 to 1.6.
 */
final class PageFile implements AutoCloseable {
    private static final int FILE_HEADER = 100;
    private static final int LEAF_HEADER = 8;
    private static final int INTERIOR_HEADER = 12;
    private static final int DEEPEST = 24;

    private final FileChannel channel;
    private final int pageSize;
    private final int pages;
    private final int firstFree;
    private final BitSet seen = new BitSet();
    private final Cells cells;

    /** Whether its table keeps rows under a number, or is its primary key's index; by the types of its pages. */
    enum Kind {
        NUMBERED(0x05, 0x0d), KEYED(0x02, 0x0a);

        private final int interior;
        private final int leaf;

        Kind(int interior, int leaf) {
            this.interior = interior;
            this.leaf = leaf;
        }
    }

    /** What takes the rows of a tree. */
    interface Rows {
        /** False if it can be no row of this table: then nothing was taken. */
        boolean take(Row row) throws IOException;
    }

    /**
     * One row as it is in its page.
     *
     * @param number its number, 0 in a tree that is an index
     * @param values Long, String, byte[] or null, in the order in which they are stored
     */
    record Row(long number, List<Object> values) {
    }

    /** Pages of one tree that could not be read, and single rows in readable pages. */
    static final class Losses {
        final Set<Integer> pages = new HashSet<>();
        int rows;
        /** Whether pages below a lost one may be missing too. */
        boolean branches;

        boolean isEmpty() {
            return pages.isEmpty() && rows == 0;
        }
    }

    /** @throws IOException if the file's own header cannot be used; the message says why */
    PageFile(Path file) throws IOException {
        channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            ByteBuffer header = ByteBuffer.allocate(FILE_HEADER);
            fill(header, 0);
            int size = header.getShort(16) & 0xffff;
            pageSize = size == 1 ? 65_536 : size;
            if (pageSize < 512 || Integer.bitCount(pageSize) != 1 || header.get(20) != 0 || header.getInt(52) != 0
                    || header.getInt(56) != 1) {
                throw new IOException("the header of the database is damaged");
            }
            pages = (int) Math.min(Integer.MAX_VALUE, channel.size() / pageSize);
            firstFree = header.getInt(32);
            cells = new Cells(this, pageSize);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    int pages() {
        return pages;
    }

    /** Gives all rows of the tree that can be read. */
    Losses walk(int root, Kind kind, Rows rows) throws IOException {
        Losses losses = new Losses();
        visit(root, kind, rows, losses, 0);
        return losses;
    }

    private void visit(int number, Kind kind, Rows rows, Losses losses, int depth) throws IOException {
        if (number < 1 || number > pages || seen.get(number) || depth > DEEPEST) {
            losses.branches = true;
            losses.pages.add(number);
            return;
        }
        ByteBuffer page = page(number);
        int at = number == 1 ? FILE_HEADER : 0;
        int type = page.get(at);
        seen.set(number);
        if (type == kind.leaf) {
            if (!leaf(page, at, kind, rows, losses)) {
                losses.pages.add(number);
                seen.clear(number);   // it may be another tree's, and the way here is what is damaged
            }
        } else if (type == kind.interior) {
            for (int child : interior(number, page, at, kind, rows, losses)) {
                visit(child, kind, rows, losses, depth + 1);
            }
        } else {
            losses.branches = true;
            losses.pages.add(number);
        }
    }

    /** False if not one of its cells is a row of this table. */
    private boolean leaf(ByteBuffer page, int at, Kind kind, Rows rows, Losses losses) throws IOException {
        int count = page.getShort(at + 3) & 0xffff;
        int taken = 0;
        for (int i = 0; i < count && at + LEAF_HEADER + 2 * i + 2 <= pageSize; i++) {
            Row row = cells.row(page, page.getShort(at + LEAF_HEADER + 2 * i) & 0xffff, kind);
            if (row != null && rows.take(row)) {
                taken++;
            }
        }
        if (taken == 0 && count > 0) {
            return false;
        }
        losses.rows += count - taken;
        return count > 0 || page.getShort(at + 5) == 0 || (page.getShort(at + 5) & 0xffff) == pageSize;
    }

    private List<Integer> interior(int number, ByteBuffer page, int at, Kind kind, Rows rows, Losses losses) throws IOException {
        int count = page.getShort(at + 3) & 0xffff;
        List<Integer> children = new ArrayList<>();
        for (int i = 0; i < count && at + INTERIOR_HEADER + 2 * i + 2 <= pageSize; i++) {
            int cell = page.getShort(at + INTERIOR_HEADER + 2 * i) & 0xffff;
            if (cell + 4 > pageSize) {
                losses.branches = true;
                losses.pages.add(number);
                continue;
            }
            children.add(page.getInt(cell));
            if (kind == Kind.KEYED) {
                Row row = cells.row(page, cell + 4, kind);
                losses.rows += row != null && rows.take(row) ? 0 : 1;
            }
        }
        children.add(page.getInt(at + 8));
        return children;
    }

    /** Marks the pages that are in no tree, so that what is left in them is not taken for lost rows. */
    void markFree() throws IOException {
        int trunk = firstFree;
        while (trunk > 0 && trunk <= pages && !seen.get(trunk)) {
            seen.set(trunk);
            ByteBuffer page = page(trunk);
            int count = Math.min(page.getInt(4), pageSize / 4 - 2);
            for (int i = 0; i < count; i++) {
                int free = page.getInt(8 + 4 * i);
                if (free > 0 && free <= pages) {
                    seen.set(free);
                }
            }
            trunk = page.getInt(0);
        }
    }

    /** Gives the rows of all pages of the kind that nothing led to; those whose rows are refused stay unseen. */
    void orphans(Kind kind, Rows rows) throws IOException {
        for (int number = seen.nextClearBit(2); number <= pages; number = seen.nextClearBit(number + 1)) {
            ByteBuffer page = page(number);
            int type = page.get(0);
            Losses losses = new Losses();
            boolean taken = false;
            if (type == kind.leaf) {
                taken = (page.getShort(3) & 0xffff) > 0 && leaf(page, 0, kind, rows, losses);
            } else if (type == kind.interior && kind == Kind.KEYED) {
                int before = page.getShort(3) & 0xffff;
                interior(number, page, 0, kind, rows, losses);
                taken = before > losses.rows && losses.pages.isEmpty();
            }
            if (taken) {
                seen.set(number);
            }
        }
    }

    /** A page of its own memory. */
    ByteBuffer page(int number) throws IOException {
        ByteBuffer page = ByteBuffer.allocate(pageSize);
        fill(page, (number - 1L) * pageSize);
        return page;
    }

    /** A page that continues a row. */
    void overflow(int number) {
        seen.set(number);
    }

    private void fill(ByteBuffer buffer, long at) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, at + buffer.position()) < 0) {
                throw new IOException("the database ends within a page");
            }
        }
        buffer.flip();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
