// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.sqlite.internal;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * The test's class path for hundreds of JVMs: all of it jars, as class data sharing demands, with an archive of what a
 * server loads, which halves the time of its start.
 */
final class SharedClasses {
    private final Path archive;
    private final String classPath;

    SharedClasses(Path directory) throws IOException {
        archive = directory.resolve("classes.jsa");
        List<String> jars = new ArrayList<>();
        for (String element : System.getProperty("java.class.path").split(":")) {
            Path path = Path.of(element);
            if (Files.isDirectory(path)) {
                Path jar = directory.resolve("classes" + jars.size() + ".jar");
                pack(path, jar);
                jars.add(jar.toString());
            } else if (Files.exists(path)) {
                jars.add(element);
            }
        }
        classPath = String.join(":", jars);
    }

    private static void pack(Path classes, Path jar) throws IOException {
        try (OutputStream file = Files.newOutputStream(jar); ZipOutputStream zip = new ZipOutputStream(file);
                Stream<Path> all = Files.walk(classes)) {
            zip.setLevel(0);
            for (Path path : all.filter(Files::isRegularFile).toList()) {
                zip.putNextEntry(new ZipEntry(classes.relativize(path).toString()));
                Files.copy(path, zip);
                zip.closeEntry();
            }
        }
    }

    /** Options for the process that shows what is loaded; it writes the archive when it ends by itself. */
    List<String> recording() {
        return List.of("-Xshare:auto", "-XX:ArchiveClassesAtExit=" + archive, "-Xlog:disable", "-cp", classPath);
    }

    /** Options for all the others. */
    List<String> sharing() {
        return List.of("-Xshare:auto", "-XX:SharedArchiveFile=" + archive, "-Xlog:disable", "-cp", classPath);
    }
}
