package io.gatewright.envoy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Empty;
import com.google.protobuf.UnknownFieldSet;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtCacheConfig;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtClaimToHeader;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtHeader;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtProvider;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtRequirement;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.RequirementRule;
import io.gatewright.settings.Body.Issuer;
import io.gatewright.settings.Body.SigningKeys;
import io.gatewright.settings.Catalog;
import io.gatewright.settings.Document;
import io.gatewright.settings.Effective;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Settings;
import java.util.List;

/**
 * Verifies tokens of all issuers in one filter (RFC 7519, RFC 8725), keys inline. A missing token passes here and is
 * judged by the tenant's chain; the issuer is looked up by the token's {@code iss}, so the number of issuers does not
 * matter. A verified token selects the tenant's scope. An issuer without keys is left out, so its tokens are refused.
 */
final class JwtAuthn {
    /** Where the verified payload lies in the metadata of {@link FilterOrder#JWT_AUTHN}. */
    static final String PAYLOAD = "jwt";

    static final String ACTOR_HEADER = "x-user-id";
    private static final int MAX_LIFETIME_FIELD = 21;
    private static final int CACHED_TOKENS = 1000;
    private static final int MAX_TOKEN_BYTES = 8192;

    private JwtAuthn() {}

    static JwtAuthentication filter(Settings settings) {
        JwtAuthentication.Builder filter = JwtAuthentication.newBuilder()
                .setBypassCorsPreflight(true)
                .addRules(RequirementRule.newBuilder()
                        .setMatch(RouteMatch.newBuilder().setPrefix("/"))
                        .setRequires(JwtRequirement.newBuilder().setAllowMissing(Empty.getDefaultInstance())));
        Effective global = settings.global();
        for (Document document : settings.all(Kind.ISSUER)) {
            String id = document.key().id();
            SigningKeys keys = settings.body(SigningKeys.class, Kind.SIGNING_KEYS, id);
            if (document.body() instanceof Issuer issuer && keys != null && keys.areOf(issuer)) {
                ObjectNode usable = usable(keys, issuer.algorithms());
                if (!usable.get("keys").isEmpty()) {
                    filter.putProviders(id, provider(issuer, usable, global));
                }
            }
        }
        return filter.build();
    }

    private static JwtProvider provider(Issuer issuer, ObjectNode keys, Effective global) {
        String scopeClaim = issuer.tenant() == null ? issuer.tenantClaim() : "iss";
        JwtProvider.Builder provider = JwtProvider.newBuilder()
                .setIssuer(issuer.issuer().toString())
                .addAllAudiences(issuer.audiences())
                .setRequireExpiration(true)
                .setClockSkewSeconds(
                        Math.toIntExact(global.get(Catalog.OIDC_CLOCK_SKEW).toSeconds()))
                .setForward(true)
                .addFromHeaders(JwtHeader.newBuilder().setName("authorization").setValuePrefix("Bearer "))
                .setLocalJwks(DataSource.newBuilder().setInlineString(keys.toString()))
                .setPayloadInMetadata(PAYLOAD)
                .addClaimToHeaders(claim(ScopeKey.HEADER, scopeClaim))
                .addClaimToHeaders(claim(ACTOR_HEADER, issuer.actorClaim()))
                .setClearRouteCache(true)
                .setJwtCacheConfig(JwtCacheConfig.newBuilder()
                        .setJwtCacheSize(CACHED_TOKENS)
                        .setJwtMaxTokenSize(MAX_TOKEN_BYTES));
        return provider.setUnknownFields(UnknownFieldSet.newBuilder()
                        .addField(
                                MAX_LIFETIME_FIELD,
                                UnknownFieldSet.Field.newBuilder()
                                        .addLengthDelimited(Protos.duration(global.get(Catalog.OIDC_TOKEN_MAX_AGE))
                                                .toByteString())
                                        .build())
                        .build())
                .build();
    }

    private static JwtClaimToHeader claim(String header, String claim) {
        return JwtClaimToHeader.newBuilder()
                .setHeaderName(header)
                .setClaimName(claim)
                .build();
    }

    /** Only keys for signatures, and only of the algorithms that the issuer may use. */
    private static ObjectNode usable(SigningKeys keys, List<String> algorithms) {
        ObjectNode set = JsonNodeFactory.instance.objectNode();
        for (JsonNode key : keys.keys()) {
            boolean signs = !key.has("use") || key.path("use").asText().equals("sig");
            if (signs && algorithms.contains(key.path("alg").asText(algorithms.getFirst()))) {
                ObjectNode pinned = key.deepCopy();
                pinned.put("alg", key.path("alg").asText(algorithms.getFirst()));
                set.withArray("keys").add(pinned);
            }
        }
        set.withArray("keys");
        return set;
    }
}
