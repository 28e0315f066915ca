// SPDX-License-Identifier: Apache-2.0
package io.lintel.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.tls.internal.NodeCertificates;
import io.lintel.tls.internal.Pem;
import io.lintel.tls.TlsSettings.ClientCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a TLS listener does before its first connection: it makes no context, and yet knows what is wrong. */
class ListenerTlsTest {
    @TempDir
    private Path folder;

    private ListenerTls context(TlsSettings settings) {
        return new ListenerTls("tls", settings, new NodeCertificates(folder), Runnable::run);
    }

    private TlsSettings settings(Path certificate, Path key, Path clientCa, Path crl, String... ciphers) {
        return new TlsSettings(Optional.ofNullable(certificate), Optional.ofNullable(key), Optional.ofNullable(clientCa),
                Optional.ofNullable(crl), List.of("TLSv1.3"), List.of(ciphers), List.of("gateway.example"),
                ClientCertificates.WELCOME);
    }

    private Path file(String name) {
        return folder.resolve(name);
    }

    private void copy(String from, String to) throws IOException {
        Files.copy(file(from), file(to), StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    void aNewHomeGetsItsFilesAndTheFirstConnectionTheContext() throws Exception {
        ListenerTls context = context(settings(null, null, null, null));
        context.check();
        assertThat(file("ca.crt")).as("nothing is done before it begins").doesNotExist();
        context.begin();
        context.check();
        assertThat(Pem.certificates(file("server.crt")).get(0).getSubjectAlternativeNames().toString())
                .contains("gateway.example");
        assertThat(file("server.key")).exists();
        assertThat(context.current()).isNull();
        assertThat(context.problem()).isEmpty();
        assertThat(context.prepare()).isCompleted();
        assertThat(context.current()).isNotNull();
    }

    @Test
    void filesThatWereDeletedAreMadeAgainWithoutAContext() throws Exception {
        ListenerTls context = context(settings(null, null, null, null));
        context.begin();
        Files.delete(file("server.key"));
        context.check();
        assertThat(file("server.key")).exists();
        assertThat(context.current()).isNull();
    }

    @Test
    void theAuthoritysKeyMayBeElsewhere() throws Exception {
        context(settings(null, null, null, null)).begin();
        Files.delete(file("ca.key"));
        ListenerTls context = context(settings(null, null, null, null));
        context.begin();
        assertThat(context.prepare()).isCompleted();
        assertThat(context.problem()).isEmpty();
    }

    @Test
    void whatIsWrongWithConfiguredFilesIsKnownBeforeAConnectionAndForgottenWhenMended() throws Exception {
        context(settings(null, null, null, null)).begin();
        ListenerTls context = context(settings(file("mine.crt"), file("mine.key"), file("clients.crt"), file("mine.crl")));
        context.begin();
        assertThat(context.problem()).hasValueSatisfying(why -> assertThat(why).endsWith("mine.crt is not there"));
        assertThat(context.isBroken()).isTrue();
        copy("server.crt", "mine.crt");
        copy("ca.key", "mine.key");
        context.check();
        assertThat(context.problem()).hasValueSatisfying(why -> assertThat(why).contains("is not the key of the first"));
        copy("server.key", "mine.key");
        Files.writeString(file("clients.crt"), "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n");
        context.check();
        assertThat(context.problem()).hasValueSatisfying(why -> assertThat(why).contains("clients.crt"));
        copy("ca.crt", "clients.crt");
        context.check();
        assertThat(context.problem()).hasValueSatisfying(why -> assertThat(why).endsWith("mine.crl is not there"));
        NodeCertificates own = new NodeCertificates(folder);
        own.revoke(List.of());
        copy("revoked.pem", "mine.crl");
        context.check();
        assertThat(context.problem()).isEmpty();
        assertThat(context.isBroken()).isFalse();
        assertThat(context.current()).isNull();
        assertThat(context.prepare()).isCompleted();
    }

    @Test
    void cipherSuitesThatDoNotExistAreKnownBeforeAConnection() {
        ListenerTls context = context(settings(null, null, null, null, "TLS_AES_128_GCM_SHA256", "TLS_NO_SUCH_THING"));
        context.begin();
        assertThat(context.problem()).hasValueSatisfying(why -> assertThat(why).contains("TLS_NO_SUCH_THING"));
        assertThat(context.isBroken()).isTrue();
    }
}
