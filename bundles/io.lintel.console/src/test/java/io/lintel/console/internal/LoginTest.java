// SPDX-License-Identifier: Apache-2.0
package io.lintel.console.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoginTest {
    @TempDir
    Path data;

    private Login login;
    private LoginServlet page;
    private String password;

    @BeforeEach
    void aNodeWithAPassword() throws IOException {
        login = new Login(new AdministratorPassword(data));
        page = new LoginServlet(login);
        password = Files.readAllLines(data.resolve("console-password.txt")).get(1).substring("password ".length());
    }

    @Test
    void aBrowserWithoutASessionIsSentToTheFormAndBack() throws IOException {
        Exchange first = Exchange.get("/console/bundles").header("Accept", "text/html,*/*");
        assertThat(login.authenticate(first.request(), first.response())).isNull();
        assertThat(first.redirect()).isEqualTo("/login?to=%2Fconsole%2Fbundles");

        Exchange form = submit("admin", password).parameter("to", "/console/bundles");
        page.doPost(form.request(), form.response());
        assertThat(form.redirect()).isEqualTo("/console/bundles");
        assertThat(form.responseHeader("Set-Cookie")).contains("HttpOnly").contains("SameSite=Strict").contains("Path=/");

        Exchange again = Exchange.get("/console/bundles").withCookieOf(form);
        assertThat(login.authenticate(again.request(), again.response())).isEqualTo("admin");
        assertThat(login.authorize("admin", "any")).isTrue();
    }

    @Test
    void aScriptWithoutCredentialsIsRefusedAndNeverAskedForBasic() {
        Exchange script = Exchange.get("/console/bundles.json").header("Accept", "*/*");
        assertThat(login.authenticate(script.request(), script.response())).isNull();
        assertThat(script.status()).isEqualTo(401);
        assertThat(script.responseHeader("WWW-Authenticate")).isEmpty();
    }

    @Test
    void aScriptMaySendThePassword() {
        for (int i = 0; i < 2; i++) {
            Exchange script = Exchange.get("/console/bundles.json").header("Authorization", basic("admin:" + password));
            assertThat(login.authenticate(script.request(), script.response())).isEqualTo("admin");
        }
        Exchange wrong = Exchange.get("/console/bundles.json").header("Authorization", basic("admin:admin"));
        assertThat(login.authenticate(wrong.request(), wrong.response())).isNull();
        Exchange malformed = Exchange.get("/console/bundles.json").header("Authorization", "Basic %%%");
        assertThat(login.authenticate(malformed.request(), malformed.response())).isNull();
    }

    @Test
    void theWrongPasswordShowsTheFormAgain() throws IOException {
        Exchange form = submit("admin", "guess");
        page.doPost(form.request(), form.response());

        assertThat(form.status()).isEqualTo(401);
        assertThat(form.body()).contains("User or password is wrong.");
        assertThat(form.responseHeader("Set-Cookie")).isEmpty();
    }

    @Test
    void guessingIsStoppedEvenForTheRightPassword() throws IOException {
        for (int i = 0; i < LoginThrottle.FREE_ATTEMPTS; i++) {
            Exchange guess = submit("admin", "guess" + i);
            page.doPost(guess.request(), guess.response());
        }
        Exchange form = submit("admin", password);
        page.doPost(form.request(), form.response());
        assertThat(form.status()).isEqualTo(503);
        assertThat(form.body()).contains("Too many wrong passwords");
    }

    @Test
    void loggingOutEndsTheSession() throws IOException {
        Exchange form = submit("admin", password);
        page.doPost(form.request(), form.response());
        Exchange out = Exchange.get("/console/logout").withCookieOf(form);
        login.logout(out.request(), out.response());
        assertThat(out.responseHeader("Set-Cookie")).contains("Max-Age=0");

        Exchange after = Exchange.get("/console/bundles").withCookieOf(form);
        assertThat(login.authenticate(after.request(), after.response())).isNull();
    }

    @Test
    void aChangeThatAnotherSiteAsksForIsRefusedInSpiteOfTheSession() throws IOException {
        Exchange form = submit("admin", password);
        page.doPost(form.request(), form.response());

        Exchange forged = Exchange.post("/console/bundles/1").withCookieOf(form).header("Origin", "http://evil.example");
        assertThat(login.authenticate(forged.request(), forged.response())).isNull();
        assertThat(forged.status()).isEqualTo(403);
        Exchange otherPort = Exchange.post("/console/bundles/1").withCookieOf(form).header("Sec-Fetch-Site", "same-site");
        assertThat(login.authenticate(otherPort.request(), otherPort.response())).isNull();
        Exchange own = Exchange.post("/console/bundles/1").withCookieOf(form).header("Origin", "http://127.0.0.1:8181");
        assertThat(login.authenticate(own.request(), own.response())).isEqualTo("admin");
    }

    @Test
    void theFormLeadsNowhereElse() {
        assertThat(targetOf("//evil.example/")).isEqualTo(ConsoleListener.OVERVIEW);
        assertThat(targetOf("https://evil.example/")).isEqualTo(ConsoleListener.OVERVIEW);
        assertThat(targetOf("/\\evil.example")).isEqualTo(ConsoleListener.OVERVIEW);
        assertThat(targetOf("/console/\r\nSet-Cookie: a=b")).isEqualTo(ConsoleListener.OVERVIEW);
        assertThat(targetOf("/console/resources?r=mn-name")).isEqualTo("/console/resources?r=mn-name");
    }

    @Test
    void theFormEscapesWhereItLeads() throws IOException {
        Exchange form = Exchange.get(Login.PAGE).parameter("to", "/\"><script>alert(1)</script>");
        page.doGet(form.request(), form.response());
        assertThat(form.body()).doesNotContain("<script").contains("&quot;&gt;&lt;script");
    }

    @Test
    void theBareAddressLeadsToTheOverview() throws IOException {
        Exchange bare = Exchange.get("/");
        page.doGet(bare.request(), bare.response());
        assertThat(bare.redirect()).isEqualTo("/console/lintel");
        Exchange other = Exchange.get("/favicon.ico");
        page.doGet(other.request(), other.response());
        assertThat(other.status()).isEqualTo(404);
    }

    private static Exchange submit(String user, String password) {
        return Exchange.post(Login.PAGE).header("Origin", "http://127.0.0.1:8181").parameter("user", user)
                .parameter("password", password);
    }

    private static String targetOf(String to) {
        return LoginServlet.target(Exchange.get(Login.PAGE).parameter("to", to).request());
    }

    private static String basic(String pair) {
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }
}
