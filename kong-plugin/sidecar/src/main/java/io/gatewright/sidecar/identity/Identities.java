package io.gatewright.sidecar.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.factories.DefaultJWSVerifierFactory;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.gatewright.settings.Body.Issuer;
import io.gatewright.settings.Body.SigningKeys;
import io.gatewright.settings.Catalog;
import io.gatewright.settings.Document;
import io.gatewright.settings.Effective;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Settings;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Verifies access tokens with what the settings say of issuers and keys. Thread-safe. What it refuses has no reason for the
 * client: the same answer to every bad token.
 */
public final class Identities {
    private static final int LONGEST_TOKEN = 16_384;

    private final Supplier<Settings> current;
    private final Clock clock;
    private volatile Snapshot snapshot;

    private record Known(String id, Issuer issuer, Map<String, JWK> keys) {}

    private record Snapshot(Settings settings, Map<String, Known> issuers) {}

    /**
     * A verified caller.
     *
     * @param issuer the id of the issuer's document
     * @param tenant that the token or its issuer names
     * @param actor the user
     */
    public record Identity(String issuer, String tenant, String actor) {}

    /** With the newest settings, such as {@code SettingsFeed::current}, and the clock that tokens are held against. */
    public Identities(Supplier<Settings> current, Clock clock) {
        this.current = current;
        this.clock = clock;
        this.snapshot = read(current.get());
    }

    private Snapshot newest() {
        Snapshot known = snapshot;
        Settings settings = current.get();
        if (known.settings != settings) {
            known = read(settings);
            snapshot = known;
        }
        return known;
    }

    private static Snapshot read(Settings settings) {
        Map<String, Known> issuers = new HashMap<>();
        for (Document document : settings.all(Kind.ISSUER)) {
            String id = document.key().id();
            if (document.body() instanceof Issuer issuer) {
                SigningKeys keys = settings.body(SigningKeys.class, Kind.SIGNING_KEYS, id);
                issuers.put(issuer.issuer().toString(), new Known(id, issuer, keys(issuer, keys)));
            }
        }
        return new Snapshot(settings, Map.copyOf(issuers));
    }

    private static Map<String, JWK> keys(Issuer issuer, @Nullable SigningKeys keys) {
        Map<String, JWK> byId = new HashMap<>();
        if (keys != null && keys.areOf(issuer)) {
            keys.keys().forEach(json -> {
                try {
                    JWK key = JWK.parse(json.toString());
                    if (key instanceof AsymmetricJWK && key.getKeyID() != null) {
                        byId.put(key.getKeyID(), key);
                    }
                } catch (ParseException e) {
                    // the registry has checked what it keeps; a kind of key that is newer than this process verifies
                    // nothing
                }
            });
        }
        return Map.copyOf(byId);
    }

    /** The caller, or nothing when the token must not be accepted. */
    public Optional<Identity> verify(String token) {
        if (token.length() > LONGEST_TOKEN) {
            return Optional.empty();
        }
        try {
            Snapshot now = newest();
            SignedJWT jwt = SignedJWT.parse(token);
            JWTClaimsSet claims = jwt.getJWTClaimsSet();
            Known known = now.issuers.get(String.valueOf(claims.getIssuer()));
            if (known == null || !isSigned(jwt, known) || !isFor(claims, known.issuer(), now.settings.global())) {
                return Optional.empty();
            }
            Issuer issuer = known.issuer();
            String tenant = issuer.tenant() == null ? text(claims, issuer.tenantClaim()) : issuer.tenant();
            return Optional.of(new Identity(known.id(), tenant, text(claims, issuer.actorClaim())));
        } catch (ParseException | JOSEException | RuntimeException e) {
            return Optional.empty();
        }
    }

    /** By a key of this issuer and an algorithm that it is said to use: never by what the token says alone. */
    private static boolean isSigned(SignedJWT jwt, Known known) throws JOSEException {
        JWSHeader header = jwt.getHeader();
        JWK key = known.keys().get(String.valueOf(header.getKeyID()));
        if (!(key instanceof AsymmetricJWK asymmetric)
                || !known.issuer().algorithms().contains(header.getAlgorithm().getName())
                || (key.getAlgorithm() != null && !key.getAlgorithm().equals(header.getAlgorithm()))) {
            return false;
        }
        JWSVerifier verifier = new DefaultJWSVerifierFactory().createJWSVerifier(header, asymmetric.toPublicKey());
        return jwt.verify(verifier);
    }

    private boolean isFor(JWTClaimsSet claims, Issuer issuer, Effective settings) throws ParseException {
        Instant now = clock.instant();
        Duration skew = settings.get(Catalog.OIDC_CLOCK_SKEW);
        Date expires = claims.getExpirationTime();
        Date notBefore = claims.getNotBeforeTime();
        Date issued = claims.getIssueTime();
        boolean idToken = "ID".equals(claims.getClaim("typ"))
                || claims.getClaim("nonce") != null
                || claims.getClaim("at_hash") != null;
        return !idToken
                && expires != null
                && expires.toInstant().plus(skew).isAfter(now)
                && (notBefore == null || notBefore.toInstant().minus(skew).isBefore(now))
                && (issued == null
                        || !expires.toInstant()
                                .isAfter(issued.toInstant().plus(settings.get(Catalog.OIDC_TOKEN_MAX_AGE))))
                && List.copyOf(issuer.audiences()).stream()
                        .anyMatch(audience -> claims.getAudience().contains(audience));
    }

    /** A claim as text, empty without one; a dot goes into an object. */
    private static String text(JWTClaimsSet claims, String name) {
        Object value = claims.getClaims();
        for (String part : name.split("\\.", -1)) {
            value = value instanceof Map<?, ?> object ? object.get(part) : null;
        }
        return value instanceof String text ? text : "";
    }
}
