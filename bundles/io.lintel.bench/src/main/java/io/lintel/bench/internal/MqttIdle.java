// SPDX-License-Identifier: Apache-2.0
package io.lintel.bench.internal;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/**
 * What connections cost that do nothing: resident memory of the node and of Mosquitto with 10,000 clients, or as many
 * as this process may have files open, each with one subscription. Every hundredth gets a message at the end, to show
 * that they are served. Each server is alone while it is measured.
 */
final class MqttIdle implements Benchmark {
    private static final int MOST = 10_000;
    private static final int FILES_FOR_OTHERS = 300;
    /** Less than the backlog of either server. */
    private static final int AT_ONCE = 50;
    private static final int EVERY = 100;
    private static final long REST_MILLIS = 4_000;
    private static final double PATIENCE_SECONDS = 60;

    @Override
    public String name() {
        return "mqtt-idle";
    }

    /** Memory in MB. */
    private record Memory(double before, double after, double kilobytesEach) {
    }

    @Override
    public List<Figure> run(Workbench bench) throws Exception {
        UnixOperatingSystemMXBean system = (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        int count = (int) Math.min(MOST, system.getMaxFileDescriptorCount() - FILES_FOR_OTHERS);
        Memory own;
        try (Node node = bench.node("mn", "mqttserver.maxConnections=" + (count + EVERY))) {
            own = measure(node.mqttPort(), node.pid(), count);
        }
        List<Figure> figures = new ArrayList<>();
        if (!Files.isExecutable(Mosquitto.PROGRAM)) {
            figures.add(Figure.alone(title(count, "resident memory with them"), "MB", own.after(), Budget.NONE));
            return figures;
        }
        Memory other;
        int port = Workbench.freePort();
        try (Child mosquitto = Mosquitto.start(bench, port)) {
            other = measure(port, mosquitto.pid(), count);
        }
        figures.add(pair(title(count, "resident memory before"), "MB", own.before(), other.before()));
        figures.add(pair(title(count, "resident memory with them"), "MB", own.after(), other.after()));
        figures.add(pair(title(count, "memory of each"), "kB", own.kilobytesEach(), other.kilobytesEach()));
        return figures;
    }

    private static String title(int count, String what) {
        return String.format(java.util.Locale.ROOT, "mqtt-idle: %,d connections: %s", count, what);
    }

    private static Figure pair(String what, String unit, double own, double other) {
        return new Figure(what, unit, own, other, own / other, Budget.NONE);
    }

    private static Memory measure(int port, long pid, int count) throws IOException, InterruptedException {
        Thread.sleep(REST_MILLIS);
        double before = Proc.residentMegabytes(pid);
        List<LoadClient> clients = new ArrayList<>();
        try (LoadLoop loop = new LoadLoop()) {
            int[] ready = {0};
            loop.run("the connections", PATIENCE_SECONDS, () -> {
                while (ready[0] < clients.size() && clients.get(ready[0]).isSubscribed()) {
                    ready[0]++;
                }
                while (clients.size() < count && clients.size() < ready[0] + AT_ONCE) {
                    LoadClient client = new LoadClient(loop, "127.0.0.1", port, "idle-" + clients.size(), true);
                    client.subscribe("idle/" + clients.size() + "/#");
                    clients.add(client);
                }
                return ready[0] == count;
            });
            loop.pause(REST_MILLIS / 1e3);
            double after = Proc.residentMegabytes(pid);
            serve(loop, port, clients);
            for (LoadClient client : clients) {
                client.close();
            }
            return new Memory(before, after, (after - before) * 1024 / count);
        }
    }

    private static void serve(LoadLoop loop, int port, List<LoadClient> clients) throws IOException {
        int[] got = {0};
        try (LoadClient publisher = new LoadClient(loop, "127.0.0.1", port, "idle-publisher", true)) {
            for (int i = 0; i < clients.size(); i += EVERY) {
                clients.get(i).receiver(new Counting(got));
                publisher.publish(LoadPackets.PublishTemplate.of("idle/" + i + "/state", new byte[2 * Long.BYTES]), i + 1, 0, 0);
            }
            loop.run("messages for idle clients", PATIENCE_SECONDS, () -> got[0] == (clients.size() + EVERY - 1) / EVERY);
        }
    }

    /** Counts messages. */
    private record Counting(int[] got) implements LoadClient.Receiver {
        @Override
        public void message(ByteBuffer packet, int payloadAt, int end) {
            got[0]++;
        }

        @Override
        public void acknowledged(int packetId) {
            // it publishes nothing
        }
    }
}
