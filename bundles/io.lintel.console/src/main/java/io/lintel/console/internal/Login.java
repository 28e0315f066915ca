// SPDX-License-Identifier: Apache-2.0
package io.lintel.console.internal;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import org.apache.felix.webconsole.spi.SecurityProvider;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides who may use the console. People log in by a form and carry a session cookie that browsers send to this site
 * only ({@code SameSite=Strict}); scripts may send the password with each request (HTTP Basic), which is never asked
 * for, so that no browser keeps it and sends it along with a forged request. A change that another site's page asks
 * for is refused in addition by its {@code Origin}.
 *
 * <p>Runs on the console's HTTP threads. Without this service the Felix Web Console answers 404
 * ({@code felix.webconsole.security.providers}), so its own default account never works.
 */
@Component(service = {SecurityProvider.class, Login.class}, property = SecurityProvider.PROPERTY_ID + "=" + Login.ID)
public final class Login implements SecurityProvider {
    static final String ID = "io.lintel.console";
    static final String COOKIE = "lintel-session";
    static final String PAGE = "/login";

    private static final Logger LOG = LoggerFactory.getLogger(Login.class);

    private final AdministratorPassword administrator;
    private final Sessions sessions = new Sessions(Clock.systemUTC());
    private final LoginThrottle throttle = new LoginThrottle(Clock.systemUTC());
    /** Digest of the last correct Basic credentials, so that a script does not pay for the hash with each request. */
    private volatile byte[] knownBasic = {};

    @Activate
    public Login(BundleContext context) throws IOException {
        this(new AdministratorPassword(Path.of(context.getProperty("lintel.home"), "data")));
        if (administrator.isNew()) {
            LOG.info("made the console's password; user {}, password in {}", AdministratorPassword.USER,
                    administrator.clearTextFile());
        }
    }

    Login(AdministratorPassword administrator) {
        this.administrator = administrator;
    }

    @Override
    public Object authenticate(HttpServletRequest request, HttpServletResponse response) {
        if (isForgedChange(request)) {
            LOG.debug("refused {} {} from the page {}", request.getMethod(), request.getRequestURI(),
                    request.getHeader("Origin"));
            refuse(response, HttpServletResponse.SC_FORBIDDEN);
            return null;
        }
        if (session(request).filter(sessions::isOpen).isPresent() || hasBasicCredentials(request)) {
            response.setHeader("X-Frame-Options", "DENY");
            response.setHeader("X-Content-Type-Options", "nosniff");
            response.setHeader("Referrer-Policy", "same-origin");
            return AdministratorPassword.USER;
        }
        if ("GET".equals(request.getMethod()) && acceptsHtml(request)) {
            redirectToLogin(request, response);
        } else {
            refuse(response, HttpServletResponse.SC_UNAUTHORIZED);
        }
        return null;
    }

    /** There is one account, and it may do everything. */
    @Override
    public boolean authorize(Object user, String role) {
        return AdministratorPassword.USER.equals(user);
    }

    @Override
    public void logout(HttpServletRequest request, HttpServletResponse response) {
        session(request).ifPresent(sessions::close);
        setCookie(request, response, "", 0);
    }

    /** What came of an attempt to log in. */
    enum Outcome {
        IN, WRONG, LATER
    }

    /** Checks the password and, if it is right, puts the session's cookie on the response. */
    Outcome login(String user, String password, HttpServletRequest request, HttpServletResponse response) {
        Outcome outcome = check(user, password);
        if (outcome == Outcome.IN) {
            setCookie(request, response, sessions.open(), (int) (Sessions.LIFE_MILLIS / 1000));
        }
        return outcome;
    }

    Path clearTextFile() {
        return administrator.clearTextFile();
    }

    private Outcome check(String user, String password) {
        if (throttle.waitMillis() > 0) {
            return Outcome.LATER;
        }
        if (administrator.matches(user, password)) {
            throttle.succeeded();
            return Outcome.IN;
        }
        throttle.failed();
        LOG.warn("wrong user or password at the console");
        return Outcome.WRONG;
    }

    private boolean hasBasicCredentials(HttpServletRequest request) {
        String header = request.getHeader("Authorization");
        if (header == null || !header.toLowerCase(Locale.ROOT).startsWith("basic ")) {
            return false;
        }
        byte[] digest = digest(header);
        if (MessageDigest.isEqual(digest, knownBasic)) {
            return true;
        }
        try {
            String pair = new String(Base64.getDecoder().decode(header.substring(6).trim()), StandardCharsets.UTF_8);
            int colon = pair.indexOf(':');
            if (colon >= 0 && check(pair.substring(0, colon), pair.substring(colon + 1)) == Outcome.IN) {
                knownBasic = digest;
                return true;
            }
        } catch (IllegalArgumentException e) {
            LOG.debug("malformed Basic credentials");
        }
        return false;
    }

    /** A request that changes something and names another site as the page it comes from. */
    static boolean isForgedChange(HttpServletRequest request) {
        if ("GET".equals(request.getMethod()) || "HEAD".equals(request.getMethod())) {
            return false;
        }
        String origin = request.getHeader("Origin");
        String site = request.getHeader("Sec-Fetch-Site");
        if (site != null && !site.equals("same-origin") && !site.equals("none")) {
            return true;
        }
        if (origin == null) {
            return false;
        }
        int authority = origin.indexOf("://");
        return authority < 0 || !origin.substring(authority + 3).equalsIgnoreCase(request.getHeader("Host"));
    }

    private static Optional<String> session(HttpServletRequest request) {
        Cookie[] cookies = request.getCookies();
        if (cookies != null) {
            for (Cookie cookie : cookies) {
                if (COOKIE.equals(cookie.getName())) {
                    return Optional.of(cookie.getValue());
                }
            }
        }
        return Optional.empty();
    }

    private static void setCookie(HttpServletRequest request, HttpServletResponse response, String token, int seconds) {
        response.addHeader("Set-Cookie", COOKIE + "=" + token + "; Path=/; Max-Age=" + seconds
                + "; HttpOnly; SameSite=Strict" + (request.isSecure() ? "; Secure" : ""));
    }

    private static boolean acceptsHtml(HttpServletRequest request) {
        String accept = request.getHeader("Accept");
        return accept != null && accept.contains("text/html");
    }

    private static void redirectToLogin(HttpServletRequest request, HttpServletResponse response) {
        String query = request.getQueryString();
        String wanted = request.getRequestURI() + (query == null ? "" : "?" + query);
        try {
            response.sendRedirect(PAGE + "?to=" + URLEncoder.encode(wanted, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void refuse(HttpServletResponse response, int status) {
        response.setStatus(status);
        try {
            response.flushBuffer();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }
}
