// SPDX-License-Identifier: Apache-2.0
package io.lintel.e2e;

import io.lintel.primitive.Content;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.Serialization;
import io.lintel.primitive.codec.PrimitiveCodec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** curl at the HTTP door. */
record CurlClient(String http) implements BridgeClient {

    @Override
    public String name() {
        return "http";
    }

    @Override
    public Reply send(RequestPrimitive request, Serialization serialization) throws Exception {
        String type = "application/" + serialization.suffix();
        String to = request.to().startsWith("/") ? "/~" + request.to() : "/" + request.to();
        List<String> command = new ArrayList<>(List.of("curl", "-s", "-i", "-m", "20", "-H", "X-M2M-Origin: " + request.from()
                .orElseThrow(), "-H", "X-M2M-RI: " + request.requestIdentifier(), "-H", "X-M2M-RVI: 2a", "-H",
                "Accept: " + type));
        if (BridgeClient.isCreate(request)) {
            command.addAll(List.of("-H", "Content-Type: " + type + ";ty=" + request.resourceType().orElseThrow(), "--data-binary",
                    "@" + Tools.file(PrimitiveCodec.of(serialization).encodeContent(request.content().orElseThrow()))));
        }
        command.add(http + to);
        byte[] output = Tools.run(command);
        String text = new String(output, java.nio.charset.StandardCharsets.ISO_8859_1);
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            throw new AssertionError(text);
        }
        String status = text.substring(0, end).replaceFirst("(?is).*\r\nX-M2M-RSC: (\\d+).*", "$1");
        byte[] body = Arrays.copyOfRange(output, end + 4, output.length);
        Optional<Content> content = body.length == 0 ? Optional.empty()
                : Optional.of(PrimitiveCodec.of(serialization).decodeContent(body));
        return new Reply(Integer.parseInt(status), content);
    }
}
