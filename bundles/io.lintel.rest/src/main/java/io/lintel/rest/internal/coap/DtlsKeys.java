// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;

import javax.crypto.SecretKey;

import org.eclipse.californium.scandium.dtls.ConnectionId;
import org.eclipse.californium.scandium.dtls.HandshakeResultHandler;
import org.eclipse.californium.scandium.dtls.PskPublicInformation;
import org.eclipse.californium.scandium.dtls.PskSecretResult;
import org.eclipse.californium.scandium.dtls.pskstore.AdvancedPskStore;
import org.eclipse.californium.scandium.util.SecretUtil;
import org.eclipse.californium.scandium.util.ServerNames;

import io.lintel.tls.PskTable;

/**
 * The node's agreed keys as DTLS asks for them (TS-0003 8.2.1: {@code psk_identity} is the KpsaID). What is in the table at the
 * moment of a handshake counts. On Scandium's handshake threads.
 */
final class DtlsKeys implements AdvancedPskStore {
    private final PskTable table;
    private final Function<InetSocketAddress, Optional<String>> identities;

    /** @param identities as a client, which identity to show to whom; empty as a server */
    DtlsKeys(PskTable table, Function<InetSocketAddress, Optional<String>> identities) {
        this.table = table;
        this.identities = identities;
    }

    @Override
    public boolean hasEcdhePskSupported() {
        return true;
    }

    @Override
    public PskSecretResult requestPskSecretResult(ConnectionId cid, ServerNames serverName, PskPublicInformation identity,
            String hmacAlgorithm, SecretKey otherSecret, byte[] seed, boolean useExtendedMasterSecret) {
        Optional<byte[]> key = table.key(identity.getPublicInfoAsString());
        SecretKey secret = key.map(bytes -> SecretUtil.create(bytes, PskSecretResult.ALGORITHM_PSK)).orElse(null);
        key.ifPresent(bytes -> Arrays.fill(bytes, (byte) 0));
        return new PskSecretResult(cid, identity, secret);
    }

    @Override
    public PskPublicInformation getIdentity(InetSocketAddress peerAddress, ServerNames virtualHost) {
        return identities.apply(peerAddress).map(PskPublicInformation::new).orElse(null);
    }

    @Override
    public void setResultHandler(HandshakeResultHandler resultHandler) {
        // every answer is given at once
    }
}
