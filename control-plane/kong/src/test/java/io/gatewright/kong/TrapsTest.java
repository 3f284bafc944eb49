package io.gatewright.kong;

import static io.gatewright.kong.EntityType.CONSUMER;
import static io.gatewright.kong.EntityType.JWT_SECRET;
import static io.gatewright.kong.EntityType.PLUGIN;
import static io.gatewright.kong.EntityType.ROUTE;
import static io.gatewright.kong.EntityType.SERVICE;
import static io.gatewright.kong.EntityType.UPSTREAM;
import static io.gatewright.kong.Registries.bundle;
import static io.gatewright.kong.Registries.find;
import static io.gatewright.kong.Registries.has;
import static io.gatewright.settings.Given.document;
import static io.gatewright.settings.Given.setting;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatewright.settings.Body.Endpoint;
import io.gatewright.settings.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What Kong would take and make something else of: each has its test. */
final class TrapsTest {
    private static final String CORS = "cors/service=orders";
    private static final String OF_TENANT = "rate-limiting/consumer=acme-de";

    @Test
    void noOriginMeansNoCorsPluginSinceAnEmptyListMeansEveryOrigin() {
        Bundle bundle = bundle(Registries.with(setting("global", "cors.allow-credentials", "true")), Target.FULL);

        assertThat(bundle.all().map(Entity::name)).noneMatch(name -> name.startsWith("cors/"));
    }

    @Test
    void originsOfAllTenantsOfAModuleAreJoinedAndCredentialsNeedAllOfThem() {
        Settings settings = Registries.with(
                setting("tenant=acme-de", "cors.allowed-origins", "[\"https://de.example.com\"]"),
                setting("tenant=acme-at,module=orders", "cors.allowed-origins", "[\"https://at.example.com:8443\"]"),
                setting("tenant=acme-de", "cors.allow-credentials", "true"));

        JsonNode orders = config(bundle(settings, Target.FULL), CORS);
        JsonNode bills = config(bundle(settings, Target.FULL), "cors/service=bills");

        assertThat(texts(orders.path("origins")))
                .containsExactly("https://at.example.com:8443", "https://de.example.com");
        assertThat(orders.path("credentials").asBoolean()).isFalse();
        assertThat(texts(bills.path("origins"))).containsExactly("https://de.example.com");
        assertThat(bills.path("credentials").asBoolean()).isTrue();
    }

    @Test
    void aWildcardOriginIsAnExpressionWithSchemeAnchorsAndOneLabel() {
        String origin = Cors.origin("https://*.shop.example.com:8443");

        assertThat(origin).isEqualTo("^https://[a-z0-9-]+\\.shop\\.example\\.com:8443$");
        assertThat("https://a.shop.example.com:8443").matches(origin);
        assertThat("https://a.b.shop.example.com:8443").doesNotMatch(origin);
        assertThat("https://ashopXexample.com:8443").doesNotMatch(origin);
    }

    @Test
    void noAllowedHeaderIsNotWhateverIsAskedFor() {
        Settings settings = Registries.with(
                setting("global", "cors.allowed-origins", "[\"https://de.example.com\"]"),
                setting("global", "cors.allowed-headers", "[]"));

        assertThat(texts(config(bundle(settings, Target.FULL), CORS).path("headers")))
                .containsExactly("accept");
    }

    @Test
    void everyModuleHasARouteThatPreflightsReach() {
        Bundle bundle = bundle(Registries.with(), Target.FULL);

        assertThat(texts(find(bundle, ROUTE, "orders").fields().path("methods")))
                .contains("OPTIONS");
        assertThat(texts(find(bundle, ROUTE, "bills").fields().path("methods"))).contains("OPTIONS");
    }

    @Test
    void theCorrelationIdIsGlobalUnderOurHeader() {
        JsonNode config = config(bundle(Registries.with(), Target.FULL), "correlation-id/global");

        assertThat(config.path("header_name").asText()).isEqualTo("X-Correlation-ID");
        assertThat(config.path("echo_downstream").asBoolean()).isTrue();
    }

