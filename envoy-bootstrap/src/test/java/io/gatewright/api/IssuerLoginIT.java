package io.gatewright.api;

import static io.gatewright.api.Person.setting;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.gatewright.demo.StubIssuer;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** With an issuer: its tokens say who calls and what they may do. */
final class IssuerLoginIT {
    private static final Map<String, Object> EDITOR =
            Map.of("realm_access", Map.of("roles", List.of("gateway-editor")), "gateway_orgs", List.of("*"));
    private static final String ORG = "/v1/documents/org/acme";

    @TempDir
    private static Path directory;

    private static StubIssuer issuer;
    private static Plane plane;

    @BeforeAll
    static void start() throws Exception {
        issuer = new StubIssuer("gatewright");
        plane = Plane.of(issuer, directory.resolve("plane"));
        person("root", "*", "editor")
                .commit(
                        "{'kind':'org','id':'acme','body':{'name':'Acme'}}",
                        "{'kind':'org','id':'beta','body':{'name':'Beta'}}",
                        "{'kind':'tenant','id':'acme-de','body':{'org':'acme','hosts':[]}}",
                        "{'kind':'tenant','id':'beta-de','body':{'org':'beta','hosts':[]}}")
                .done();
    }

    @AfterAll
    static void stop() {
        plane.close();
        issuer.close();
    }

    private static Person person(String name, String orgs, String... roles) {
        return Person.with(plane, issuer, name, orgs, roles);
    }

    private static Answer withToken(String token) {
        return plane.send("GET", ORG, null, "Authorization", "Bearer " + token);
    }

    private static void refused(String token) {
        Answer answer = withToken(token);
        assertThat(Plane.sentence(answer.problem(401)))
                .contains("Authorization", issuer.url(), "gatewright")
                .doesNotContain(token);
        assertThat(answer.header("WWW-Authenticate")).startsWith("Bearer");
    }

