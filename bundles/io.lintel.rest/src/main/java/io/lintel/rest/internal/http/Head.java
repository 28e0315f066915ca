// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.http;

import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;

/**
 * The headers of a request that are HTTP's own and mean something here, found in one pass. Texts are null where a header is
 * absent; of several with the same name the values are joined, as RFC 9110 5.3 has it. On the thread that serves the request.
 */
final class Head {
    String accept;
    String contentType;
    String contentEncoding;
    String acceptEncoding;
    String ifMatch;
    String ifNoneMatch;
    String origin;

    static Head of(HttpFields fields) {
        Head head = new Head();
        for (HttpField field : fields) {
            HttpHeader known = field.getHeader();
            if (known == null) {
                continue;
            }
            switch (known) {
                case ACCEPT -> head.accept = joined(head.accept, field.getValue());
                case CONTENT_TYPE -> head.contentType = head.contentType == null ? trimmed(field.getValue()) : head.contentType;
                case CONTENT_ENCODING -> head.contentEncoding = joined(head.contentEncoding, field.getValue());
                case ACCEPT_ENCODING -> head.acceptEncoding = joined(head.acceptEncoding, field.getValue());
                case IF_MATCH -> head.ifMatch = joined(head.ifMatch, field.getValue());
                case IF_NONE_MATCH -> head.ifNoneMatch = joined(head.ifNoneMatch, field.getValue());
                case ORIGIN -> head.origin = field.getValue();
                default -> {
                    // for others, or for nobody
                }
            }
        }
        return head;
    }

    private static String trimmed(String value) {
        return value == null || value.isBlank() ? null : value.trim();
    }

    private static String joined(String before, String value) {
        return before == null ? value : value == null ? before : before + "," + value;
    }
}