    @Test
    void kongRepeatsNoRequestByItself() {
        assertThat(find(bundle(Registries.with(), Target.FULL), SERVICE, "orders")
                        .fields()
                        .path("retries")
                        .asInt(-1))
                .isZero();
    }

    @Test
    void routesAreToldApartByPrefixThenParametersThenName() {
        Bundle bundle = bundle(Registries.with(), Target.FULL);

        assertThat(priority(bundle, "bills")).isGreaterThan(priority(bundle, "orders.create"));
        assertThat(priority(bundle, "orders.create")).isGreaterThan(priority(bundle, "orders.line"));
        assertThat(priority(bundle, "orders.line")).isGreaterThan(priority(bundle, "orders.read"));
        assertThat(priority(bundle, "orders.read")).isGreaterThan(priority(bundle, "orders"));
    }

    @Test
    void pathsMatchWholeSegmentsAndNothingThatOnlyBeginsAlike() {
        Bundle bundle = bundle(Registries.with(), Target.FULL);
        String rest = path(bundle, "orders");
        String line = path(bundle, "orders.line");

        assertThat("/api/orders/x/y").matches(rest + ".*");
        assertThat("/api/orders").matches(rest);
        assertThat("/api/orders-old").doesNotMatch(rest + ".*");
        assertThat("/api/orders/7/lines.csv").matches(line);
        assertThat("/api/orders/7/linesXcsv").doesNotMatch(line);
        assertThat("/api/orders/7/8/lines.csv").doesNotMatch(line);
        assertThat(path(bundle, "orders.create")).isEqualTo("/api/orders/?$");
    }

    @Test
    void answersAreBufferedOnlyWhereSomeTenantWantsIdempotency() {
        Settings settings = Registries.with(
                setting("global", "idempotency.mode", "\"off\""),
                setting("tenant=acme-at,route=orders/create", "idempotency.mode", "\"required\""));

        Bundle bundle = bundle(settings, Target.FULL);

        assertThat(bundle.all().map(Entity::name).filter(name -> name.startsWith("gatewright-idempotency")))
                .containsExactly("gatewright-idempotency/route=orders.create");
        assertThat(bundle.all().map(Entity::name).filter(name -> name.startsWith("gatewright-guard")))
                .hasSize(6);
    }

    @Test
    void routesWithoutAMethodThatIdempotencyCountsForAreNotBuffered() {
        Bundle bundle = bundle(Registries.with(), Target.FULL);

        assertThat(has(bundle, PLUGIN, "gatewright-idempotency/route=orders.create"))
                .isTrue();
        assertThat(has(bundle, PLUGIN, "gatewright-idempotency/route=orders.read"))
                .isFalse();
    }

    @Test
    void ourPluginsOnlyNameTheirRoute() {
        Bundle bundle = bundle(Registries.with(setting("tenant=acme-de", "idempotency.ttl", "\"PT30H\"")), Target.FULL);

        assertThat(config(bundle, "gatewright-guard/route=orders.create"))
                .hasToString("{\"module\":\"orders\",\"route\":\"orders/create\"}");
        assertThat(config(bundle, "gatewright-guard/route=orders")).hasToString("{\"module\":\"orders\"}");
        assertThat(bundle.digest())
                .as("what Kong runs does not change with what our plugins read elsewhere")
                .isEqualTo(bundle(Registries.with(), Target.FULL).digest());
    }

    @Test
    void aPlaceWithoutALimitOverridesTheBroaderOneSinceADisabledPluginWouldNot() {
        Settings settings = Registries.with(setting("tenant=acme-de,module=orders", "rate-limit.mode", "\"off\""));

        JsonNode config = config(bundle(settings, Target.FULL), OF_TENANT + ",service=orders");

        assertThat(config.path("second").asLong()).isEqualTo(1_000_000_000);
        assertThat(config.path("hide_client_headers").asBoolean()).isTrue();
    }

