// SPDX-License-Identifier: Apache-2.0
package io.lintel.e2e;

import io.lintel.primitive.Content;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.Serialization;
import io.lintel.primitive.codec.PrimitiveCodec;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * libcoap's {@code coap-client} at the CoAP door. It knows no oneM2M and drops what has a critical option that it does not
 * know, so what it received is read from its log, and it is ended then.
 */
record CoapToolClient(String coap) implements BridgeClient {
    private static final Map<Serialization, String> FORMATS = Map.of(Serialization.JSON, "50", Serialization.XML, "41",
            Serialization.CBOR, "60");
    private static final Pattern STATUS = Pattern.compile("265:\\\\x([0-9A-F]{2})\\\\x([0-9A-F]{2})");
    private static final Pattern TEXT = Pattern.compile(
            "265:[^\\n]*?(?: :: '(.*)'$| :: binary data length \\d+\\n<<([0-9a-f]*)>>)",
            Pattern.MULTILINE);

    static String program() {
        return List.of("/usr/bin/coap-client-notls", "/usr/bin/coap-client").stream().filter(name -> Files.exists(Path.of(name)))
                .findFirst().orElse("coap-client");
    }

    @Override
    public String name() {
        return "coap";
    }

    @Override
    public Reply send(RequestPrimitive request, Serialization serialization) throws Exception {
        String to = request.to().startsWith("/") ? "/~" + request.to() : "/" + request.to();
        boolean create = BridgeClient.isCreate(request);
        List<String> command = new ArrayList<>(List.of(program(), "-B", "20", "-v", "7", "-m", create ? "post" : "get", "-A",
                FORMATS.get(serialization), "-O", "256," + request.from().orElseThrow(), "-O", "257,"
                + request.requestIdentifier(), "-O", "271,2a"));
        if (create) {
            command.addAll(List.of("-t", FORMATS.get(serialization), "-O",
                    String.format("267,0x%02x", request.resourceType().orElseThrow()), "-f",
                    Tools.file(PrimitiveCodec.of(serialization).encodeContent(request.content().orElseThrow())).toString()));
        }
        command.add(coap + to);
        String log = Tools.until(command, "unknown critical option");
        Matcher status = STATUS.matcher(log);
        Matcher text = TEXT.matcher(log);
        if (!status.find()) {
            throw new AssertionError(log);
        }
        Optional<Content> content = text.find() ? Optional.of(PrimitiveCodec.of(serialization).decodeContent(bytes(text)))
                : Optional.empty();
        return new Reply(Integer.parseInt(status.group(1) + status.group(2), 16), content);
    }

    private static byte[] bytes(Matcher shown) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        if (shown.group(1) != null) {
            String text = shown.group(1);
            for (int i = 0; i < text.length(); i++) {
                boolean escaped = text.startsWith("\\x", i);
                bytes.write(escaped ? Integer.parseInt(text.substring(i + 2, i + 4), 16) : text.charAt(i));
                i += escaped ? 3 : 0;
            }
        } else {
            for (int i = 0; i < shown.group(2).length(); i += 2) {
                bytes.write(Integer.parseInt(shown.group(2).substring(i, i + 2), 16));
            }
        }
        return bytes.toByteArray();
    }
}
