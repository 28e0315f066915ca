// SPDX-License-Identifier: Apache-2.0
package io.lintel.management.internal;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * From where software may be installed: below the addresses that {@code management.sources} names, and from nowhere without
 * any. The fragment {@code #sha256=…} of an address is the digest of what must be found there; without it, plain HTTP is
 * refused, because anybody on the way could put something else there. Pure.
 */
final class Sources {
    private static final Pattern DIGEST = Pattern.compile("sha256=([0-9a-fA-F]{64})");

    private final List<URI> allowed = new ArrayList<>();

    /**
     * An address that may be used.
     *
     * @param address without its fragment
     * @param digest  SHA-256 in lower-case hexadecimal digits, if it was given
     */
    record Source(URI address, Optional<String> digest) {
    }

    /** @throws IllegalArgumentException if one of them is no address of a scheme that is served */
    Sources(List<String> allowed) {
        for (String address : allowed) {
            URI uri = URI.create(address.strip()).normalize();
            if (uri.getScheme() == null || !List.of("http", "https", "file").contains(uri.getScheme().toLowerCase(Locale.ROOT))
                    || uri.getPath() == null || uri.getRawFragment() != null || uri.getRawQuery() != null
                    || uri.getRawUserInfo() != null) {
                throw new IllegalArgumentException("management.sources: '" + address + "' is no address such as"
                        + " https://example.org/lintel/");
            }
            this.allowed.add(uri);
        }
    }

    /** The source that an address names, or the refusal, with a sentence for the originator. */
    Source of(String url) {
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException e) {
            throw Part.notAllowed("url is no address: " + e.getMessage());
        }
        String rawPath = Optional.ofNullable(uri.getRawPath()).orElse("").toLowerCase(Locale.ROOT);
        boolean odd = uri.getRawUserInfo() != null || rawPath.contains("%2e") || rawPath.contains("%2f")
                || rawPath.contains("\\");
        if (odd || allowed.stream().noneMatch(place -> isBelow(uri.normalize(), place))) {
            throw Part.notAllowed("software is not installed from there: url is below none of management.sources");
        }
        Optional<String> digest = Optional.empty();
        if (uri.getRawFragment() != null) {
            Matcher matcher = DIGEST.matcher(uri.getRawFragment());
            if (!matcher.matches()) {
                throw Part.notAllowed("the fragment of url is no digest such as #sha256= and 64 hexadecimal digits");
            }
            digest = Optional.of(matcher.group(1).toLowerCase(Locale.ROOT));
        }
        if (digest.isEmpty() && uri.getScheme().equalsIgnoreCase("http")) {
            throw Part.notAllowed("url is plain HTTP, which needs a digest behind it: #sha256= and 64 hexadecimal digits");
        }
        String text = uri.toString();
        return new Source(URI.create(digest.isEmpty() ? text : text.substring(0, text.indexOf('#'))), digest);
    }

    private static boolean isBelow(URI uri, URI place) {
        String path = place.getPath().endsWith("/") ? place.getPath() : place.getPath() + '/';
        return place.getScheme().equalsIgnoreCase(uri.getScheme()) && uri.getPath() != null && uri.getPath().startsWith(path)
                && !uri.getPath().contains("/../") && authority(place).equals(authority(uri));
    }

    private static String authority(URI uri) {
        return Optional.ofNullable(uri.getRawAuthority()).orElse("").toLowerCase(Locale.ROOT);
    }
}
