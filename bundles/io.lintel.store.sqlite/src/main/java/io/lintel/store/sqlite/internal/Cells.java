// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.sqlite.internal;

import io.lintel.store.sqlite.internal.PageFile.Kind;
import io.lintel.store.sqlite.internal.PageFile.Row;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns the cells of a {@link PageFile} into rows, trusting nothing: every length is held against what is there, a text
 * has to be UTF-8, and a record has to end where its header says. What does not fit is no row.
 *
 * <p>Format: sqlite.org/fileformat2.html, sections 1.6 and 2.1.
 */
final class Cells {
    private static final int MOST_COLUMNS = 64;

    private final PageFile file;
    private final int pageSize;

    Cells(PageFile file, int pageSize) {
        this.file = file;
        this.pageSize = pageSize;
    }

    /** The row whose cell begins there (behind the pointer to the page below, if it has one); null if there is none. */
    Row row(ByteBuffer page, int at, Kind kind) throws IOException {
        try {
            ByteBuffer cell = page.duplicate().position(at);
            long length = varint(cell);
            long number = kind == Kind.NUMBERED ? varint(cell) : 0;
            if (length < 2 || length > (long) file.pages() * pageSize) {
                return null;
            }
            List<Object> values = record(payload(cell, (int) length, kind));
            return values == null ? null : new Row(number, values);
        } catch (BufferUnderflowException | IllegalArgumentException | CharacterCodingException e) {
            return null;   // the cell ends outside its page, or its text is none
        }
    }

    private ByteBuffer payload(ByteBuffer cell, int length, Kind kind) throws IOException {
        int most = kind == Kind.NUMBERED ? pageSize - 35 : (pageSize - 12) * 64 / 255 - 23;
        if (length <= most) {
            return cell.slice(cell.position(), within(cell, length)).duplicate();
        }
        int least = (pageSize - 12) * 32 / 255 - 23;
        int local = least + (length - least) % (pageSize - 4);
        if (local > most) {
            local = least;
        }
        int next = cell.getInt(cell.position() + within(cell, local + 4) - 4);
        int following = (length - local + pageSize - 5) / (pageSize - 4);
        if (following > file.pages()) {
            throw new BufferUnderflowException();
        }
        List<ByteBuffer> chain = new ArrayList<>();
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < following; i++) {
            if (next < 2 || next > file.pages() || numbers.size() < 64 && numbers.contains(next)) {
                throw new BufferUnderflowException();
            }
            ByteBuffer page = file.page(next);
            numbers.add(next);
            next = page.getInt(0);
            chain.add(page.position(4));
        }
        if (next != 0) {
            throw new BufferUnderflowException();
        }
        numbers.forEach(file::overflow);
        ByteBuffer whole = ByteBuffer.allocate(length);
        whole.put(cell.slice(cell.position(), local));
        chain.forEach(page -> whole.put(page.limit(Math.min(page.limit(), 4 + whole.remaining()))));
        return whole.flip();
    }

    private static int within(ByteBuffer buffer, int length) {
        if (length > buffer.remaining()) {
            throw new BufferUnderflowException();
        }
        return length;
    }

    private static List<Object> record(ByteBuffer record) throws CharacterCodingException {
        int end = record.position();
        long header = varint(record);
        if (header < 1 || header > record.limit()) {
            return null;
        }
        end += (int) header;
        List<Long> types = new ArrayList<>();
        while (record.position() < end) {
            types.add(varint(record));
        }
        if (record.position() != end || types.size() > MOST_COLUMNS) {
            return null;
        }
        List<Object> values = new ArrayList<>();
        for (long type : types) {
            if (type == 7 || type == 10 || type == 11 || type < 0) {
                return null;   // a floating-point number, which no table has, or no type at all
            }
            values.add(value(record, type));
        }
        return record.hasRemaining() ? null : values;
    }

    private static Object value(ByteBuffer record, long type) throws CharacterCodingException {
        if (type == 0) {
            return null;
        }
        if (type == 8 || type == 9) {
            return type - 8;
        }
        if (type < 7) {
            return integer(record, type == 5 ? 6 : type == 6 ? 8 : (int) type);
        }
        byte[] bytes = new byte[within(record, (int) Math.min(Integer.MAX_VALUE, (type - 12) / 2))];
        record.get(bytes);
        return type % 2 == 0 ? bytes : StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    }

    private static Long integer(ByteBuffer record, int bytes) {
        long value = record.get();
        for (int i = 1; i < bytes; i++) {
            value = value << 8 | record.get() & 0xff;
        }
        return value;
    }

    private static long varint(ByteBuffer bytes) {
        long value = 0;
        for (int i = 0; i < 8; i++) {
            byte next = bytes.get();
            value = value << 7 | next & 0x7f;
            if (next >= 0) {
                return value;
            }
        }
        return value << 8 | bytes.get() & 0xff;
    }
}
