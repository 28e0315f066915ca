// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.CoAP.Type;
import org.eclipse.californium.core.coap.CoAPMessageFormatException;
import org.eclipse.californium.core.coap.Message;
import org.eclipse.californium.core.coap.MessageFormatException;
import org.eclipse.californium.core.network.serialization.MessageHeader;
import org.eclipse.californium.core.network.serialization.UdpDataParser;
import org.eclipse.californium.elements.util.DatagramReader;

/**
 * Californium's parser of datagrams with our options. What it does not expect of a peer (a payload longer than the block that
 * it is said to be, say) is the peer's mistake like any other: answered, and no error of ours. Any thread.
 */
final class MessageParser extends UdpDataParser {
    MessageParser() {
        super(true, OneM2mOption.registry());
    }

    @Override
    protected Message parseMessage(DatagramReader reader, MessageHeader header, Message target) {
        try {
            return super.parseMessage(reader, header, target);
        } catch (MessageFormatException e) {
            throw e;
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new CoAPMessageFormatException(e.getMessage(), header.getToken(), header.getMID(), header.getCode(),
                    header.getType() == Type.CON, CoAP.isRequest(header.getCode()) ? ResponseCode.BAD_REQUEST : null);
        }
    }
}
