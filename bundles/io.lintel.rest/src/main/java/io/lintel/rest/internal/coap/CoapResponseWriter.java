// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import java.util.Optional;

import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.OptionSet;
import org.eclipse.californium.core.coap.Response;

import io.lintel.cse.api.Busy;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.Serialization;
import io.lintel.primitive.codec.PrimitiveCodec;
import io.lintel.rest.internal.mapping.TargetPath;
import io.lintel.rest.internal.mapping.TokenAssignments;

/** Response primitive to CoAP response (TS-0008 6.3). Pure; any thread. */
final class CoapResponseWriter {
    /** The members' answers to a notification that a group fanned out: the one that has content. */
    private static final String AGGREGATED = "m2m:agr";

    private CoapResponseWriter() {
    }

    /**
     * @param form    how the content is to be written
     * @param numbers the edition whose option numbers the peer uses; empty for a peer that used no oneM2M option at all:
     *                it would have to drop an answer with ours, since they are critical, and never learn why
     * @param code    instead of the one that stands for the status
     */
    static Response write(ResponsePrimitive primitive, Operation operation, Form form, Optional<OneM2mOption.NumberSet> numbers,
            Optional<ResponseCode> code) {
        Optional<Content> content = primitive.content()
                .or(() -> primitive.parameters().object("tqf").map(tqf -> new Content("m2m:tqf", tqf)));
        boolean busy = Busy.isBusy(primitive);
        ResponseCode mapped = busy ? ResponseCode.SERVICE_UNAVAILABLE
                : CoapCodes.ofRsc(primitive.statusCode(), operation, content.isPresent());
        Response response = new Response(code.orElse(mapped));
        OptionSet options = response.getOptions();
        options.setMaxAge(busy ? Busy.RETRY_AFTER_SECONDS : 0);
        numbers.ifPresent(set -> parameters(primitive, set, options));
        boolean created = primitive.statusCode() == 2001 || primitive.statusCode() / 1000 == 1;
        if (created && content.isPresent()) {
            content = Optional.of(located(content.get(), options));
        }
        boolean silent = operation == Operation.NOTIFY && primitive.statusCode() == 2000;
        if (content.isPresent() && (!silent || content.get().name().equals(AGGREGATED))) {
            response.setPayload(PrimitiveCodec.of(form.serialization()).encodeContent(content.get()));
            options.setContentFormat(form.contentFormat());
        }
        return response;
    }

    private static void parameters(ResponsePrimitive primitive, OneM2mOption.NumberSet numbers, OptionSet options) {
        for (OneM2mOption option : OneM2mOption.ALL) {
            option.responseParameter().flatMap(parameter -> primitive.parameters().get(parameter.shortName()))
                    .filter(value -> !value.equals("")).ifPresent(value ->
                            options.addOption(option.create(numbers, option.fitting(value))));
        }
        primitive.parameters().object("ati")
                .ifPresent(ati -> options.addOption(OneM2mOption.ATI.create(numbers, TokenAssignments.write(ati))));
    }

    /** Payload form: serialisation and its number. */
    record Form(Serialization serialization, int contentFormat) {
        static Form plain(Serialization serialization) {
            return new Form(serialization, ContentFormats.plain(serialization));
        }
    }


    /** The URI of what was created goes to Location-Path; a representation beside it stays as the payload. */
    private static Content located(Content content, OptionSet options) {
        if (content.name().equals("m2m:uri") && content.value() instanceof String uri) {
            TargetPath.segments(uri).forEach(options::addLocationPath);
            return content;
        }
        Optional<String> uri = content.name().equals("m2m:rce") ? content.attributes().text("uri") : Optional.empty();
        Optional<String> resource = content.attributes().names().stream().filter(name -> !name.equals("uri")).findFirst();
        if (uri.isEmpty() || resource.isEmpty()) {
            return content;
        }
        TargetPath.segments(uri.get()).forEach(options::addLocationPath);
        String name = resource.get();
        return new Content(name.indexOf(':') < 0 ? "m2m:" + name : name, content.attributes().get(name).orElseThrow());
    }
}
