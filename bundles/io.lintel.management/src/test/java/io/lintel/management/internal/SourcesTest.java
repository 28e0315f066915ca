// SPDX-License-Identifier: Apache-2.0
package io.lintel.management.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.ResponseStatusCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** From where software is fetched, and that it is what was meant. */
class SourcesTest {
    private static final String DIGEST = "2CF24DBA5FB0A30E26E83B2AC5B9E29E1B161E5C1FA7425E73043362938B9824";

    private final Sources sources = new Sources(List.of("https://example.org/lintel/", "http://mirror:8000/sw",
            "file:///srv/software/"));

    @TempDir
    Path folder;
    private HttpServer server;

    @BeforeEach
    void aServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/hello", exchange -> {
            exchange.sendResponseHeaders(200, 5);
            exchange.getResponseBody().write("hello".getBytes(StandardCharsets.UTF_8));
            exchange.close();
        });
        server.createContext("/elsewhere", exchange -> {
            exchange.getResponseHeaders().add("Location", "/hello");
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void whatIsBelowAPlaceIsAllowed() {
        assertThat(sources.of("https://EXAMPLE.org/lintel/a.jar")).isEqualTo(new Sources.Source(
                URI.create("https://EXAMPLE.org/lintel/a.jar"), Optional.empty()));
        assertThat(sources.of("file:///srv/software/x/a.jar").digest()).isEmpty();
        assertThat(sources.of("http://mirror:8000/sw/a.jar#sha256=" + DIGEST)).isEqualTo(new Sources.Source(
                URI.create("http://mirror:8000/sw/a.jar"), Optional.of(DIGEST.toLowerCase(java.util.Locale.ROOT))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a.jar", "https://example.org/lintel", "https://example.org/other/a.jar",
        "https://example.org:444/lintel/a.jar", "https://example.org.evil/lintel/a.jar", "https://example.org/lintel/../a.jar",
        "https://me@example.org/lintel/a.jar", "https://example.org/lintel/%2e%2e/a.jar", "http://example.org/lintel/a.jar",
        "file:///srv/software/../../etc/a.jar", "file:///etc/a.jar", "ftp://example.org/lintel/a.jar",
        "http://mirror:8000/sw/a.jar", "https://example.org/lintel/a.jar#md5=00", "https://example.org/lintel/a b.jar",
        "https://example.org/lintel/a.jar#sha256=00"})
    void whatIsNotIsRefusedAndSoIsPlainHttpWithoutADigest(String url) {
        assertThatThrownBy(() -> sources.of(url)).isInstanceOfSatisfying(PrimitiveException.class, refusal ->
                assertThat(refusal.status()).isEqualTo(ResponseStatusCode.OPERATION_NOT_ALLOWED));
    }

    @Test
    void withoutPlacesNothingIsAllowed() {
        assertThatThrownBy(() -> new Sources(List.of()).of("https://example.org/a.jar"))
                .hasMessageContaining("management.sources");
    }

    @ParameterizedTest
    @ValueSource(strings = {"example.org", "ftp://example.org/", "https://example.org/?q=1", "https://me@example.org/"})
    void aPlaceThatIsNoAddressStopsTheStart(String place) {
        assertThatThrownBy(() -> new Sources(List.of(place))).isInstanceOf(IllegalArgumentException.class);
    }

    private Sources.Source at(String path, String digest) {
        return new Sources.Source(URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path),
                Optional.of(digest).filter(text -> !text.isEmpty()));
    }

    @Test
    void whatIsFetchedIsHeldAgainstItsDigest() throws IOException {
        String digest = DIGEST.toLowerCase(java.util.Locale.ROOT);
        Path file = new Download(folder, 5).fetch(at("/hello", digest));
        assertThat(file).hasContent("hello");
        Files.delete(file);
        assertThatThrownBy(() -> new Download(folder, 5).fetch(at("/hello", digest.replace('2', '3'))))
                .isInstanceOf(IOException.class).hasMessageContaining(digest);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void tooMuchOrFromElsewhereIsNotFetched() {
        assertThatThrownBy(() -> new Download(folder, 4).fetch(at("/hello", ""))).hasMessageContaining("more than 4 bytes");
        assertThatThrownBy(() -> new Download(folder, 5).fetch(at("/elsewhere", ""))).hasMessageContaining("302");
        assertThatThrownBy(() -> new Download(folder, 5).fetch(at("/nowhere", ""))).hasMessageContaining("404");
        assertThat(folder).isEmptyDirectory();
    }
}
