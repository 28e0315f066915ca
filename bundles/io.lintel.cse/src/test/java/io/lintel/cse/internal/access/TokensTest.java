// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.access;

import static io.lintel.cse.internal.CseDriver.CNT;
import static io.lintel.cse.internal.CseDriver.cnt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.internal.CseDriver;
import io.lintel.cse.internal.operation.Limits;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.JsonWebToken;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tokens (TS-0003 7.3.2): what makes one count, and what it gives. */
class TokensTest {
    private static final int TOKEN = 32;
    private static final KeyPair KEYS = keys("EC");
    private static final KeyPair OTHERS = keys("EC");
    private static final byte[] SECRET = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private final CseDriver cse = CseDriver.with(CseDriver.settings(CseIdentity.CseType.MN, true).with(
            new AccessSettings("", List.of(), Map.of("/in-cse/CDas", TokenKey.ofPublicKey(KEYS.getPublic()),
                    "/in-cse/CSecret", TokenKey.read(SECRET))), Limits.none()));
    private CseDriver.Peer owner;
    private CseDriver.Peer other;
    private String data;

    @BeforeEach
    void twoAes() {
        owner = cse.ae("CAE1");
        other = cse.ae("CAE2");
        data = owner.create("mn-name/cae1", CNT, cnt().named("data")).expect(2001).ri();
    }

    @AfterEach
    void close() {
        cse.close();
    }