    @Test
    void aLimitThatDiffersAtAModuleOrRouteIsOnConsumerAndServiceOrRoute() {
        Settings settings = Registries.with(
                setting("tenant=acme-de", "rate-limit.requests", "10"),
                setting("module=orders", "rate-limit.requests", "20"),
                setting("tenant=acme-de,module=bills", "rate-limit.period", "\"PT1H\""),
                setting("tenant=acme-de,route=orders/create", "rate-limit.requests", "5"));

        Bundle bundle = bundle(settings, Target.FULL);

        assertThat(config(bundle, OF_TENANT).path("minute").asLong()).isEqualTo(10);
        assertThat(has(bundle, PLUGIN, OF_TENANT + ",service=orders"))
                .as("the tenant's own value counts at the module too")
                .isFalse();
        assertThat(config(bundle, OF_TENANT + ",service=bills").path("hour").asLong())
                .isEqualTo(10);
        assertThat(config(bundle, OF_TENANT + ",route=orders.create")
                        .path("minute")
                        .asLong())
                .isEqualTo(5);
        assertThat(config(bundle, "rate-limiting/consumer=acme-at,service=orders")
                        .path("minute")
                        .asLong())
                .isEqualTo(20);
    }

    @Test
    void sharedCountingNeedsARedis() {
        Settings settings = Registries.with(
                setting("global", "rate-limit.counting", "\"shared\""),
                setting("global", "rate-limit.when-store-fails", "\"closed\""));
        Target redis = new Target(Profile.FULL, new Endpoint("redis.internal", 6379));

        JsonNode shared = config(bundle(settings, redis), OF_TENANT);

        assertThat(shared.path("policy").asText()).isEqualTo("redis");
        assertThat(shared.path("fault_tolerant").asBoolean()).isFalse();
        assertThat(shared.path("redis")).hasToString("{\"host\":\"redis.internal\",\"port\":6379}");
        assertThat(config(bundle(settings, Target.FULL), OF_TENANT)
                        .path("policy")
                        .asText())
                .isEqualTo("local");
        assertThat(config(bundle(Registries.with(), redis), OF_TENANT)
                        .path("policy")
                        .asText())
                .isEqualTo("local");
    }

    @Test
    void kongsJwtChecksExpiryTakesNoTokenFromTheQueryAndPinsKeyAndAlgorithm() {
        Bundle bundle = bundle(Registries.with(), Target.NATIVE);

        JsonNode config = config(bundle, "jwt/service=orders");

        assertThat(config.path("key_claim_name").asText()).isEqualTo("kid");
        assertThat(texts(config.path("claims_to_verify"))).containsExactly("exp", "nbf");
        assertThat(config.path("uri_param_names")).isEmpty();
        assertThat(config.path("run_on_preflight").asBoolean(true)).isFalse();
        assertThat(config.has("anonymous")).isFalse();
        assertThat(find(bundle, JWT_SECRET, "k-own").fields().path("algorithm").asText())
                .isEqualTo("ES256");
        assertThat(find(bundle, CONSUMER, "acme-de").children()).hasSize(1);
        assertThat(find(bundle, CONSUMER, "issuer.all").children()).hasSize(1);
    }

    @Test
    void aKeyIdOfTwoIssuersCountsForNeither() {
        Settings settings = Registries.with(document("signing-keys/own", 7, Registries.KEYS.formatted("k-all")));

        Bundle bundle = bundle(settings, Target.NATIVE);

        assertThat(bundle.all().filter(entity -> entity.type() == JWT_SECRET)).isEmpty();
    }

