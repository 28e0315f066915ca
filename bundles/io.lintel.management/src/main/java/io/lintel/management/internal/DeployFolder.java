// SPDX-License-Identifier: Apache-2.0
package io.lintel.management.internal;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;

/**
 * The home's {@code deploy/}, whose jars the node runs, and which outlasts its end. What is put there is a bundle a moment
 * later, what is taken away is none, and a bundle of the distribution gets its own content back; that is others' work (File
 * Install, {@code io.lintel.deploy}).
 */
record DeployFolder(Path folder) {

    /** What a jar's manifest says. */
    record Jar(Path file, String symbolicName, String version) {
    }

    /** The jar, if it is a bundle. */
    static Optional<Jar> read(Path file) {
        try (JarFile jar = new JarFile(file.toFile())) {
            Manifest manifest = jar.getManifest();
            Attributes headers = manifest == null ? new Attributes() : manifest.getMainAttributes();
            String name = headers.getValue("Bundle-SymbolicName");
            String version = Optional.ofNullable(headers.getValue("Bundle-Version")).orElse("0.0.0").strip();
            return name == null ? Optional.empty() : Optional.of(new Jar(file, name.replaceFirst(";.*", "").strip(), version));
        } catch (IOException | IllegalArgumentException | SecurityException e) {
            return Optional.empty();
        }
    }

    /** Those that are bundles of this symbolic name. */
    List<Path> of(String symbolicName) throws IOException {
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> jars = Files.newDirectoryStream(folder, "*.jar")) {
                for (Path jar : jars) {
                    if (read(jar).filter(each -> each.symbolicName().equals(symbolicName)).isPresent()) {
                        found.add(jar);
                    }
                }
            }
        }
        return found;
    }

    /** Puts a jar there, in the place of all others of its name. */
    Path put(Jar jar) throws IOException {
        Path target = folder.resolve(jar.symbolicName() + ".jar");
        for (Path other : of(jar.symbolicName())) {
            if (!other.equals(target)) {
                Files.delete(other);
            }
        }
        return Files.move(jar.file(), target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Takes all of this name away; whether there was one. */
    boolean remove(String symbolicName) throws IOException {
        List<Path> found = of(symbolicName);
        for (Path jar : found) {
            Files.deleteIfExists(jar);
        }
        return !found.isEmpty();
    }
}
