package io.gatewright.kong;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.settings.Body.Issuer;
import io.gatewright.settings.Body.Module;
import io.gatewright.settings.Body.SigningKeys;
import io.gatewright.settings.Catalog;
import io.gatewright.settings.DocumentKey;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Settings;
import io.gatewright.settings.What;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Tokens by Kong's own plugin, in the profile {@code native}: the token's key id finds the credential of one signing key,
 * which belongs to the tenant that its issuer is fixed to, else to a consumer of the issuer. A key id that two issuers use
 * counts for neither.
 */
final class NativeJwt {
    /** Kong's longest. */
    private static final long MOST_SECONDS = 31_536_000;

    private final Settings settings;
    private final Joined joined;
    private final Map<String, Integer> uses = new HashMap<>();
    private final List<Named<Issuer>> issuers;

    NativeJwt(Settings settings, Joined joined) {
        this.settings = settings;
        this.joined = joined;
        this.issuers = Named.all(settings, Kind.ISSUER, Issuer.class);
        issuers.forEach(issuer ->
                usable(issuer).forEach(key -> uses.merge(key.path("kid").asText(), 1, Integer::sum)));
    }

    /** The plugin of a service. Where nobody needs a token, those without are the anonymous consumer. */
    Entity plugin(Named<Module> named) {
        String module = named.id();
        What what = new What.Module(module);
        boolean required = joined.tenants().isEmpty() || joined.any(what, each -> each.get(Catalog.OIDC_REQUIRED));
        long longest = settings.global().get(Catalog.OIDC_TOKEN_MAX_AGE).toSeconds();
        ObjectNode config = Json.object()
                .put("key_claim_name", "kid")
                .put("run_on_preflight", false)
                .put("secret_is_base64", false)
                .put("maximum_expiration", Math.min(longest, MOST_SECONDS));
        config.set("claims_to_verify", Json.array(List.of("exp", "nbf")));
        config.set("cookie_names", Json.array(List.of()));
        config.set("header_names", Json.array(List.of("authorization")));
        config.set("uri_param_names", Json.array(List.of())); // else a token in the query counts too
        if (!required) {
            config.put("anonymous", Names.ANONYMOUS);
        }
        return Plugins.inService("jwt", Names.service(module), config, Services.provenance(named));
    }

    /** Consumers that are no tenant's. */
    List<Entity> consumers() {
        List<Entity> consumers = new ArrayList<>();
        Provenance nobody = Provenance.of(new Sources(), null, null);
        consumers.add(Entity.of(
                EntityType.CONSUMER, Names.ANONYMOUS, Json.object().put("username", Names.ANONYMOUS), nobody));
        for (Named<Issuer> issuer : issuers) {
            if (issuer.body().tenant() == null) {
                List<Entity> credentials = credentials(issuer);
                if (!credentials.isEmpty()) {
                    String name = Names.issuer(issuer.id());
                    consumers.add(new Entity(
                            EntityType.CONSUMER,
                            name,
                            Json.object().put("username", name),
                            Provenance.of(new Sources().add(issuer.document()), null, null),
                            credentials));
                }
            }
        }
        return consumers;
    }

    /** The keys of the issuers that are fixed to a tenant. */
    List<Entity> credentials(String tenant) {
        return issuers.stream()
                .filter(issuer -> tenant.equals(issuer.body().tenant()))
                .flatMap(issuer -> credentials(issuer).stream())
                .toList();
    }

    private List<Entity> credentials(Named<Issuer> issuer) {
        if (!accepted(issuer)) {
            return List.of();
        }
        Sources sources =
                new Sources().add(issuer.document()).add(settings.get(new DocumentKey(Kind.SIGNING_KEYS, issuer.id())));
        Provenance provenance = Provenance.of(sources, issuer.body().tenant(), null);
        List<Entity> credentials = new ArrayList<>();
        for (JsonNode key : usable(issuer)) {
            String kid = key.path("kid").asText();
            if (uses.getOrDefault(kid, 0) == 1) {
                PublicKeyPem.of(key)
                        .ifPresent(pem -> credentials.add(Entity.of(
                                EntityType.JWT_SECRET,
                                kid,
                                Json.object()
                                        .put("key", kid)
                                        .put("algorithm", algorithm(key, issuer.body()))
                                        .put("rsa_public_key", pem)
                                        .put("secret", "unused, the public key counts"), // decK wants one
                                provenance)));
            }
        }
        return credentials;
    }

    private boolean accepted(Named<Issuer> issuer) {
        String fixed = issuer.body().tenant();
        return !usable(issuer).isEmpty()
                && joined.tenants().stream()
                        .filter(tenant -> fixed == null || fixed.equals(tenant.id()))
                        .anyMatch(tenant -> joined.effective(tenant.id(), What.ANY)
                                .get(Catalog.OIDC_ISSUERS)
                                .contains(issuer.id()));
    }

    /** Keys for signatures of algorithms that the issuer may use; none while those that are there are of another URL. */
    private List<JsonNode> usable(Named<Issuer> issuer) {
        SigningKeys keys = settings.body(SigningKeys.class, Kind.SIGNING_KEYS, issuer.id());
        if (keys == null || !keys.areOf(issuer.body())) {
            return List.of();
        }
        return keys.keys().stream()
                .filter(key -> !key.has("use") || key.path("use").asText().equals("sig"))
                .filter(key -> issuer.body().algorithms().contains(algorithm(key, issuer.body())))
                .toList();
    }

    private static String algorithm(JsonNode key, Issuer issuer) {
        return key.path("alg").asText(issuer.algorithms().getFirst());
    }
}
