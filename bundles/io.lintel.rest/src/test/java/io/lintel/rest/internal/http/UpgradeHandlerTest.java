// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;

import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;
import org.junit.jupiter.api.Test;

class UpgradeHandlerTest {

    @Test
    void requestsAreServedByTheThreadThatReadThem() {
        UpgradeHandler handler = new UpgradeHandler(new Handler.Abstract.NonBlocking() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) {
                return false;
            }
        }, Optional::empty, request -> envelope -> null, "");
        assertThat(handler.getInvocationType()).isEqualTo(InvocationType.NON_BLOCKING);
    }
}
