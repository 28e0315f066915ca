// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.eclipse.californium.core.coap.Option;
import org.eclipse.californium.core.coap.OptionSet;
import org.eclipse.californium.core.coap.Request;

import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Serialization;
import io.lintel.primitive.codec.PrimitiveCodec;
import io.lintel.rest.internal.mapping.QueryField;
import io.lintel.rest.internal.mapping.QueryReader;
import io.lintel.rest.internal.mapping.TargetPath;
import io.lintel.rest.internal.mapping.Values;

/** CoAP request to request primitive (TS-0008 6.2). Pure; any thread. {@link CoapRequestWriter} is its reverse. */
final class CoapRequestReader {
    private CoapRequestReader() {
    }

    /**
     * The operation: an {@code op} in the query of a POST, else what the method stands for.
     *
     * @throws PrimitiveException 4005 for a method that stands for none, 4000 for an unknown {@code op}
     */
    static Operation operation(Request request) {
        return switch (request.getCode()) {
            case GET -> Operation.RETRIEVE;
            case PUT -> Operation.UPDATE;
            case DELETE -> Operation.DELETE;
            case POST -> {
                Optional<QueryField> op = CoapQuery.read(request.getOptions().getUriQuery()).stream()
                        .filter(field -> field.name().equals("op")).findFirst();
                if (op.isPresent()) {
                    yield Operation.ofCode(Values.integer("op", op.get().text())).orElseThrow(() -> new PrimitiveException(
                            ResponseStatusCode.BAD_REQUEST, "op is no operation: " + op.get().text()));
                }
                yield option(request.getOptions(), OneM2mOption.TY).isPresent() ? Operation.CREATE : Operation.NOTIFY;
            }
            default -> throw new PrimitiveException(ResponseStatusCode.OPERATION_NOT_ALLOWED,
                    "no operation is mapped to the method " + request.getCode() + "; use GET, POST, PUT or DELETE");
        };
    }

    /**
     * @param body what its payload is when all blocks are together
     * @throws PrimitiveException what is wrong with it
     */
    static RequestPrimitive read(Request request, byte[] body) {
        OptionSet options = request.getOptions();
        Operation operation = operation(request);
        RequestPrimitive.Builder primitive = RequestPrimitive.builder(operation, TargetPath.to(options.getUriPath()));
        List<String> targets = new ArrayList<>();
        Optional<String> name = Optional.empty();
        Set<OneM2mOption> seen = EnumSet.noneOf(OneM2mOption.class);
        for (Option option : options.getOthers()) {
            Optional<OneM2mOption> known = OneM2mOption.ofNumber(option.getNumber());
            if (known.isEmpty() || !seen.add(known.get()) && known.get() != OneM2mOption.RTURI) {
                continue;
            }
            if (known.get() == OneM2mOption.RTURI) {
                targets.addAll(Values.splitUris(option.getStringValue()));
            } else if (known.get() == OneM2mOption.NM) {
                name = Optional.of(option.getStringValue());
            } else {
                known.get().requestParameter().ifPresent(parameter -> set(primitive, parameter, known.get(), option));
            }
        }
        List<QueryField> fields = CoapQuery.read(options.getUriQuery()).stream().filter(field -> !field.name().equals("op"))
                .toList();
        QueryReader.read(fields, targets, operation, primitive);
        if (operation != Operation.RETRIEVE && operation != Operation.DELETE && body.length > 0) {
            Content content = PrimitiveCodec.of(serialization(options, body)).decodeContent(body);
            primitive.content(operation == Operation.CREATE && name.isPresent() ? named(content, name.get()) : content);
        }
        RequestPrimitive read = primitive.build();
        if (read.requestIdentifier().isEmpty()) {
            throw new PrimitiveException(ResponseStatusCode.BAD_REQUEST, "the option oneM2M-RQI is missing");
        }
        return read;
    }

    private static void set(RequestPrimitive.Builder primitive, RequestParameter parameter, OneM2mOption kind, Option option) {
        if (kind.isInteger()) {
            primitive.set(parameter, option.getLongValue());
        } else if (!option.getStringValue().isEmpty()) {
            primitive.set(parameter, Values.read(parameter.kind(), kind.name(), option.getStringValue()));
        }
    }

    private static Content named(Content content, String name) {
        if (!(content.value() instanceof Attributes attributes) || attributes.has("rn")) {
            return content;
        }
        return new Content(content.name(), attributes.toBuilder().set("rn", name).build());
    }

    /** Of the payload; what it looks like when the sender did not say. */
    private static Serialization serialization(OptionSet options, byte[] body) {
        if (!options.hasContentFormat() || ContentFormats.isAmbiguous(options.getContentFormat())) {
            return ContentFormats.guess(body);
        }
        return ContentFormats.serialization(options.getContentFormat()).orElseThrow(() -> new PrimitiveException(
                ResponseStatusCode.UNSUPPORTED_MEDIA_TYPE, "the Content-Format is none of JSON, XML and CBOR: "
                        + options.getContentFormat()));
    }

    /** The value of an option in either edition's number. */
    static Optional<Option> option(OptionSet options, OneM2mOption wanted) {
        for (Option option : options.getOthers()) {
            if (OneM2mOption.ofNumber(option.getNumber()).orElse(null) == wanted) {
                return Optional.of(option);
            }
        }
        return Optional.empty();
    }

    /** The edition whose numbers this message uses, if it shows. */
    static Optional<OneM2mOption.NumberSet> numberSet(OptionSet options) {
        for (Option option : options.getOthers()) {
            Optional<OneM2mOption.NumberSet> set = OneM2mOption.setOf(option.getNumber());
            if (set.isPresent()) {
                return set;
            }
        }
        return Optional.empty();
    }
}
