// SPDX-License-Identifier: Apache-2.0
package io.lintel.bench.internal;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a start costs: CPU until the node says that it is ready, and its memory at rest. */
final class Start implements Benchmark {
    private static final int STARTS = 5;
    private static final long REST_MILLIS = 2_000;

    @Override
    public String name() {
        return "start";
    }

    /** @param jvm of the JVM alone; {@code all} with the start script and the programs that it runs */
    private record Cost(double jvm, double all, double megabytes) {
    }

    @Override
    public List<Figure> run(Workbench bench) throws Exception {
        Path home = bench.newHome("mn");
        Cost first = cost(bench, home);
        List<Double> jvm = new ArrayList<>();
        List<Double> all = new ArrayList<>();
        List<Double> megabytes = new ArrayList<>();
        for (int i = 0; i < STARTS; i++) {
            Cost cost = cost(bench, home);
            jvm.add(cost.jvm());
            all.add(cost.all());
            megabytes.add(cost.megabytes());
        }
        return List.of(
                Figure.alone("start: CPU of the JVM to ready", "s", Samples.median(jvm), Budget.atMost(1.5, "s")),
                Figure.alone("start: CPU of the JVM to ready, first start in a new home", "s", first.jvm(), Budget.atMost(3,
                        "s")),
                Figure.alone("start: CPU to ready with all that the script does", "s", Samples.median(all), Budget.atMost(3,
                        "s")),
                Figure.alone("start: resident at rest, -Xmx64m", "MB", Samples.median(megabytes), Budget.atMost(120, "MB")),
                Figure.alone("start: resident at rest, first start in a new home", "MB", first.megabytes(), Budget.atMost(150,
                        "MB")));
    }

    private static Cost cost(Workbench bench, Path home) throws Exception {
        try (Node node = bench.start("mn", home, List.of())) {
            // The script becomes the JVM; what its process used until then is not the JVM's.
            double script = 0;
            while (!Proc.runs(node.pid(), "java")) {
                script = Proc.cpuSeconds(node.pid());
                Thread.sleep(2);
            }
            node.awaitReady();
            double cpu = node.cpuSeconds();
            double all = cpu + Proc.childrenCpuSeconds(node.pid());
            Thread.sleep(REST_MILLIS);
            return new Cost(cpu - script, all, Proc.residentMegabytes(node.pid()));
        }
    }
}
