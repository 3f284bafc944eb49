package io.gatewright.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class StubIssuerTest {
    private static final Map<String, String> CLAIMS = Map.of("tenant_id", "frischwerk-de");
    private final StubIssuer issuer;

    StubIssuerTest() throws Exception {
        issuer = new StubIssuer("freshplan-api");
    }

    @AfterEach
    void stop() {
        issuer.close();
    }

    @Test
    void signsTokensThatItsPublishedKeysVerify() throws Exception {
        SignedJWT token = SignedJWT.parse(issuer.token("ann", CLAIMS));

        assertThat(verified(token)).isTrue();
        assertThat(token.getJWTClaimsSet().getSubject()).isEqualTo("ann");
        assertThat(token.getJWTClaimsSet().getIssuer()).isEqualTo(issuer.url());
        assertThat(token.getJWTClaimsSet().getAudience()).containsExactly("freshplan-api");
        assertThat(token.getJWTClaimsSet().getClaim("tenant_id")).isEqualTo("frischwerk-de");
    }

    @Test
    void keepsTheOldKeyPublishedAfterARotationUntilItIsWithdrawn() throws Exception {
        SignedJWT old = SignedJWT.parse(issuer.token("ann", CLAIMS));

        issuer.rotate();

        assertThat(verified(old)).isTrue();
        assertThat(verified(SignedJWT.parse(issuer.token("ann", CLAIMS)))).isTrue();
        issuer.withdraw("stub-1");
        assertThat(issuer.keyIds()).containsExactly("stub-2");
    }

    @Test
    void makesTokensThatAreOverOrForOthersOrForged() throws Exception {
        SignedJWT over = SignedJWT.parse(issuer.token("ann", CLAIMS, "other", Duration.ofHours(-1)));

        assertThat(over.getJWTClaimsSet().getExpirationTime()).isBefore(Date.from(Instant.now()));
        assertThat(over.getJWTClaimsSet().getIssueTime())
                .isBefore(over.getJWTClaimsSet().getExpirationTime());
        assertThat(over.getJWTClaimsSet().getAudience()).containsExactly("other");
        assertThat(verified(SignedJWT.parse(issuer.forged("ann", CLAIMS)))).isFalse();
    }

    @Test
    void neverPublishesPrivateKeys() throws Exception {
        assertThat(fetch(jwksUri())).contains("\"kid\":\"stub-1\"").doesNotContain("\"d\":");
        assertThat(issuer.fetches()).isEqualTo(1);
    }

    private boolean verified(SignedJWT token) throws Exception {
        JWK key = JWKSet.parse(fetch(jwksUri())).getKeyByKeyId(token.getHeader().getKeyID());
        JWSVerifier verifier = new RSASSAVerifier(key.toRSAKey());
        return token.verify(verifier);
    }

    private String jwksUri() throws Exception {
        return new ObjectMapper()
                .readTree(fetch(issuer.url() + "/.well-known/openid-configuration"))
                .path("jwks_uri")
                .asText();
    }

    private static String fetch(String url) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString())
                    .body();
        }
    }
}
