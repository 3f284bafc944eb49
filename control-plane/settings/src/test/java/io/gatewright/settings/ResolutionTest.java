package io.gatewright.settings;

import static io.gatewright.settings.Given.setting;
import static io.gatewright.settings.Given.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatewright.settings.Explanation.Outcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ResolutionTest {
    private static final What ROUTE = new What.Route("orders", "create");
    private static final List<String> BROAD_TO_NARROW = List.of(
            "global",
            "module=orders",
            "route=orders/create",
            "org=acme",
            "org=acme,module=orders",
            "org=acme,route=orders/create",
            "tenant=acme-de",
            "tenant=acme-de,module=orders",
            "tenant=acme-de,route=orders/create");

    private static Document limit(String scope, long requests) {
        return setting(scope, "rate-limit.requests", Long.toString(requests));
    }

    private static long limitOf(Settings settings, String tenant, What what) {
        return settings.effective(tenant, what).get(Catalog.RATE_LIMIT_REQUESTS);
    }

    @Test
    void looksAtTheNineScopesFromBroadToNarrow() {
        assertThat(Scope.chain("acme", "acme-de", ROUTE))
                .extracting(Scope::toString)
                .isEqualTo(BROAD_TO_NARROW);
    }

    @Test
    void letsEachScopeCountOverAllBroaderOnes() {
        List<Document> documents = new ArrayList<>();
        assertThat(limitOf(settings(), "acme-de", ROUTE)).isEqualTo(600);
        for (int i = 0; i < BROAD_TO_NARROW.size(); i++) {
            documents.addFirst(limit(BROAD_TO_NARROW.get(i), i + 1));
            assertThat(limitOf(settings(documents.toArray(Document[]::new)), "acme-de", ROUTE))
                    .isEqualTo(i + 1);
        }
    }

    @Test
    void countsForNobodyElse() {
        Settings settings = settings(
                limit("tenant=acme-de", 1),
                limit("org=acme", 2),
                limit("module=orders", 3),
                limit("route=orders/create", 4));

        assertThat(limitOf(settings, "acme-de", ROUTE)).isEqualTo(1);
        assertThat(limitOf(settings, "acme-at", ROUTE)).isEqualTo(2);
        assertThat(limitOf(settings, "beta-ch", ROUTE)).isEqualTo(4);
        assertThat(limitOf(settings, "beta-ch", new What.Route("orders", "read")))
                .isEqualTo(3);
        assertThat(limitOf(settings, "beta-ch", new What.Module("bills"))).isEqualTo(600);
        assertThat(limitOf(settings, "beta-ch", What.ANY)).isEqualTo(600);
    }

    @Test
    void joinsListsAndTakesOutWhatANarrowerScopeExcludes() {
        Settings settings = settings(
                setting("global", "headers.required", "[\"x-a\",\"x-b\"]"),
                setting("org=acme", "headers.required", "[\"!x-b\",\"x-c\"]"),
                setting("tenant=acme-de", "headers.required", "[\"x-b\",\"!x-never\"]"));

        assertThat(settings.effective("beta-ch", ROUTE).get(Catalog.HEADERS_REQUIRED))
                .containsExactly("x-a", "x-b");
        assertThat(settings.effective("acme-at", ROUTE).get(Catalog.HEADERS_REQUIRED))
                .containsExactly("x-a", "x-c");
        assertThat(settings.effective("acme-de", ROUTE).get(Catalog.HEADERS_REQUIRED))
                .containsExactly("x-a", "x-b", "x-c");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[\"!x-a\",\"x-a\"]", "[\"x-a\",\"!x-a\"]"})
    void putsInWhatOneScopeBothNamesAndTakesOut(String value) {
        Settings settings = settings(setting("global", "headers.required", value));

        assertThat(settings.effective("acme-de", ROUTE).get(Catalog.HEADERS_REQUIRED))
                .containsExactly("x-a");
    }

    @Test
    void replacesListsThatAreNoUnion() {
        Settings settings = settings(setting("org=acme", "idempotency.methods", "[\"PUT\"]"));

        assertThat(settings.effective("acme-de", ROUTE).get(Catalog.IDEMPOTENCY_METHODS))
                .containsExactly("PUT");
    }

    @Test
    void explainsWhatCountsAndWhatIsShadowed() {
        Settings settings = settings(limit("global", 1), limit("org=acme", 2), limit("tenant=acme-at", 3));

        Explanation explanation = settings.explain("acme-de", ROUTE, Catalog.RATE_LIMIT_REQUESTS);

        assertThat(explanation.steps())
                .extracting(s -> s.scope() + " " + s.value() + " " + s.outcome())
                .startsWith("global 1 SHADOWED")
                .contains("org=acme 2 COUNTS");
        assertThat(explanation.steps())
                .filteredOn(s -> s.outcome() == Outcome.UNSET)
                .hasSize(7);
        assertThat(explanation.defaultValue().longValue()).isEqualTo(600);
        assertThat(explanation.effective().longValue()).isEqualTo(2);
    }

    @Test
    void knowsNoSuchTenant() {
        assertThatThrownBy(() -> settings().effective("nobody", What.ANY)).hasMessage("There is no tenant nobody");
    }

    @Test
    void knowsWhetherAModuleHasSettingsOfItsOwn() {
        Settings settings = settings(limit("org=acme,module=orders", 2));

        assertThat(settings.hasOwn("acme-de", new What.Module("orders"))).isTrue();
        assertThat(settings.hasOwn("beta-ch", new What.Module("orders"))).isFalse();
        assertThat(settings.hasOwn("acme-de", ROUTE)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "globe",
                "org=",
                "org=A",
                "module=orders,org=acme",
                "org=acme,tenant=acme-de",
                "org=acme,global",
                "route=orders",
                "route=orders/create/x",
                "tenant=acme-de,module=orders,route=orders/create",
                "org=acme,"
            })
    void refusesWhatIsNoScope(String text) {
        assertThat(Scope.parse(text)).isEmpty();
    }

    @Test
    void writesEveryScopeAsItWasRead() {
        assertThat(BROAD_TO_NARROW)
                .allSatisfy(text -> assertThat(Scope.parse(text)).hasToString("Optional[" + text + "]"));
        assertThat(Arrays.asList(Kind.values()))
                .allSatisfy(kind -> assertThat(Kind.of(kind.wireName())).contains(kind));
    }

    @Test
    void namesTheSettingsThatHaveASay() {
        Settings settings = settings(
                limit("global", 1),
                Given.document("setting/org=acme/rate-limit.requests", 1, "{\"value\":2,\"max\":9}"),
                limit("tenant=acme-de", 3),
                limit("tenant=acme-de,route=orders/create", 4),
                setting("global", "headers.required", "[\"x-a\"]"),
                setting("tenant=acme-de", "headers.required", "[\"x-b\"]"),
                Given.document("setting/global/rate-limit.mode", 1, "{\"value\":\"off\",\"locked\":true}"),
                setting("tenant=acme-de", "rate-limit.mode", "\"shadow\""));

        assertThat(sources(settings, ROUTE, Catalog.RATE_LIMIT_REQUESTS))
                .as("the narrowest, and what bounds it")
                .containsExactly(
                        "org=acme/rate-limit.requests", "tenant=acme-de,route=orders/create/rate-limit.requests");
        assertThat(sources(settings, What.ANY, Catalog.HEADERS_REQUIRED))
                .as("all that are joined")
                .containsExactly("global/headers.required", "tenant=acme-de/headers.required");
        assertThat(sources(settings, What.ANY, Catalog.RATE_LIMIT_MODE))
                .as("none that a lock keeps out")
                .containsExactly("global/rate-limit.mode");
        assertThat(sources(settings, ROUTE, Catalog.CORS_MAX_AGE)).isEmpty();
    }

    private static List<String> sources(Settings settings, What what, Key<?> key) {
        return settings.sources("acme-de", what, List.of(key)).stream()
                .map(document -> document.key().id())
                .toList();
    }
}
