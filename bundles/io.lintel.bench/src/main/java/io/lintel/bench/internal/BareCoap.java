// SPDX-License-Identifier: Apache-2.0
package io.lintel.bench.internal;

import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.californium.core.CoapResource;
import org.eclipse.californium.core.CoapServer;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.OptionSet;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.coap.option.MapBasedOptionRegistry;
import org.eclipse.californium.core.coap.option.OpaqueOptionDefinition;
import org.eclipse.californium.core.coap.option.OptionDefinition;
import org.eclipse.californium.core.coap.option.StandardOptionRegistry;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.core.network.serialization.UdpDataParser;
import org.eclipse.californium.core.server.resources.CoapExchange;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.SystemConfig;
import org.eclipse.californium.elements.config.UdpConfig;

/**
 * The limit of a retrieval over CoAP, a process of its own: a Californium server with as many threads as the node's, and one
 * resource that answers every GET with the options and payload of a message in a file. Arguments: message, path.
 */
public final class BareCoap {
    private static final int MAX_PEERS = 4_000;
    private static final int REMEMBERED_PER_PEER = 256;

    private BareCoap() {
    }

    private static final class Fixed extends CoapResource {
        private final Response answer;

        Fixed(String name, Response answer) {
            super(name);
            this.answer = answer;
        }

        @Override
        public void handleGET(CoapExchange exchange) {
            Response response = new Response(ResponseCode.CONTENT);
            response.setOptions(new OptionSet(answer.getOptions()));
            response.setPayload(answer.getPayload());
            exchange.respond(response);
        }
    }

    public static void main(String[] arguments) throws Exception {
        CoapConfig.register();
        UdpConfig.register();
        SystemConfig.register();
        Configuration configuration = Configuration.createStandardWithoutFile()
                .set(CoapConfig.PROTOCOL_STAGE_THREAD_COUNT, 2)
                .set(UdpConfig.UDP_RECEIVER_THREAD_COUNT, 1)
                .set(UdpConfig.UDP_SENDER_THREAD_COUNT, 1)
                .set(CoapConfig.MAX_ACTIVE_PEERS, MAX_PEERS)
                .set(CoapConfig.DEDUPLICATOR, CoapConfig.DEDUPLICATOR_PEERS_MARK_AND_SWEEP)
                .set(CoapConfig.PEERS_MARK_AND_SWEEP_MESSAGES, REMEMBERED_PER_PEER);
        MapBasedOptionRegistry options = new MapBasedOptionRegistry(StandardOptionRegistry.getDefaultOptionRegistry(), oneM2m());
        Response answer = (Response) new UdpDataParser(true, options).parseMessage(Files.readAllBytes(Path.of(arguments[0])));
        CoapServer server = new CoapServer(configuration);
        CoapEndpoint endpoint = CoapEndpoint.builder().setConfiguration(configuration)
                .setInetSocketAddress(new InetSocketAddress("127.0.0.1", 0)).setOptionRegistry(options).build();
        server.addEndpoint(endpoint);
        server.add(tree(arguments[1].split("/"), answer));
        server.start();
        System.out.println("port " + endpoint.getAddress().getPort());
        // Ends with whoever started it.
        while (System.in.read() >= 0) {
            continue;
        }
        server.destroy();
    }

    /** The node's options: all that it understands and sends. */
    private static OptionDefinition[] oneM2m() {
        List<OptionDefinition> all = new ArrayList<>();
        for (int number : new int[] {263, 267, 271, 275, 279, 283, 291, 295, 299, 303, 307, 311, 319, 323, 327, 331, 335, 339}) {
            all.add(new OpaqueOptionDefinition(number, "oneM2M-" + number, true, 0, 1024));
        }
        return all.toArray(OptionDefinition[]::new);
    }

    private static CoapResource tree(String[] path, Response answer) {
        CoapResource resource = new Fixed(path[path.length - 1], answer);
        for (int i = path.length - 2; i >= 0; i--) {
            CoapResource parent = new CoapResource(path[i]);
            parent.add(resource);
            resource = parent;
        }
        return resource;
    }
}
