// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.lintel.mqtt.server.Identity;
import io.lintel.mqtt.server.Identity.Method;
import io.lintel.mqtt.server.internal.users.Users;
import io.netty.handler.codec.mqtt.MqttConnectPayload;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import java.util.function.Consumer;

/**
 * Finds out who sends a CONNECT, by what its listener asks for: the certificate of the TLS handshake, or else user name
 * and password; whoever shows a certificate needs no password. Refuses those who cannot say who they are, but on a plain
 * listener: about anonymous clients of this machine the policy decides, which knows whether loopback is open. Belongs to
 * the event loop.
 */
final class Authenticator {
    private static final byte[] NO_PASSWORD = {};

    private final Users users;

    Authenticator(Users users) {
        this.users = users;
    }

    /** @param then told who it is, unless the connection is refused or gone */
    void identify(Connection connection, MqttConnectPayload payload, Consumer<Identity> then) {
        Access access = connection.access();
        Identity byCertificate = connection.certificateIdentity();
        if (byCertificate != null && access.allows(Method.CERTIFICATE)) {
            then.accept(byCertificate);
        } else if (payload.userName() != null && access.allows(Method.PASSWORD)) {
            byPassword(connection, payload, then);
        } else if (access.allows(Method.NONE)) {
            then.accept(Identity.ANONYMOUS);
        } else {
            connection.refuse(MqttConnectReturnCode.CONNECTION_REFUSED_NOT_AUTHORIZED);
        }
    }

    private void byPassword(Connection connection, MqttConnectPayload payload, Consumer<Identity> then) {
        String name = payload.userName();
        byte[] password = payload.passwordInBytes() == null ? NO_PASSWORD : payload.passwordInBytes();
        users.verify(name, password, connection.address().getAddress(), connection::isOpen, outcome -> {
            if (!connection.isOpen()) {
                return;
            }
            switch (outcome) {
                case RIGHT -> then.accept(Identity.user(name));
                case WRONG -> connection.refuse(MqttConnectReturnCode.CONNECTION_REFUSED_BAD_USER_NAME_OR_PASSWORD);
                case BUSY -> connection.refuse(MqttConnectReturnCode.CONNECTION_REFUSED_SERVER_UNAVAILABLE);
            }
        });
    }
}
