package io.gatewright.server.preview;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.reference.Token;
import io.gatewright.settings.Body.Issuer;
import io.gatewright.settings.Catalog;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Settings;
import io.gatewright.settings.What;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The token of a sample request, as somebody describes it. Immutable. Its signature and its times are taken to hold unless
 * it is {@link Invalid}: what is asked is what the settings make of it.
 */
public sealed interface Bearer {
    /** There is none. */
    record None() implements Bearer {}

    /** One that does not hold. */
    record Invalid() implements Bearer {}

    /**
     * The payload of a JSON Web Token (RFC 7519).
     *
     * @param payload an object
     */
    record Payload(JsonNode payload) implements Bearer {}

    /** A good token of the first issuer that a tenant accepts. */
    record Of(String tenant, String actor) implements Bearer {}

    /** What it is under some settings; {@code before} and {@code after} say which issuers are known at all. */
    default Token under(Settings settings, Settings before, Settings after) {
        return switch (this) {
            case None none -> new Token.None();
            case Invalid invalid -> new Token.Invalid();
            case Payload token -> ofPayload(settings, token.payload());
            case Of good ->
                ofTenant(good, before).or(() -> ofTenant(good, after)).orElseGet(Token.Invalid::new);
        };
    }

    private static Token ofPayload(Settings settings, JsonNode payload) {
        String url = payload.path("iss").asText();
        for (String id : settings.ids(Kind.ISSUER)) {
            Issuer issuer = settings.body(Issuer.class, Kind.ISSUER, id);
            if (issuer != null && issuer.issuer().toString().equals(url)) {
                return new Token.Verified(id, audiences(payload.path("aud")), payload);
            }
        }
        return new Token.Invalid();
    }

    private static List<String> audiences(JsonNode aud) {
        List<String> audiences = new ArrayList<>();
        (aud.isArray() ? aud : JsonNodeFactory.instance.arrayNode().add(aud))
                .forEach(audience -> audiences.add(audience.asText()));
        return audiences;
    }

    private static Optional<Token> ofTenant(Of good, Settings settings) {
        if (!settings.ids(Kind.TENANT).contains(good.tenant())) {
            return Optional.empty();
        }
        return settings.effective(good.tenant(), What.ANY).get(Catalog.OIDC_ISSUERS).stream()
                .flatMap(id -> Stream.ofNullable(ofIssuer(good, id, settings.body(Issuer.class, Kind.ISSUER, id))))
                .findFirst();
    }

    private static @Nullable Token ofIssuer(Of good, String id, @Nullable Issuer issuer) {
        if (issuer == null || (issuer.tenant() != null && !Objects.equals(issuer.tenant(), good.tenant()))) {
            return null;
        }
        ObjectNode claims = JsonNodeFactory.instance.objectNode();
        put(claims, issuer.tenantClaim(), good.tenant());
        put(claims, issuer.actorClaim(), good.actor());
        return new Token.Verified(id, issuer.audiences(), claims);
    }

    /** A dot in a claim's name goes into an object. */
    private static void put(ObjectNode claims, String name, String value) {
        String[] parts = name.split("\\.", -1);
        ObjectNode object = claims;
        for (int i = 0; i < parts.length - 1; i++) {
            object = object.withObject("/" + parts[i].replace("~", "~0").replace("/", "~1"));
        }
        object.put(parts[parts.length - 1], value);
    }
}
