// SPDX-License-Identifier: Apache-2.0
package io.lintel.console.internal;

import jakarta.servlet.Servlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The login form, and the way from the bare address to the overview. */
@Component(service = Servlet.class, property = {"osgi.http.whiteboard.servlet.pattern=" + Login.PAGE,
        "osgi.http.whiteboard.servlet.pattern=/", "osgi.http.whiteboard.target=" + ConsoleListener.TARGET})
public final class LoginServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final int MAX_FIELD = 256;

    private final transient Login login;

    @Activate
    public LoginServlet(@Reference Login login) {
        this.login = login;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (Login.PAGE.equals(request.getServletPath())) {
            form(request, response, HttpServletResponse.SC_OK, "");
        } else if ("/".equals(request.getRequestURI())) {
            response.sendRedirect(ConsoleListener.OVERVIEW);
        } else {
            response.sendError(HttpServletResponse.SC_NOT_FOUND);
        }
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (Login.isForgedChange(request)) {
            response.setStatus(HttpServletResponse.SC_FORBIDDEN);
            return;
        }
        switch (login.login(field(request, "user"), field(request, "password"), request, response)) {
            case IN -> response.sendRedirect(target(request));
            case WRONG -> form(request, response, HttpServletResponse.SC_UNAUTHORIZED, "User or password is wrong.");
            case LATER -> form(request, response, HttpServletResponse.SC_SERVICE_UNAVAILABLE,
                    "Too many wrong passwords. Please wait a minute.");
        }
    }

    private void form(HttpServletRequest request, HttpServletResponse response, int status, String problem) throws IOException {
        Html page = new Html().raw("<!DOCTYPE html>").open("html", "lang", "en").open("head")
                .raw("<meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">")
                .element("title", "Lintel").element("style", Assets.text("login.css")).close("head").open("body")
                .open("form", "method", "post", "action", Login.PAGE)
                .raw(Assets.text("logo.svg")).element("h1", "Lintel")
                .open("input", "type", "hidden", "name", "to", "value", target(request));
        if (!problem.isEmpty()) {
            page.element("p", problem, "class", "problem", "role", "alert");
        }
        page.open("label").text("User").open("input", "name", "user", "value", AdministratorPassword.USER, "autocomplete",
                "username").close("label")
                .open("label").text("Password").open("input", "name", "password", "type", "password", "autocomplete",
                "current-password", "autofocus", "").close("label")
                .element("button", "Log in")
                .open("p", "class", "hint").text("The first start of the node wrote the password to ")
                .element("code", "data/" + login.clearTextFile().getFileName()).text(" in its home.").close("p")
                .close("form", "body", "html");
        response.setStatus(status);
        response.setContentType("text/html;charset=UTF-8");
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("Content-Security-Policy",
                "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'");
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.getWriter().write(page.toString());
    }

    /** Where to go after the login: a path of this site, nowhere else. */
    static String target(HttpServletRequest request) {
        String to = field(request, "to");
        boolean ours = to.startsWith("/") && !to.startsWith("//") && to.chars().allMatch(c -> c > 0x20 && c < 0x7f && c != '\\');
        return ours ? to : ConsoleListener.OVERVIEW;
    }

    private static String field(HttpServletRequest request, String name) {
        String value = request.getParameter(name);
        return value == null || value.length() > MAX_FIELD ? "" : value;
    }
}