    @Test
    void withoutOurPluginIdentityHeadersAreRemovedAndATenantOfItsOwnIssuerIsNamed() {
        Bundle bundle = bundle(Registries.with(), Target.NATIVE);

        assertThat(texts(config(bundle, "request-transformer/service=orders")
                        .path("remove")
                        .path("headers")))
                .contains("X-Tenant-ID", "X-User-ID");
        assertThat(texts(config(bundle, "request-transformer/consumer=acme-de")
                        .path("add")
                        .path("headers")))
                .containsExactly("X-Org-ID:acme", "X-Tenant-ID:acme-de");
        assertThat(bundle.all().map(Entity::name)).noneMatch(name -> name.startsWith("gatewright-guard"));
    }

    @Test
    void noRouteIsWithoutAnAuthenticatorAlsoWhereNobodyNeedsAToken() {
        Settings settings = Registries.with(setting("global", "oidc.required", "false"));

        Bundle bundle = bundle(settings, Target.NATIVE);

        assertThat(config(bundle, "jwt/service=orders").path("anonymous").asText())
                .isEqualTo(Names.ANONYMOUS);
        assertThat(has(bundle, CONSUMER, Names.ANONYMOUS)).isTrue();
    }

    @Test
    void aSuspendedTenantIsRefusedByKongItselfWhereTheGuardIsNot() {
        Settings settings =
                Registries.with(document("tenant/acme-de", 7, "{\"org\":\"acme\",\"status\":\"suspended\"}"));

        assertThat(config(bundle(settings, Target.NATIVE), "request-termination/consumer=acme-de")
                        .path("status_code")
                        .asInt())
                .isEqualTo(403);
        assertThat(has(bundle(settings, Target.FULL), PLUGIN, OF_TENANT)).isFalse();
    }

    @Test
    void severalEndpointsAreAnUpstreamWhoseHostHeaderFitsTheCertificate() {
        Bundle bundle = bundle(Registries.with(), Target.FULL);

        assertThat(find(bundle, SERVICE, "bills").fields().path("host").asText())
                .isEqualTo("bills.upstream");
        assertThat(find(bundle, SERVICE, "bills").fields().path("tls_verify").asBoolean())
                .isTrue();
        assertThat(find(bundle, UPSTREAM, "bills.upstream").children()).hasSize(2);
        assertThat(find(bundle, ROUTE, "bills").fields().path("preserve_host").asBoolean(true))
                .isFalse();
    }

    @Test
    void tagsTellWhereAnEntityComesFromAndCanBeReadBack() {
        Settings settings = Registries.with(
                document("setting/tenant=acme-de,route=orders/create/rate-limit.requests", 7, "{\"value\":5}"));

        Entity plugin = find(bundle(settings, Target.FULL), PLUGIN, OF_TENANT + ",route=orders.create");

        assertThat(plugin.provenance().tags())
                .containsExactly(
                        "gatewright",
                        "gatewright-module:orders",
                        "gatewright-rev:7",
                        "gatewright-setting:tenant=acme-de;route=orders:create:rate-limit.requests",
                        "gatewright-tenant:acme-de");
        assertThat(Provenance.parse(plugin.provenance().tags())).contains(plugin.provenance());
        assertThat(Provenance.parse(List.of("somebody-elses"))).isEmpty();
    }

    @Test
    void idsAreThoseOfRfc9562() {
        assertThat(NameUuid.of(UUID.fromString("6ba7b810-9dad-11d1-80b4-00c04fd430c8"), "www.example.com"))
                .hasToString("2ed6657d-e927-568b-95e1-2665a8aea6a2");
    }

    private static JsonNode config(Bundle bundle, String plugin) {
        return find(bundle, PLUGIN, plugin).fields().path("config");
    }

    private static int priority(Bundle bundle, String route) {
        return find(bundle, ROUTE, route).fields().path("regex_priority").asInt();
    }

    private static String path(Bundle bundle, String route) {
        return find(bundle, ROUTE, route)
                .fields()
                .path("paths")
                .path(0)
                .asText()
                .substring(1);
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(each -> texts.add(each.asText()));
        return texts;
    }
}
