// SPDX-License-Identifier: Apache-2.0
package io.lintel.bench.internal;

import java.util.List;

/** One question, answered by rounds in which product and limit take turns on the same machine. */
interface Benchmark {
    String name();

    List<Figure> run(Workbench bench) throws Exception;
}
