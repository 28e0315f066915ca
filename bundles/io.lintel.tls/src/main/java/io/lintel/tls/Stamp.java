// SPDX-License-Identifier: Apache-2.0
package io.lintel.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * By what a changed file is told from an unchanged one without reading it. Two stamps of a file are equal if it was
 * neither written nor replaced in between.
 *
 * @param fileKey device and inode, where there are such; text, so that it can be compared
 */
public record Stamp(long modifiedNanos, long size, String fileKey) {
    /** The stamp of a file that is not there, or cannot be looked at. */
    public static final Stamp NONE = new Stamp(0, -1, "");

    public static Stamp of(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new Stamp(attributes.lastModifiedTime().to(java.util.concurrent.TimeUnit.NANOSECONDS), attributes.size(),
                    String.valueOf(attributes.fileKey()));
        } catch (IOException e) {
            return NONE;
        }
    }
}
