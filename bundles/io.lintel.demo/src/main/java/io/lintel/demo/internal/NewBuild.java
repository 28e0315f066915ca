// SPDX-License-Identifier: Apache-2.0
package io.lintel.demo.internal;

import io.lintel.demo.parts.Node;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Enumeration;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/**
 * A newer build of a bundle, ready to be dropped into a running node's {@code deploy/}: its code is the same, its version
 * is not.
 */
final class NewBuild {
    private static final String VERSION = "Bundle-Version";

    private final Path jar;
    private final Path deploy;
    private final String bundle;
    private final String version;

    private NewBuild(Path jar, Path deploy, String bundle, String version) {
        this.jar = jar;
        this.deploy = deploy;
        this.bundle = bundle;
        this.version = version;
    }

    /** Builds from the jar that the demonstration was started with, named by the system property {@code lintel.<bundle>}. */
    static NewBuild of(String bundle, Path home) throws IOException {
        Path original = Path.of(System.getProperty("lintel." + bundle));
        Path jar = Files.createTempFile(bundle, ".jar");
        try (JarFile old = new JarFile(original.toFile())) {
            Manifest manifest = new Manifest(old.getManifest());
            String version = manifest.getMainAttributes().getValue(VERSION) + "-next";
            manifest.getMainAttributes().putValue(VERSION, version);
            try (OutputStream file = Files.newOutputStream(jar); JarOutputStream next = new JarOutputStream(file, manifest)) {
                copy(old, next);
            }
            return new NewBuild(jar, home.resolve("deploy"), bundle, version);
        }
    }

    private static void copy(JarFile old, JarOutputStream next) throws IOException {
        for (Enumeration<JarEntry> entries = old.entries(); entries.hasMoreElements();) {
            JarEntry entry = entries.nextElement();
            if (entry.getName().equals(JarFile.MANIFEST_NAME)) {
                continue;
            }
            next.putNextEntry(new JarEntry(entry.getName()));
            try (InputStream content = old.getInputStream(entry)) {
                content.transferTo(next);
            }
            next.closeEntry();
        }
    }

    /** Under a temporary name first, so that no half of it is ever seen. */
    void deploy() throws IOException {
        Path incoming = deploy.resolve("." + bundle + ".incoming");
        Files.copy(jar, incoming, StandardCopyOption.REPLACE_EXISTING);
        Files.move(incoming, deploy.resolve(bundle + ".jar"), StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        Files.delete(jar);
    }

    /** Whether the node's health says that this build serves. */
    boolean isActive(Node node) {
        try {
            HttpRequest health = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.consolePort() + "/health")).build();
            return HttpClient.newHttpClient().send(health, HttpResponse.BodyHandlers.ofString()).body().contains(version);
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
