// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive.codec;

import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Primitive;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Serialization;

/**
 * A codec in two halves: the bytes to a tree and back ({@link TreeFormat}), the tree to a primitive and back
 * ({@link PrimitiveMapping}). All failures of both become {@link PrimitiveDecodeException} here and nowhere else.
 */
final class TreeCodec implements PrimitiveCodec {
    private final Serialization serialization;
    private final TreeFormat format;
    private final DecodeLimits limits;

    TreeCodec(Serialization serialization, TreeFormat format, DecodeLimits limits) {
        this.serialization = serialization;
        this.format = format;
        this.limits = limits;
    }

    @Override
    public Serialization serialization() {
        return serialization;
    }

    @Override
    public byte[] encode(Primitive primitive) {
        Attributes tree = PrimitiveMapping.tree(primitive);
        String root = primitive instanceof RequestPrimitive ? PrimitiveMapping.REQUEST : PrimitiveMapping.RESPONSE;
        return format.write(format.wrapsPrimitives() ? Attributes.of(root, tree) : tree);
    }

    @Override
    public byte[] encodeContent(Content content) {
        return format.write(Attributes.of(content.name(), content.value()));
    }

    @Override
    public Primitive decode(byte[] bytes) {
        ReadProgress progress = new ReadProgress(limits);
        try {
            return PrimitiveMapping.primitive(read(bytes, progress));
        } catch (PrimitiveException e) {
            throw refusal(e, orScan(progress.requestIdentifier(), bytes, "rqi"),
                    orScan(progress.releaseVersionIndicator(), bytes, "rvi"));
        }
    }

    @Override
    public Content decodeContent(byte[] bytes) {
        try {
            return PrimitiveMapping.content(read(bytes, new ReadProgress(limits)));
        } catch (PrimitiveException e) {
            throw refusal(e, "", "");
        }
    }

    private Attributes read(byte[] bytes, ReadProgress progress) {
        if (bytes.length > limits.maxBytes()) {
            throw new MalformedException("longer than " + limits.maxBytes() + " bytes");
        }
        if (bytes.length == 0) {
            throw new MalformedException("empty");
        }
        return format.read(bytes, progress);
    }

    private String orScan(String found, byte[] bytes, String parameter) {
        return found.isEmpty() ? format.scan(bytes, parameter) : found;
    }

    private PrimitiveDecodeException refusal(PrimitiveException why, String requestIdentifier, String releaseVersionIndicator) {
        boolean syntax = why instanceof MalformedException;
        String sentence = syntax ? "malformed " + serialization + ": " + why.getMessage() : why.getMessage();
        ResponseStatusCode status = why.status();
        return new PrimitiveDecodeException(status, sentence, requestIdentifier, releaseVersionIndicator);
    }
}
