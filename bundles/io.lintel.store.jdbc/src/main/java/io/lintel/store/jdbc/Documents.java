// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.jdbc;

import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.api.store.Resource;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponseParameter;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.store.jdbc.DocumentWriter.References;

/**
 * The documents in the database's binary columns: a version byte, then the parts. They are private to the store and
 * exact (decision 2); the standard's serialisations would ask the attribute table for the type of every number.
 * Pure, for any thread.
 */
final class Documents {
    private static final int VERSION = 1;
    private static final int NO_CONTENT = 0;
    private static final int CONTENT = 1;
    private static final ThreadLocal<DocumentWriter> WRITER = ThreadLocal.withInitial(DocumentWriter::new);

    private Documents() {
    }

    private static DocumentWriter start() {
        DocumentWriter writer = WRITER.get();
        writer.reset();
        writer.put(VERSION);
        return writer;
    }

    private static DocumentReader open(byte[] document) {
        DocumentReader reader = new DocumentReader(document);
        int version = reader.next();
        if (version != VERSION) {
            throw new IllegalStateException("a stored document is of version " + version + ", this edition reads " + VERSION);
        }
        return reader;
    }

    /** What the columns beside the document do not hold. */
    static byte[] ofResource(Resource resource) {
        DocumentWriter writer = start();
        writer.name(resource.memberName());
        writer.text(resource.creator());
        writer.text(resource.parentId());
        writer.attributes(resource.attributes(), new References(resource.id(), resource.parentId(), resource.name()));
        return writer.toBytes();
    }

    static Resource resource(int type, String id, String name, long expiration, byte[] document) {
        DocumentReader reader = open(document);
        String memberName = reader.name();
        String creator = reader.text();
        String parentId = reader.text();
        Attributes attributes = reader.attributes(new References(id, parentId, name));
        return new Resource(type, memberName, id, parentId, name, creator, expiration, attributes);
    }

    static byte[] ofResponse(ResponsePrimitive response) {
        DocumentWriter writer = start();
        writer.attributes(response.parameters(), References.NONE);
        content(writer, response.content().orElse(null));
        return writer.toBytes();
    }

    static ResponsePrimitive response(byte[] document) {
        DocumentReader reader = open(document);
        Attributes parameters = reader.attributes(References.NONE);
        ResponsePrimitive.Builder builder = ResponsePrimitive.builder(
                parameters.number("rsc").orElse(0L).intValue(), parameters.text("rqi").orElse(""));
        parameters.forEach((name, value) -> builder.set(ResponseParameter.ofShortName(name).orElseThrow(), value));
        if (reader.next() == CONTENT) {
            builder.content(content(reader));
        }
        return builder.build();
    }

    static byte[] ofOutbound(OutboundItem item) {
        DocumentWriter writer = start();
        writer.text(item.reason());
        writer.attributes(item.request().parameters(), References.NONE);
        content(writer, item.request().content().orElse(null));
        return writer.toBytes();
    }

    static OutboundItem outbound(OutboundQueries.Columns columns, byte[] document) {
        DocumentReader reader = open(document);
        String reason = reader.text();
        Attributes parameters = reader.attributes(References.NONE);
        Operation operation = Operation.ofCode(parameters.number("op").orElse(0L)).orElseThrow();
        RequestPrimitive.Builder builder = RequestPrimitive.builder(operation, parameters.text("to").orElse(""));
        parameters.forEach((name, value) -> builder.set(RequestParameter.ofShortName(name).orElseThrow(), value));
        if (reader.next() == CONTENT) {
            builder.content(content(reader));
        }
        return new OutboundItem(columns.sequence(), columns.target(), builder.build(), reason, columns.until(), columns.kind(),
                OutboundPlace.rank(columns.sequence()), columns.latestKey(), columns.since(), columns.size());
    }

    private static void content(DocumentWriter writer, Content content) {
        if (content == null) {
            writer.put(NO_CONTENT);
            return;
        }
        writer.put(CONTENT);
        writer.name(content.name());
        writer.value(content.value(), References.NONE);
    }

    private static Content content(DocumentReader reader) {
        String name = reader.name();
        return new Content(name, reader.value(References.NONE));
    }
}
