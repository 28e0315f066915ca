// SPDX-License-Identifier: Apache-2.0
package io.lintel.deploy.internal;

import java.io.File;
import java.io.IOException;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import org.osgi.framework.Constants;
import org.osgi.framework.Version;

/**
 * A jar in {@code deploy/} as its manifest presents it.
 *
 * @param size in bytes; with the time of modification it tells one content of a file from the next
 */
record OfferedJar(File file, String symbolicName, Version version, long modifiedMillis, long size) {

    /** Empty for a file that is no bundle, or not yet a whole one. */
    static Optional<OfferedJar> read(File file) {
        try (JarFile jar = new JarFile(file)) {
            Manifest manifest = jar.getManifest();
            if (manifest == null) {
                return Optional.empty();
            }
            Attributes headers = manifest.getMainAttributes();
            String name = headers.getValue(Constants.BUNDLE_SYMBOLICNAME);
            if (name == null) {
                return Optional.empty();
            }
            int directive = name.indexOf(';');
            return Optional.of(new OfferedJar(file, (directive < 0 ? name : name.substring(0, directive)).trim(),
                    Version.parseVersion(headers.getValue(Constants.BUNDLE_VERSION)), file.lastModified(), file.length()));
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