    private static JWTClaimsSet claims(UnaryOperator<JWTClaimsSet.Builder> change) {
        Instant now = Instant.now();
        JWTClaimsSet.Builder claims = new JWTClaimsSet.Builder()
                .issuer(issuer.url())
                .subject("mallory")
                .audience("gatewright")
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plusSeconds(600)));
        EDITOR.forEach(claims::claim);
        return change.apply(claims).build();
    }

    private static String signed(JWSAlgorithm algorithm, JWSSigner signer, JWTClaimsSet claims) throws Exception {
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(algorithm)
                        .keyID(issuer.keyIds().getLast())
                        .build(),
                claims);
        token.sign(signer);
        return token.serialize();
    }

    @Test
    void takesAGoodToken() {
        withToken(issuer.token("anna", EDITOR)).done();
    }

    @Test
    void refusesATokenThatIsNotOneOfItsIssuer() throws Exception {
        withToken("").problem(401);
        refused("xyz-no-token");
        refused("a.b.c");
        refused(issuer.forged("mallory", EDITOR));
        try (StubIssuer other = new StubIssuer("gatewright")) {
            refused(other.token("mallory", EDITOR));
        }
        String good = issuer.token("anna", EDITOR);
        refused(good.substring(0, good.length() - 8) + "AAAAAAAA");
    }

    @Test
    void refusesATokenForOthersOrOfAnotherTime() {
        refused(issuer.token("anna", EDITOR, "another-api", Duration.ofHours(1)));
        refused(issuer.token("anna", EDITOR, "gatewright", Duration.ofHours(-1)));
        refused(issuer.token(
                "anna", Map.of("nbf", Instant.now().plusSeconds(3600).getEpochSecond())));
    }

    @Test
    void refusesATokenThatIsNotSignedOrByAnAlgorithmOfItsOwnChoice() throws Exception {
        refused(new PlainJWT(claims(c -> c)).serialize());
        byte[] publicKey;
        try (InputStream keys = URI.create(issuer.url() + "/jwks").toURL().openStream()) {
            publicKey = JWKSet.parse(new String(keys.readAllBytes(), StandardCharsets.UTF_8))
                    .getKeys()
                    .getLast()
                    .toRSAKey()
                    .toRSAPublicKey()
                    .getEncoded();
        }
        refused(signed(JWSAlgorithm.HS256, new MACSigner(publicKey), claims(c -> c)));
        refused(signed(JWSAlgorithm.PS256, new RSASSASigner(new RSAKeyGenerator(2048).generate()), claims(c -> c)));
    }

    @Test
    void refusesATokenThatIsNoneForAnApi() {
        refused(issuer.token("anna", Map.of("typ", "ID")));
        refused(issuer.token("a b", EDITOR));
        refused(issuer.token("", EDITOR));
    }

    @Test
    void followsTheIssuerToAnotherKey() {
        issuer.rotate();

        withToken(issuer.token("anna", EDITOR)).done();
    }

    @Test
    void refusesTheTokenOfOtherPlanes() {
        assertThat(directory.resolve("plane/data/api-token")).doesNotExist();
        plane.send("GET", ORG, null).problem(401);
    }

    @ParameterizedTest
    @CsvSource({
        "viewer,   GET,  /v1/documents/org,           200",
        "editor,   GET,  /v1/documents/org,           200",
        "approver, GET,  /v1/revisions,               200",
        "auditor,  GET,  /v1/proposals,               200",
        "viewer,   POST, /v1/syncs,                   403",
        "approver, POST, /v1/syncs,                   403",
        "auditor,  POST, /v1/syncs,                   403",
        "editor,   POST, /v1/syncs,                   200",
        "viewer,   POST, /v1/changesets,              403",
        "approver, POST, /v1/changesets,              403",
        "editor,   GET,  /v1/audit/export,            403",
        "viewer,   GET,  /v1/audit/export,            403",
        "editor,   POST, /v1/proposals/1/approve,     403",
        "viewer,   POST, /v1/proposals/1/withdraw,    403",
        "nothing,  GET,  /v1/documents/org,           403",
        "nothing,  GET,  /v1/nothing,                 403",
    })
    void letsEachRoleDoItsOwn(String role, String method, String path, int status) {
        Answer answer = person("somebody", "*", role).send(method, path, null);

        if (status == 403) {
            assertThat(Plane.sentence(answer.problem(403))).contains("role", "may not do this", "ask for the role ");
        } else {
            answer.done();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "viewer, GET,  /v1/audit;x=1/export",
        "viewer, GET,  /v1//audit/export",
        "editor, POST, /v1/proposals/1/approve;x=1",
        "editor, POST, /v1/proposals/1;x=1/approve",
        "editor, POST, /v1/proposals//1/approve",
    })
    void readsNoPathOtherwiseThanTheRouter(String role, String method, String path) {
        person("somebody", "*", role).send(method, path, null).problem(403);
    }

    @Test
    void namesSubjectAndNameInTheHistory() {
        person("anna", "*", "editor")
                .commit(setting("org=acme/rate-limit.burst", "7"))
                .done();

        assertThat(person("v", "", "viewer")
                        .get("/v1/revisions?limit=1")
                        .json()
                        .at("/revisions/0/actor")
                        .asText())
                .isEqualTo("id-of-anna (anna)");
    }

    @Test
    void limitsAnEditorToItsOrgs() {
        Person editor = person("ada", "acme", "editor");
        editor.commit(setting("org=acme/rate-limit.requests", "7"), setting("tenant=acme-de/rate-limit.requests", "8"))
                .done();
        long before = revision();

        for (String scope : List.of("global", "org=beta", "tenant=beta-de")) {
            assertThat(Plane.sentence(editor.commit(
                                    setting("org=acme/rate-limit.requests", "9"),
                                    setting(scope + "/rate-limit.requests", "9"))
                            .problem(403)))
                    .contains("setting/" + scope + "/rate-limit.requests", "orgs that you may write: acme");
        }
        assertThat(Plane.sentence(person("eve", "", "editor")
                        .commit(setting("org=acme/rate-limit.requests", "9"))
                        .problem(403)))
                .contains("your token names none");
        assertThat(revision()).isEqualTo(before);
    }

    private static long revision() {
        return person("v", "", "viewer")
                .get("/v1/revisions?limit=1")
                .done()
                .json()
                .at("/revisions/0/revision")
                .asLong();
    }

    @Test
    void sendsTheTokenFromAFile() throws Exception {
        String token = person("anna", "*", "editor").authorization().substring("Bearer ".length());
        Path file = Files.writeString(directory.resolve("token"), token + "\n");

        assertThat(new Cli(plane.api().base(), file).run("get", "org").done().out())
                .contains("acme");
        assertThat(new Cli(plane.api().base(), Files.writeString(directory.resolve("empty"), "x"))
                        .run("get", "org")
                        .failed(1)
                        .err())
                .contains("does not hold an access token", "--token-file, GATEWRIGHT_TOKEN_FILE or GATEWRIGHT_TOKEN");
    }

    @Test
    void countsEachCallerAlone() throws Exception {
        try (Plane slow = Plane.of(issuer, directory.resolve("slow"), "--api-requests=5")) {
            Person hasty = Person.with(slow, issuer, "hasty", "*", "viewer");
            Answer last = hasty.get("/v1/catalog");
            for (int i = 0; i < 10_000 && last.status() == 200; i++) {
                last = hasty.get("/v1/catalog");
            }
            last.problem(429);
            Person.with(slow, issuer, "calm", "*", "viewer").get("/v1/catalog").done();
            Answer guess = slow.send("GET", ORG, null, "Authorization", "Bearer x");
            for (int i = 0; i < 10_000 && guess.status() == 401; i++) {
                guess = slow.send("GET", ORG, null, "Authorization", "Bearer x");
            }
            guess.problem(429);
            Person.with(slow, issuer, "calm", "*", "viewer").get("/v1/catalog").done();
        }
    }

    @Test
    void saysThatTheIssuerIsAway() throws Exception {
        StubIssuer away = new StubIssuer("gatewright");
        String token = away.token("anna", EDITOR);
        away.close();
        try (Plane orphan = Plane.of(away, directory.resolve("orphan"))) {
            assertThat(Plane.sentence(orphan.send("GET", ORG, null, "Authorization", "Bearer " + token)
                            .problem(503)))
                    .contains("issuer's keys cannot be fetched");
        }
    }
}
