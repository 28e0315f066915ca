// SPDX-License-Identifier: Apache-2.0
package io.lintel.console.internal;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;

/** One HTTP request and its response, as far as the console's own classes look at them; anything else fails the test. */
final class Exchange {
    private final String method;
    private final String uri;
    private final Map<String, String> requestHeaders = new HashMap<>();
    private final Map<String, String> parameters = new HashMap<>();
    private final Map<String, String> responseHeaders = new HashMap<>();
    private final StringWriter body = new StringWriter();
    private int status = 200;
    private String redirect = "";

    private Exchange(String method, String uri) {
        this.method = method;
        this.uri = uri;
        requestHeaders.put("Host", "127.0.0.1:8181");
    }

    static Exchange get(String uri) {
        return new Exchange("GET", uri);
    }

    static Exchange post(String uri) {
        return new Exchange("POST", uri);
    }

    Exchange header(String name, String value) {
        requestHeaders.put(name, value);
        return this;
    }

    Exchange parameter(String name, String value) {
        parameters.put(name, value);
        return this;
    }

    /** Sends the cookie that the other exchange was given. */
    Exchange withCookieOf(Exchange other) {
        return header("Cookie", other.responseHeaders.getOrDefault("Set-Cookie", ";").split(";")[0]);
    }

    HttpServletRequest request() {
        return proxy(HttpServletRequest.class, (proxy, called, arguments) -> switch (called.getName()) {
            case "getMethod" -> method;
            case "getRequestURI", "getServletPath" -> uri;
            case "getQueryString" -> null;
            case "getHeader" -> requestHeaders.get((String) arguments[0]);
            case "getParameter" -> parameters.get((String) arguments[0]);
            case "isSecure" -> false;
            case "getCookies" -> cookies();
            default -> throw new UnsupportedOperationException(called.toString());
        });
    }

    HttpServletResponse response() {
        return proxy(HttpServletResponse.class, (proxy, called, arguments) -> {
            switch (called.getName()) {
                case "setStatus", "sendError" -> status = (int) arguments[0];
                case "setHeader", "addHeader" -> responseHeaders.put((String) arguments[0], (String) arguments[1]);
                case "setContentType" -> responseHeaders.put("Content-Type", (String) arguments[0]);
                case "sendRedirect" -> {
                    status = 302;
                    redirect = (String) arguments[0];
                }
                case "flushBuffer", "setCharacterEncoding" -> { }
                case "getWriter" -> {
                    return new PrintWriter(body, true);
                }
                default -> throw new UnsupportedOperationException(called.toString());
            }
            return null;
        });
    }

    int status() {
        return status;
    }

    String redirect() {
        return redirect;
    }

    String body() {
        return body.toString();
    }

    String responseHeader(String name) {
        return responseHeaders.getOrDefault(name, "");
    }

    private Cookie[] cookies() {
        String header = requestHeaders.get("Cookie");
        if (header == null || !header.contains("=")) {
            return null;
        }
        int equals = header.indexOf('=');
        return new Cookie[] {new Cookie("other", "1"), new Cookie(header.substring(0, equals), header.substring(equals + 1))};
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