    private static KeyPair keys(String algorithm) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            if (algorithm.equals("EC")) {
                generator.initialize(new ECGenParameterSpec("secp256r1"));
            } else {
                generator.initialize(2048);
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static String encoded(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    static String signed(String claims, KeyPair keys, String algorithm, String java) {
        try {
            String content = encoded("{\"alg\":\"" + algorithm + "\"}") + "." + encoded(claims);
            Signature signature = Signature.getInstance(java);
            signature.initSign(keys.getPrivate());
            signature.update(content.getBytes(StandardCharsets.US_ASCII));
            return content + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    static String signed(String claims, KeyPair keys) {
        return signed(claims, keys, "ES256", "SHA256withECDSAinP1363Format");
    }

    private String claims(String holder, String issuer, String more) {
        return "{\"vr\":\"1.0\",\"tkid\":\"t1\",\"tkhd\":\"" + holder + "\",\"tkis\":\"" + issuer + "\",\"tknb\":\""
                + cse.clock.in(Duration.ofHours(-1)) + "\",\"tkna\":\"" + cse.clock.in(Duration.ofHours(1)) + "\"" + more + "}";
    }

    private static String permission(String resource, int operations) {
        return ",\"tkps\":{\"pm\":[{\"ris\":[\"" + resource + "\"],\"pv\":{\"acr\":[{\"acop\":" + operations + "}]}}]}";
    }

    private CseDriver.Peer showing(String token) {
        return other.with(RequestParameter.TOKENS, List.of(token));
    }

    @ParameterizedTest
    @CsvSource({"CAE2, 2000", "/mn-cse/CAE2, 2000", "//lintel.example/mn-cse/CAE2, 2000", "CAE3, 4103", "'', 4103"})
    void theHolderGetsWhatTheTokenPermits(String holder, int status) {
        String token = signed(claims(holder, "/in-cse/CDas", permission("mn-name/cae1/data", 2)), KEYS);
        other.retrieve("mn-name/cae1/data").expect(4103);
        showing(token).retrieve("mn-name/cae1/data").expect(status);
        showing(token).retrieve("mn-name/cae1").expect(4103);
        showing(token).delete("mn-name/cae1/data").expect(4103);
    }

    @Test
    void whyATokenDoesNotCountIsSaid() {
        String good = claims("CAE2", "/in-cse/CDas", permission(data, 2));
        showing(signed(good, OTHERS)).retrieve(data).expect(4103).saying("not signed");
        showing(signed(claims("CAE2", "/in-cse/CNobody", permission(data, 2)), KEYS)).retrieve(data).expect(4103)
                .saying("key is not known");
        showing(signed(claims("CAE1", "/in-cse/CDas", permission(data, 2)), KEYS)).retrieve(data).expect(4103).saying("held by");
        showing("a.b.c.d.e").retrieve(data).expect(4103).saying("JWE");
        showing("abc").retrieve(data).expect(4103).saying("signature");
        String[] parts = signed(good, KEYS).split("\\.");
        showing(encoded("{\"alg\":\"none\"}") + "." + parts[1] + ".").retrieve(data).expect(4103).saying("not signed");
        showing(parts[0] + "." + encoded(good.replace("t1", "t2")) + "." + parts[2]).retrieve(data).expect(4103)
                .saying("not signed");
        String hmac = encoded("{\"alg\":\"HS256\"}") + "." + parts[1];
        showing(hmac + "." + parts[2]).retrieve(data).expect(4103).saying("not signed");
    }

    @Test
    void aTokenHasItsTime() {
        String token = signed(claims("CAE2", "/in-cse/CDas", permission(data, 2)), KEYS);
        showing(token).retrieve(data).expect(2000);
        cse.clock.pass(Duration.ofMinutes(61));
        showing(token).retrieve(data).expect(4103).saying("valid from");
        String past = claims("CAE2", "/in-cse/CDas", permission(data, 2) + ",\"exp\":1000");
        showing(signed(past, KEYS)).retrieve(data).expect(4103).saying("valid from");
    }

    @ParameterizedTest
    @CsvSource({"/mn-cse, 2000", "//lintel.example/mn-cse, 2000", "/in-cse, 4103"})
    void aTokenHasItsAudience(String audience, int status) {
        String more = permission(data, 2) + ",\"tkau\":[\"" + audience + "\"]";
        showing(signed(claims("CAE2", "/in-cse/CDas", more), KEYS)).retrieve(data).expect(status);
    }

    @Test
    void aTokenMayGiveRoles() {
        owner.create("mn-name/cae1", CseDriver.ACP, CseDriver.Body.of("m2m:acp").named("p").with("pv", Attributes.of("acr",
                List.of(Attributes.builder().set("acor", List.of("nurse@x")).set("acop", 2).build()))).with("pvs",
                Attributes.of("acr", List.of(Attributes.builder().set("acor", List.of("CAE1")).set("acop", 63).build()))))
                .expect(2001);
        owner.update(data, cnt().with("acpi", List.of("mn-name/cae1/p"))).expect(2004);
        String token = signed(claims("CAE2", "/in-cse/CDas", ",\"tkps\":[{\"rids\":[\"nurse@x\"]}]"), KEYS);
        other.retrieve(data).expect(4103);
        showing(token).retrieve(data).expect(2000);
    }

    @Test
    void instancesFollowTheContainerThatATokenNames() {
        owner.create(data, CseDriver.CIN, CseDriver.cin("x").named("one")).expect(2001);
        String token = signed(claims("CAE2", "/in-cse/CDas", permission(data, 2)), KEYS);
        showing(token).retrieve(data + "/la").expect(2000);
        showing(token).retrieve(data + "/one").expect(2000);
    }

    @Test
    void aDiscoveryShowsWhatTheTokenNamesAndNoMore() {
        owner.create("mn-name/cae1", CseDriver.ACP, CseDriver.Body.of("m2m:acp").named("p").with("pv", Attributes.empty())
                .with("pvs", Attributes.of("acr", List.of(Attributes.builder().set("acor", List.of("CAE1")).set("acop", 63)
                        .build())))).expect(2001);
        owner.update(data, cnt().with("acpi", List.of("mn-name/cae1/p"))).expect(2004);
        owner.create("mn-name/cae1", CNT, cnt().named("secret").with("acpi", List.of("mn-name/cae1/p"))).expect(2001);
        String token = signed(claims("CAE2", "/in-cse/CDas", permission("mn-name/cae1/data", 32)), KEYS);
        assertThat(showing(token).fc("fu", 1).fc("ty", List.of(3)).retrieve("mn-name").expect(2000).list())
                .isEqualTo(List.of("mn-name/cae1/data"));
    }

    @Test
    void theNextRequestMayUseTheLocalTokenId() {
        String token = signed(claims("CAE2", "/in-cse/CDas", permission(data, 2)), KEYS);
        Attributes assigned = (Attributes) showing(token).retrieve(data).expect(2000).response().parameters().get("ati")
                .orElseThrow();
        Attributes first = assigned.objects("ltia").get(0);
        assertThat(first.text("tkid")).contains("t1");
        String localId = first.text("lti").orElseThrow();
        CseDriver.Result again = other.with(RequestParameter.LOCAL_TOKEN_IDS, List.of(localId)).retrieve(data).expect(2000);
        assertThat(again.response().parameters().has("ati")).isFalse();
        cse.ae("CAE3").with(RequestParameter.LOCAL_TOKEN_IDS, List.of(localId)).retrieve(data).expect(4103).saying("local token");
        cse.restart();
        other.with(RequestParameter.LOCAL_TOKEN_IDS, List.of(localId)).retrieve(data).expect(2000);
        other.with(RequestParameter.LOCAL_TOKEN_IDS, List.of("t0")).retrieve(data).expect(4103).saying("not known here");
    }

    @Test
    void aTokenThatASystemGivesIsUsedAsLongAsItIsGood() {
        owner.create("mn-name/cae1", ConsultationRules.TYPE, CseDriver.Body.of("m2m:dac").named("ask").with("dae", true)
                .with("dap", List.of("/in-cse/CDas"))).expect(2001);
        owner.update(data, cnt().with("daci", List.of("mn-name/cae1/ask"))).expect(2004);
        String token = signed(claims("CAE2", "/in-cse/CDas", permission(data, 2)), KEYS);
        cse.elsewhere = request -> CompletableFuture.completedFuture(ResponsePrimitive.builder(ResponseStatusCode.OK,
                request.requestIdentifier()).content(new Content("m2m:seci", Attributes.builder().set("sit", 2)
                        .set("dres", Attributes.of("tkns", List.of(token))).build())).build());
        other.retrieve(data).expect(2000);
        other.retrieve(data).expect(2000);
        cse.restart();
        other.retrieve(data).expect(2000);
        assertThat(cse.left).hasSize(1);
        cse.ae("CAE3").retrieve(data).expect(4103).saying("held by");
        assertThat(cse.left).hasSize(2);
        other.delete(data).expect(4103);
        assertThat(cse.left).hasSize(3);
        cse.clock.pass(Duration.ofHours(2));
        other.retrieve(data).expect(4103).saying("valid from");
        assertThat(cse.left).hasSize(4);
        owner.update("mn-name/cae1/ask", CseDriver.Body.of("m2m:dac").with("dae", false)).expect(2004);
        other.retrieve(data).expect(4103);
        assertThat(cse.left).hasSize(4);
    }

    @Test
    void aTokenIdThatIsNotKnownHereIsResolvedByTheSystem() {
        owner.create("mn-name/cae1", ConsultationRules.TYPE, CseDriver.Body.of("m2m:dac").named("ask").with("dae", true)
                .with("dap", List.of("/in-cse/CDas"))).expect(2001);
        owner.update(data, cnt().with("daci", List.of("mn-name/cae1/ask"))).expect(2004);
        String token = signed(claims("CAE2", "/in-cse/CDas", permission(data, 2)), KEYS);
        cse.elsewhere = request -> {
            List<String> wanted = request.content().orElseThrow().attributes().object("dreq").orElseThrow().texts("tids");
            Attributes result = wanted.equals(List.of("t1")) ? Attributes.of("tkns", List.of(token)) : Attributes.empty();
            return CompletableFuture.completedFuture(ResponsePrimitive.builder(ResponseStatusCode.OK, request.requestIdentifier())
                    .content(new Content("m2m:seci", Attributes.builder().set("sit", 2).set("dres", result).build())).build());
        };
        other.retrieve(data).expect(4103);
        other.with(RequestParameter.TOKEN_IDS, List.of("t9")).retrieve(data).expect(4103).saying("t9");
        other.with(RequestParameter.TOKEN_IDS, List.of("t1")).retrieve(data).expect(2000);
    }

    private CseDriver.Body token(String compact) {
        Attributes claims = JsonWebToken.parse(compact).claims();
        CseDriver.Body body = CseDriver.Body.of("m2m:tk").with("tkob", compact);
        for (String name : List.of("vr", "tkid", "tkis", "tkhd", "tknb", "tkna")) {
            body = body.with(name, claims.get(name).orElseThrow());
        }
        return body;
    }

    @Test
    void aTokenThatIsKeptHereIsNamedByItsTokenId() {
        String token = signed(claims("CAE2", "/in-cse/CDas", permission(data, 2)), KEYS);
        String ri = other.create("mn-name/cae2", TOKEN, token(token)).expect(2001).ri();
        CseDriver.Peer naming = other.with(RequestParameter.TOKEN_IDS, List.of("t1"));
        naming.retrieve(data).expect(2000);
        other.with(RequestParameter.TOKEN_IDS, List.of("t2")).retrieve(data).expect(4103).saying("t2");
        cse.ae("CAE3").with(RequestParameter.TOKEN_IDS, List.of("t1")).retrieve(data).expect(4103).saying("held by");
        other.create("mn-name/cae2", TOKEN, token(token)).expect(4105).saying("t1");
        cse.restart();
        naming.retrieve(data).expect(2000);
        other.delete(ri).expect(2002);
        naming.retrieve(data).expect(4103);
        other.create("mn-name/cae2", TOKEN, token(token)).expect(2001);
    }

    @Test
    void aTokenResourceSaysWhatTheTokenSays() {
        CseDriver.Body body = token(signed(claims("CAE2", "/in-cse/CDas", ""), KEYS));
        other.create("mn-name/cae2", TOKEN, body.with("tkhd", "CAE1")).expect(4000).saying("tkhd");
        other.create("mn-name/cae2", TOKEN, body.with("tkob", "no token")).expect(4000).saying("token");
        other.create("mn-name/cae2", TOKEN, body.with("tkob", "a.b.c.d.e")).expect(5001).saying("JWE");
    }

    @Test
    void aSecretOrAnRsaKeyWillDo() throws GeneralSecurityException {
        String content = encoded("{\"alg\":\"HS256\"}") + "." + encoded(claims("CAE2", "/in-cse/CSecret", permission(data, 2)));
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(SECRET, "HmacSHA256"));
        showing(content + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(mac.doFinal(content.getBytes(
                StandardCharsets.US_ASCII)))).retrieve(data).expect(2000);
        KeyPair rsa = keys("RSA");
        String claims = claims("CAE2", "/in-cse/CDas", "");
        TokenKey key = TokenKey.ofPublicKey(rsa.getPublic());
        assertThat(key.verifies(JsonWebToken.parse(signed(claims, rsa, "RS256", "SHA256withRSA")))).isTrue();
        assertThat(key.verifies(JsonWebToken.parse(signed(claims, rsa, "RS512", "SHA256withRSA")))).isFalse();
        assertThat(key.verifies(JsonWebToken.parse(signed(claims, KEYS)))).isFalse();
    }

    @Test
    void aKeyFileIsPemOrALongSecret() {
        String pem = "-----BEGIN PUBLIC KEY-----\n" + Base64.getMimeEncoder().encodeToString(KEYS.getPublic().getEncoded())
                + "\n-----END PUBLIC KEY-----\n";
        TokenKey key = TokenKey.read(pem.getBytes(StandardCharsets.US_ASCII));
        assertThat(key.verifies(JsonWebToken.parse(signed(claims("CAE2", "x", ""), KEYS)))).isTrue();
        assertThatThrownBy(() -> TokenKey.read("short".getBytes(StandardCharsets.US_ASCII))).hasMessageContaining("32 bytes");
        assertThatThrownBy(() -> TokenKey.read("-----BEGIN PRIVATE KEY-----\n".getBytes(StandardCharsets.US_ASCII)))
                .hasMessageContaining("private key");
    }
}
