package io.gatewright.reference;

import static io.gatewright.settings.Given.document;
import static io.gatewright.settings.Given.setting;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.reference.Verdict.CorrelationId;
import io.gatewright.settings.Document;
import io.gatewright.settings.Given;
import io.gatewright.settings.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rule by rule, in the order in which the first that applies answers. */
final class ReferenceGatewayTest {
    private static final String PATH = "/orders/7";
    private static final String UUID = "0f8fad5b-d9cb-469f-a165-70867728950e";
    private static final String KEY_SET = "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"a\",\"n\":\"AQ\",\"e\":\"AQAB\"}]}";
    private static final Document KEYS = document("signing-keys/main", 1, KEY_SET);

    /** Two orgs, three tenants, an issuer with keys that all accept, and these. */
    private static Settings settings(Document... more) {
        List<Document> documents = new ArrayList<>(List.of(KEYS, setting("global", "oidc.issuers", "[\"main\"]")));
        documents.addAll(List.of(more));
        return Given.settings(documents.toArray(Document[]::new));
    }

    @Test
    void passesOnWithTheIdentityOfTheToken() {
        Verdict verdict = Asked.get(PATH)
                .as("acme-de")
                .with("x-user-id", "mallory")
                .with("x-org-id", "evil")
                .under(settings());

        assertThat(verdict.status()).isEqualTo(200);
        assertThat(verdict.problem()).isNull();
        assertThat(verdict.passedOn()).isTrue();
        assertThat(verdict.upstream())
                .isEqualTo(Map.of("x-tenant-id", "acme-de", "x-org-id", "acme", "x-user-id", "alice"));
        assertThat(verdict.route()).isEqualTo("route=orders/read");
        assertThat(verdict.reason()).isEqualTo("passed on to route=orders/read");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/orders%2F1", "/orders/%5c1", "orders", "/orders#x"})
    void refusesPathsThatHideASlashOrCarryAFragment(String path) {
        assertThat(Asked.get(path).as("acme-de").answer(settings())).isEqualTo("400 bad-request");
    }

    @Test
    void refusesAliasesOfHeadersAndAnEmptyHost() {
        assertThat(Asked.get(PATH).as("acme-de").with("x_tenant_id", "acme-at").answer(settings()))
                .isEqualTo("400 bad-request");
        assertThat(Asked.get(PATH).as("acme-de").host("").answer(settings())).isEqualTo("400 bad-request");
    }

    @Test
    void refusesHeadersThatAreTooLargeOrTooMany() {
        Settings small = settings(setting("global", "headers.max-bytes", "4096"));
        assertThat(Asked.get(PATH)
                        .as("acme-de")
                        .with("x-large", "x".repeat(4100))
                        .answer(small))
                .isEqualTo("431 headers-too-large");
        assertThat(Asked.get(PATH)
                        .as("acme-de")
                        .with("x-large", "x".repeat(4000))
                        .answer(small))
                .isEqualTo("200");
        Asked many = Asked.get(PATH).as("acme-de");
        for (int i = 0; i <= 100; i++) {
            many = many.with("x-many", "v");
        }
        assertThat(many.answer(settings())).isEqualTo("431 headers-too-large");
    }

    @Test
    void answersPreflightsByHostElseByAllOrigins() {
        Settings settings = settings(
                setting("tenant=acme-de", "cors.allowed-origins", "[\"https://*.page.example\"]"),
                setting("tenant=beta-ch,module=bills", "cors.allowed-origins", "[\"https://bills.example\"]"));

        for (String origin : List.of("https://a.page.example", "https://bills.example")) {
            Verdict shared = Asked.preflight("shared.example", PATH, origin).under(settings);
            assertThat(shared.status() + " " + shared.allowedOrigin()).isEqualTo("200 " + origin);
            assertThat(shared.passedOn()).isFalse();
        }
        Verdict own = Asked.preflight("de.acme.example", PATH, "https://bills.example")
                .under(settings);
        assertThat(own.status() + " " + own.allowedOrigin()).isEqualTo("200 null");
        assertThat(own.reason()).contains("without permission", "acme-de");
        assertThat(Asked.preflight("de.acme.example.:8443", PATH, "https://a.page.example")
                        .under(settings)
                        .allowedOrigin())
                .isEqualTo("https://a.page.example");
        assertThat(Asked.preflight("de.acme.example", PATH, "https://a.b.page.example")
                        .under(settings)
                        .allowedOrigin())
                .isNull();
    }

    @Test
    void findsNothingForAPreflightWhereNobodyAllowsAnOrigin() {
        assertThat(Asked.preflight("shared.example", PATH, "https://a.example").answer(settings()))
                .isEqualTo("404 not-found");
        assertThat(Asked.preflight("de.acme.example", PATH, "https://a.example").answer(settings()))
                .isEqualTo("401 token-required");
    }

    @Test
    void letsAnAllowedPageReadTheAnswerAndRefusals() {
        Settings settings = settings(setting("org=acme", "cors.allowed-origins", "[\"https://a.example\"]"));
        Asked page = Asked.get(PATH).with("origin", "https://a.example");

        assertThat(page.as("acme-de").under(settings).allowedOrigin()).isEqualTo("https://a.example");
        assertThat(page.as("beta-ch").under(settings).allowedOrigin()).isNull();
        assertThat(page.host("de.acme.example").under(settings).allowedOrigin()).isEqualTo("https://a.example");
        assertThat(page.as("acme-de")
                        .with("origin", "https://evil.example")
                        .under(settings)
                        .allowedOrigin())
                .isNull();
    }

    @Test
    void refusesTokensThatDoNotHoldEvenWhereNoneIsNeeded() {
        Settings open = settings(setting("tenant=acme-de", "oidc.required", "false"));
        Asked asked = Asked.get(PATH).with("x-tenant-id", "acme-de");

        assertThat(asked.by(new Token.Invalid()).answer(open)).isEqualTo("401 invalid-token");
        assertThat(asked.by(Asked.token("other", "orders", "{}")).answer(open)).isEqualTo("401 invalid-token");
        assertThat(asked.answer(open)).isEqualTo("200");
    }

    @Test
    void refusesTokensOfAnIssuerWithoutKeys() {
        Settings keyless = settings(document("signing-keys/main", 2, "{\"keys\":[]}"));

        assertThat(Asked.get(PATH).as("acme-de").under(keyless).reason())
                .isEqualTo("issuer main is unknown or has no keys");
    }

    @Test
    void refusesTokensWhileTheKeysAreThoseOfAnIssuerThatWasAtAnotherUrl() {
        Settings moved = settings(document(
                "signing-keys/main", 2, KEY_SET.replace("\"keys\"", "\"source\":\"https://old.example\",\"keys\"")));

        assertThat(Asked.get(PATH).as("acme-de").under(moved).reason())
                .isEqualTo("issuer main is unknown or has no keys");
    }

    @Test
    void refusesIdTokens() {
        for (String mark : List.of("\"typ\":\"ID\"", "\"nonce\":\"n\"", "\"at_hash\":\"h\"")) {
            Token id = Asked.token("main", "orders", "{\"tenant_id\":\"acme-de\"," + mark + "}");
            assertThat(Asked.get(PATH).by(id).answer(settings())).as(mark).isEqualTo("401 invalid-token");
        }
    }

    @Test
    void refusesTokensForAnotherAudience() {
        assertThat(Asked.get(PATH)
                        .by(Asked.token("main", "elsewhere", "{\"tenant_id\":\"acme-de\"}"))
                        .answer(settings()))
                .isEqualTo("403 invalid-token");
    }

    @Test
    void asksForATokenOrSaysThatThereIsNoSuchTenant() {
        assertThat(Asked.get(PATH).answer(settings())).isEqualTo("401 token-required");
        assertThat(Asked.get(PATH).with("x-tenant-id", "nobody").answer(settings()))
                .isEqualTo("401 token-required");
        assertThat(Asked.get(PATH).as("nobody").answer(settings())).isEqualTo("404 unknown-tenant");
        assertThat(Asked.get(PATH)
                        .by(Asked.token("main", "orders", "{\"sub\":\"alice\"}"))
                        .answer(settings()))
                .isEqualTo("404 unknown-tenant");
    }

    @Test
    void refusesEverybodyOfASuspendedTenant() {
        Settings settings = settings(document("tenant/acme-de", 2, "{\"org\":\"acme\",\"status\":\"suspended\"}"));

        assertThat(Asked.get(PATH).as("acme-de").answer(settings)).isEqualTo("403 tenant-suspended");
        assertThat(Asked.get(PATH).with("x-tenant-id", "acme-de").answer(settings))
                .isEqualTo("403 tenant-suspended");
    }

    @Test
    void needsATokenUnlessTheTenantNeedsNone() {
        Settings settings = settings(setting("org=acme,module=orders", "oidc.required", "false"));
        Asked asked = Asked.get(PATH).host("de.acme.example");

        assertThat(asked.under(settings).upstream()).isEqualTo(Map.of("x-tenant-id", "acme-de", "x-org-id", "acme"));
        assertThat(Asked.get("/bills/1").host("de.acme.example").answer(settings))
                .isEqualTo("401 token-required");
    }

    @Test
    void refusesWhenTokenHeaderIssuerOrListenerNameAnotherTenant() {
        Settings settings = settings(
                setting("tenant=beta-ch", "oidc.issuers", "[\"!main\"]"),
                document("listener/edge", 1, "{\"address\":\"::1\",\"port\":80,\"tenant\":\"acme-de\"}"));

        assertThat(Asked.get(PATH)
                        .as("acme-de")
                        .with("x-tenant-id", "acme-at")
                        .under(settings)
                        .reason())
                .isEqualTo("the header x-tenant-id does not say acme-de");
        Asked twice =
                Asked.get(PATH).as("acme-de").with("x-tenant-id", "acme-at").with("x-tenant-id", "acme-de");
        assertThat(twice.under(settings).upstream()).containsEntry("x-tenant-id", "acme-de");
        assertThat(Asked.get(PATH).as("beta-ch").answer(settings)).isEqualTo("403 tenant-mismatch");
        assertThat(Asked.get(PATH).as("acme-at").on("edge").under(settings).reason())
                .isEqualTo("the listener is fixed to acme-de");
        assertThat(Asked.get(PATH).as("acme-de").on("edge").answer(settings)).isEqualTo("200");
        assertThat(Asked.get(PATH)
                        .with("x-tenant-id", "acme-at")
                        .on("edge")
                        .under(settings)
                        .tenant())
                .isEqualTo("acme-de");
    }

    @Test
    void givesTokensOfAFixedIssuerToItsTenant() {
        Settings settings = settings(
                document(
                        "issuer/fixed",
                        1,
                        "{\"issuer\":\"https://fixed.example\",\"audiences\":[\"orders\"],\"tenant\":\"acme-at\",\"actorClaim\":\"user.name\"}"),
                document(
                        "signing-keys/fixed",
                        1,
                        "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"b\",\"n\":\"AQ\",\"e\":\"AQAB\"}]}"),
                setting("tenant=acme-at", "oidc.issuers", "[\"fixed\"]"));

        Verdict verdict = Asked.get(PATH)
                .by(Asked.token("fixed", "orders", "{\"tenant_id\":\"acme-de\",\"user\":{\"name\":\"bob\"}}"))
                .under(settings);

        assertThat(verdict.upstream())
                .isEqualTo(Map.of("x-tenant-id", "acme-at", "x-org-id", "acme", "x-user-id", "bob"));
    }

    @Test
    void namesTheRequiredHeaderThatIsMissing() {
        Settings settings =
                settings(setting("org=acme", "headers.required", "[\"x-client\",\"x-user-id\",\"authorization\"]"));

        assertThat(Asked.get(PATH).as("acme-de").under(settings).reason())
                .isEqualTo("headers.required names x-client for acme-de");
        assertThat(Asked.get(PATH).as("acme-de").with("X-Client", " ").answer(settings))
                .isEqualTo("400 missing-header");
        assertThat(Asked.get(PATH).as("acme-de").with("X-Client", "web").answer(settings))
                .isEqualTo("200");
    }

    @Test
    void refusesBodiesAboveTheLimit() {
        Settings settings = settings(setting("route=orders/create", "body.max-bytes", "10"));

        assertThat(Asked.of("POST", "/orders/").as("acme-de").sized(11).answer(settings))
                .isEqualTo("413 body-too-large");
        assertThat(Asked.of("POST", "/orders").as("acme-de").sized(10).answer(settings))
                .isEqualTo("200");
        assertThat(Asked.of("PUT", "/orders").as("acme-de").sized(11).answer(settings))
                .isEqualTo("200");
    }

    @Test
    void findsNothingUnderOtherPathsAndServesTheBeacon() {
        assertThat(Asked.get("/nowhere").as("acme-de").answer(settings())).isEqualTo("404 not-found");
        assertThat(Asked.get("/ordersandmore").as("acme-de").answer(settings())).isEqualTo("404 not-found");
        Verdict beacon = Asked.get("/.well-known/gatewright")
                .with("x-tenant-id", "acme-de")
                .under(settings());
        assertThat(beacon.status()).isEqualTo(200);
        assertThat(beacon.passedOn()).isFalse();
        assertThat(Asked.get("/.well-known/gatewright").as("acme-de").answer(settings()))
                .isEqualTo("200");
        assertThat(Asked.get("/.well-known/gatewright").answer(settings())).isEqualTo("401 token-required");
        assertThat(Asked.get("/.well-known/gatewright")
                        .as("acme-de")
                        .answer(settings(setting("org=acme", "headers.required", "[\"x-client\"]"))))
                .isEqualTo("200");
    }

    @Test
    void namesTheLimitAndWhatIsCountedTogether() {
        Settings settings = settings(
                setting("tenant=acme-de", "rate-limit.requests", "50"),
                setting("route=orders/create", "rate-limit.actor-requests", "5"),
                setting("module=bills", "rate-limit.mode", "\"off\""));

        assertThat(Asked.get(PATH).as("acme-de").under(settings).limit())
                .isEqualTo(new Verdict.Limit("tenant=acme-de", "enforce", 50, "PT1M", null));
        assertThat(Asked.of("POST", "/orders").as("acme-de").under(settings).limit())
                .isEqualTo(new Verdict.Limit("tenant=acme-de,route=orders/create", "enforce", 50, "PT1M", 5L));
        assertThat(Asked.get("/bills").as("acme-de").under(settings).limit()).isNull();
        assertThat(Asked.get(PATH).under(settings).limit()).isNull();
    }

    @Test
    void keepsAGoodCorrelationIdUnlessTheTenantNeverDoes() {
        Settings never = settings(setting("tenant=acme-de", "correlation.accept", "\"never\""));
        Asked good = Asked.get(PATH).with("x-correlation-id", UUID);

        assertThat(good.as("acme-at").under(never).correlation()).isEqualTo(CorrelationId.KEPT);
        assertThat(good.as("acme-de").under(never).correlation()).isEqualTo(CorrelationId.MADE);
        assertThat(good.with("x-tenant-id", "acme-de").under(never).correlation())
                .isEqualTo(CorrelationId.KEPT);
        assertThat(Asked.get(PATH)
                        .as("acme-at")
                        .with("x-correlation-id", "mine")
                        .under(never)
                        .correlation())
                .isEqualTo(CorrelationId.MADE);
        assertThat(Asked.get("/a%2Fb").under(never).correlation()).isEqualTo(CorrelationId.NONE);
    }
}
