// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.sqlite.internal;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a process asked of the operating system, as strace recorded it ({@code strace -f -y -xx}): writes to files and
 * sockets, syncs, and files made shorter, each with when it began and ended. From it comes what a disk holds after the
 * power went at some moment: all that was synced, and of the rest anything, in sectors.
 */
final class SystemCalls {
    private static final int SECTOR = 512;
    private static final Pattern BEGIN =
            Pattern.compile("(\\d+) +(pwrite64|writev?|fdatasync|fsync|ftruncate)\\(\\d+<([^>]*)>(.*)");
    private static final Pattern RESUMED = Pattern.compile("(\\d+) +<\\.\\.\\. (\\w+) resumed>(.*)");
    private static final Pattern TEXT = Pattern.compile("\"((?:\\\\x[0-9a-f]{2})*)\"");

    private final List<Call> calls = new ArrayList<>();
    private int lines;

    /** One call; {@code from} and {@code to} are lines of the record. */
    static final class Call {
        final String name;
        final String path;
        final byte[] data;
        final long offset;
        final int from;
        int to = Integer.MAX_VALUE;

        private Call(String name, String path, byte[] data, long offset, int from) {
            this.name = name;
            this.path = path;
            this.data = data;
            this.offset = offset;
            this.from = from;
        }

        boolean isSync() {
            return name.equals("fdatasync") || name.equals("fsync");
        }

        boolean isOf(Path file) {
            return path.equals(file.toString());
        }
    }

    SystemCalls(Path record) throws IOException {
        Map<String, Call> unfinished = new HashMap<>();
        for (String line : Files.readAllLines(record, StandardCharsets.ISO_8859_1)) {
            lines++;
            Matcher begin = BEGIN.matcher(line);
            Matcher resumed = RESUMED.matcher(line);
            if (begin.matches()) {
                String path = new String(bytes(begin.group(3)), StandardCharsets.UTF_8);
                Call call = call(begin.group(2), path, begin.group(4));
                calls.add(call);
                if (line.endsWith("<unfinished ...>")) {
                    unfinished.put(begin.group(1), call);
                } else {
                    call.to = lines;
                }
            } else if (resumed.matches()) {
                Call call = unfinished.remove(resumed.group(1));
                if (call != null) {
                    call.to = lines;
                }
            }
        }
    }

    private SystemCalls(List<Call> calls, int lines) {
        this.calls.addAll(calls);
        this.lines = lines;
    }

    /** The same, had nobody asked for syncs. */
    SystemCalls withoutSyncs() {
        return new SystemCalls(calls.stream().filter(call -> !call.isSync()).toList(), lines);
    }

    private Call call(String name, String path, String rest) {
        Matcher text = TEXT.matcher(rest);
        StringBuilder all = new StringBuilder();
        String after = rest;
        while (text.find()) {
            all.append(text.group(1));
            after = rest.substring(text.end());
        }
        byte[] data = bytes(all.toString());
        String[] numbers = after.replaceAll("\\).*|<.*", "").split(", *");
        long offset = name.equals("pwrite64") ? Long.parseLong(numbers[2].trim())
                : name.equals("ftruncate") ? Long.parseLong(numbers[1].trim()) : 0;
        return new Call(name, path, data, offset, lines);
    }

    private static byte[] bytes(String escaped) {
        byte[] bytes = new byte[escaped.length() / 4];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Integer.parseInt(escaped.substring(4 * i + 2, 4 * i + 4), 16);
        }
        return bytes;
    }

    List<Call> calls() {
        return calls;
    }

    int lines() {
        return lines;
    }

    /** Whether what the call wrote had to be on the disk at that moment. */
    boolean isSynced(Call write, int moment) {
        return calls.stream().anyMatch(c -> c.isSync() && c.path.equals(write.path) && c.from > write.to && c.to < moment);
    }

    /**
     * Applies to a copy of what the files were at the beginning what a power cut at the moment leaves.
     *
     * @param likely how many of a hundred writes that were not synced are on the disk nevertheless, whole or in part
     */
    void replay(Path original, Path copy, int moment, int likely, Random random) throws IOException {
        Map<String, Integer> synced = new HashMap<>();
        for (Call call : calls) {
            if (call.isSync() && call.to < moment) {
                synced.merge(call.path, call.from, Math::max);
            }
        }
        try (RandomAccessFile file = new RandomAccessFile(copy.toFile(), "rw")) {
            for (Call call : calls) {
                if (!call.isOf(original) || call.from >= moment || call.isSync()) {
                    continue;
                }
                boolean certain = call.to < synced.getOrDefault(call.path, -1);
                if (!certain && random.nextInt(100) >= likely) {
                    continue;
                }
                if (call.name.equals("ftruncate")) {
                    file.setLength(call.offset);
                } else {
                    apply(file, call, certain || random.nextBoolean(), random);
                }
            }
        }
    }

    private static void apply(RandomAccessFile file, Call call, boolean whole, Random random) throws IOException {
        for (int i = 0; i < call.data.length;) {
            long at = call.offset + i;
            int length = (int) Math.min(call.data.length - i, SECTOR - at % SECTOR);
            if (whole || random.nextBoolean()) {
                file.seek(at);
                file.write(call.data, i, length);
            }
            i += length;
        }
    }
}
