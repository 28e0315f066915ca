// SPDX-License-Identifier: Apache-2.0
package io.lintel.bench.internal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * The limit of an HTTP retrieval, a process of its own: Jetty with the node's connector and pool settings, and a
 * handler that answers everything with the header fields and bytes of a file. Arguments: body, header fields
 * ({@code name: value} per line).
 */
public final class BareJetty {
    private BareJetty() {
    }

    public static void main(String[] arguments) throws Exception {
        byte[] body = Files.readAllBytes(Path.of(arguments[0]));
        List<HttpField> fields = Files.readAllLines(Path.of(arguments[1]), StandardCharsets.UTF_8).stream()
                .map(line -> new HttpField(line.substring(0, line.indexOf(':')), line.substring(line.indexOf(':') + 1).trim()))
                .toList();
        QueuedThreadPool threads = new QueuedThreadPool(6, 1, 30_000);
        threads.setReservedThreads(0);
        Server server = new Server(threads);
        HttpConfiguration configuration = new HttpConfiguration();
        configuration.setSendServerVersion(false);
        configuration.setSendDateHeader(false);
        ServerConnector connector = new ServerConnector(server, null, null, null, 0, 1, new HttpConnectionFactory(configuration));
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(new Handler.Abstract.NonBlocking() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) {
                fields.forEach(response.getHeaders()::put);
                response.write(true, ByteBuffer.wrap(body), callback);
                return true;
            }
        });
        server.start();
        System.out.println("port " + connector.getLocalPort());
        // Ends with whoever started it.
        while (System.in.read() >= 0) {
            continue;
        }
        server.stop();
    }
}
