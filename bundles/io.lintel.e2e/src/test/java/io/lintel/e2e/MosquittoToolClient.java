// SPDX-License-Identifier: Apache-2.0
package io.lintel.e2e;

import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.Serialization;
import io.lintel.primitive.codec.PrimitiveCodec;
import java.util.ArrayList;
import java.util.List;

/**
 * Mosquitto's {@code mosquitto_pub} and {@code mosquitto_sub} at the MQTT server: a session that waits for the response is there
 * before the request leaves. ({@code mosquitto_rr} does both at once, but its version 2.0.11 sends no files.)
 */
record MosquittoToolClient(int port, String cse) implements BridgeClient {

    @Override
    public String name() {
        return "mqtt";
    }

    @Override
    public Reply send(RequestPrimitive request, Serialization serialization) throws Exception {
        PrimitiveCodec codec = PrimitiveCodec.of(serialization);
        String levels = "/" + request.from().orElseThrow() + "/" + cse + "/" + serialization.suffix();
        String id = request.requestIdentifier();
        run("mosquitto_sub", "-i", id, "-c", "-E", "-t", "/oneM2M/resp" + levels);
        run("mosquitto_pub", "-t", "/oneM2M/req" + levels, "-f", Tools.file(codec.encode(request)).toString());
        byte[] answer = run("mosquitto_sub", "-i", id, "-c", "-C", "1", "-W", "20", "-N", "-t", "/oneM2M/resp" + levels);
        if (answer.length == 0) {
            throw new AssertionError("no response on /oneM2M/resp" + levels);
        }
        ResponsePrimitive response;
        try {
            response = (ResponsePrimitive) codec.decode(answer);
        } catch (PrimitiveException e) {
            throw new AssertionError("what came is " + Tools.text(answer), e);
        }
        if (!response.requestIdentifier().equals(request.requestIdentifier())) {
            throw new AssertionError("the response to another request: " + response);
        }
        return new Reply(response.statusCode(), response.content());
    }

    private byte[] run(String program, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(program, "-h", "127.0.0.1", "-p", Integer.toString(port), "-V", "311",
                "-q", "1"));
        command.addAll(List.of(arguments));
        return Tools.run(command);
    }
}
