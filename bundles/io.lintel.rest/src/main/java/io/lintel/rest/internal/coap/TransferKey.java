// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import java.util.HexFormat;
import java.util.List;

import org.eclipse.californium.core.coap.Option;
import org.eclipse.californium.core.coap.OptionSet;
import org.eclipse.californium.core.coap.Request;

/**
 * What the messages of one block-wise transfer have in common (RFC 7959 2.4, 2.5, RFC 9175 3): who sends them, the method,
 * the whole URI, the Request-Tag, and the oneM2M request identifier, which TS-0008 has on every block. So a peer may have
 * several transfers to one resource under way.
 *
 * @param peer the peer's name, which no other peer has
 */
record TransferKey(String peer, String method, List<String> path, List<String> query, String requestIdentifier, String tag) {
    private static final int REQUEST_TAG = 292;

    TransferKey {
        path = List.copyOf(path);
        query = List.copyOf(query);
    }

    static TransferKey of(String peer, Request request) {
        OptionSet options = request.getOptions();
        StringBuilder tag = new StringBuilder();
        for (Option option : options.getOthers()) {
            if (option.getNumber() == REQUEST_TAG) {
                tag.append('.').append(HexFormat.of().formatHex(option.getValue()));
            }
        }
        return new TransferKey(peer, request.getCode().name(), options.getUriPath(), options.getUriQuery(),
                CoapRequestReader.option(options, OneM2mOption.RQI).map(Option::getStringValue).orElse(""), tag.toString());
    }
}
