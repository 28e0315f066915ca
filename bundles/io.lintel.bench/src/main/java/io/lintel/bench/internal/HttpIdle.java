// SPDX-License-Identifier: Apache-2.0
package io.lintel.bench.internal;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What HTTP connections cost that do nothing: resident memory of a node with 10,000 of them, or as many as this process may have
 * files open, each of which has asked twice; and how long others wait for an answer meanwhile. With 128 MB of heap, which the
 * manual asks for with so many.
 */
final class HttpIdle implements Benchmark {
    private static final int MOST = 10_000;
    private static final int FILES_FOR_OTHERS = 300;
    private static final int OTHERS = 500;
    private static final int ENOUGH = 8_192;
    private static final String HEAP = "-Xmx128m -XX:+UseSerialGC -Xss512k -XX:+ExitOnOutOfMemoryError";
    private static final Pattern LENGTH = Pattern.compile("(?i)content-length: *(\\d+)");

    @Override
    public String name() {
        return "http-idle";
    }

    @Override
    public List<Figure> run(Workbench bench) throws Exception {
        UnixOperatingSystemMXBean system = (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        int count = (int) Math.min(MOST, system.getMaxFileDescriptorCount() - FILES_FOR_OTHERS);
        List<Figure> figures = new ArrayList<>();
        List<Socket> idle = new ArrayList<>();
        try (Node node = bench.node("mn", List.of("env", "LINTEL_JAVA_OPTS=" + HEAP), "http.maxConnections=" + (count + OTHERS),
                "http.idleTimeoutMillis=600000")) {
            String request = "GET /" + node.base()
                    + " HTTP/1.1\r\nHost: localhost\r\nX-M2M-RI: 1\r\nX-M2M-Origin: CAdmin\r\n\r\n";
            double[] alone = waits(node.httpPort(), request);
            double before = Proc.residentMegabytes(node.pid());
            for (int i = 0; i < count; i++) {
                idle.add(new Socket(InetAddress.getLoopbackAddress(), node.httpPort()));
                ask(idle.get(i), request);
            }
            for (Socket socket : idle) {
                ask(socket, request);
            }
            double after = Proc.residentMegabytes(node.pid());
            double[] beside = waits(node.httpPort(), request);
            figures.add(Figure.alone(title(count, "resident memory before"), "MB", before, Budget.NONE));
            figures.add(Figure.alone(title(count, "resident memory with them"), "MB", after, Budget.NONE));
            figures.add(new Figure(title(count, "answer to others, median"), "ms", beside[0], alone[0], beside[0] / alone[0],
                    Budget.NONE));
            figures.add(new Figure(title(count, "answer to others, 99 %"), "ms", beside[1], alone[1], beside[1] / alone[1],
                    Budget.NONE));
        } finally {
            for (Socket socket : idle) {
                socket.close();
            }
        }
        return figures;
    }

    private static String title(int count, String what) {
        return String.format(Locale.ROOT, "http-idle: %,d connections: %s", count, what);
    }

    /** Median and 99th percentile in milliseconds of requests on connections of their own. */
    private static double[] waits(int port, String request) throws IOException {
        double[] millis = new double[OTHERS];
        for (int i = 0; i < OTHERS; i++) {
            long started = System.nanoTime();
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                ask(socket, request);
            }
            millis[i] = (System.nanoTime() - started) / 1e6;
        }
        Arrays.sort(millis);
        return new double[] {millis[OTHERS / 2], millis[OTHERS * 99 / 100]};
    }

    private static void ask(Socket socket, String request) throws IOException {
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        InputStream in = socket.getInputStream();
        byte[] answer = new byte[ENOUGH];
        int got = 0;
        int end = -1;
        while (end < 0) {
            int more = in.read(answer, got, ENOUGH - got);
            if (more <= 0) {
                throw new IOException("an idle connection was closed");
            }
            got += more;
            end = new String(answer, 0, got, StandardCharsets.ISO_8859_1).indexOf("\r\n\r\n");
        }
        String text = new String(answer, 0, end, StandardCharsets.ISO_8859_1);
        Matcher length = LENGTH.matcher(text);
        if (!text.startsWith("HTTP/1.1 200") || !length.find()) {
            throw new IOException("not served: " + text);
        }
        in.readNBytes(Integer.parseInt(length.group(1)) - (got - end - 4));
    }
}
