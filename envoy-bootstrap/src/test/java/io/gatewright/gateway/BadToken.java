package io.gatewright.gateway;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.gatewright.demo.StubIssuer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Tokens that no gateway may take, each wrong in one thing; the list, with what happens, is docs/attacks.md. */
enum BadToken {
    UNSIGNED(issuer -> new PlainJWT(claims(issuer).build()).serialize()),
    SIGNED_BY_THE_PUBLIC_KEY(issuer -> hmac(issuer, encoded(issuer))),
    SIGNED_BY_THE_MODULUS(issuer -> hmac(issuer, issuer.publicKey().getModulus().decode())),
    SIGNED_BY_THE_PUBLISHED_TEXT(
            issuer -> hmac(issuer, issuer.publicKey().toJSONString().getBytes(StandardCharsets.UTF_8))),
    UNDER_A_KEY_ID_THAT_IS_NOT_PUBLISHED(issuer -> issuer.signed(claims(issuer).build(), "../../etc/passwd")),
    BY_ANOTHER_KEY_UNDER_THE_SAME_ID(issuer -> issuer.forged("alice", Map.of("tenant_id", "a"))),
    OF_ANOTHER_ISSUER(issuer -> with(issuer, claims -> claims.issuer("https://elsewhere.example.com"))),
    FOR_ANOTHER_AUDIENCE(issuer -> with(issuer, claims -> claims.audience("another-api"))),
    ENDED(issuer -> with(issuer, claims -> claims.expirationTime(in(-600)).issueTime(in(-1200)))),
    NEVER_ENDING(issuer -> with(issuer, claims -> claims.expirationTime(null))),
    ENDING_TOO_LATE(issuer -> with(issuer, claims -> claims.expirationTime(in(3_000_000)))),
    NOT_VALID_YET(issuer -> with(issuer, claims -> claims.notBeforeTime(in(300)))),
    AN_ID_TOKEN_BY_ITS_TYPE(issuer -> with(issuer, claims -> claims.claim("typ", "ID"))),
    AN_ID_TOKEN_BY_ITS_NONCE(issuer -> with(issuer, claims -> claims.claim("nonce", "n"))),
    AN_ID_TOKEN_BY_ITS_HASH(issuer -> with(issuer, claims -> claims.claim("at_hash", "h"))),
    SPOILED(issuer -> good(issuer) + "x"),
    GARBAGE(issuer -> "garbage");

    @SuppressWarnings("ImmutableEnumChecker") // the functions keep nothing
    private final Function<StubIssuer, String> making;

    BadToken(Function<StubIssuer, String> making) {
        this.making = making;
    }

    /** Of this issuer for the user alice of the tenant {@code a}, right in everything else. */
    String of(StubIssuer issuer) {
        return making.apply(issuer);
    }

    /** A token of the same making with nothing wrong in it. */
    static String good(StubIssuer issuer) {
        return with(issuer, claims -> claims);
    }

    /** More than 64 kB, right in everything else. */
    static String huge(StubIssuer issuer) {
        return with(issuer, claims -> claims.claim("x", "x".repeat(49_152)));
    }

    /** Lines of Authorization beside a good one, of which a gateway would verify one and the upstream get all. */
    static List<List<String>> besideAnother(StubIssuer issuer) {
        String good = "Bearer " + good(issuer);
        String forged = "Bearer " + issuer.forged("root", Map.of("tenant_id", "b"));
        String basic = "Basic cm9vdDpyb290";
        return List.of(
                List.of(good, forged),
                List.of(forged, good),
                List.of(good, good),
                List.of(basic, good),
                List.of(good, basic),
                List.of(good + "," + forged));
    }

    private static JWTClaimsSet.Builder claims(StubIssuer issuer) {
        return new JWTClaimsSet.Builder()
                .issuer(issuer.url())
                .audience(issuer.audience())
                .subject("alice")
                .claim("tenant_id", "a")
                .issueTime(in(0))
                .expirationTime(in(600));
    }

    private static String with(StubIssuer issuer, Function<JWTClaimsSet.Builder, JWTClaimsSet.Builder> change) {
        return issuer.signed(
                change.apply(claims(issuer)).build(), issuer.publicKey().getKeyID());
    }

    private static Date in(long seconds) {
        return Date.from(Instant.now().plusSeconds(seconds));
    }

    private static byte[] encoded(StubIssuer issuer) {
        try {
            return issuer.publicKey().toRSAPublicKey().getEncoded();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String hmac(StubIssuer issuer, byte[] secret) {
        try {
            JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.HS256)
                    .keyID(issuer.publicKey().getKeyID())
                    .build();
            SignedJWT token = new SignedJWT(header, claims(issuer).build());
            token.sign(new MACSigner(secret));
            return token.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }
}
