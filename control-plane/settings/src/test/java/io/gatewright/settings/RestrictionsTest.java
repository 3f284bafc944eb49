package io.gatewright.settings;

import static io.gatewright.settings.Given.document;
import static io.gatewright.settings.Given.problems;
import static io.gatewright.settings.Given.removed;
import static io.gatewright.settings.Given.settings;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.settings.Explanation.Outcome;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Locks and bounds of broader scopes: what they refuse when it is written, and what they do to what was there before. */
final class RestrictionsTest {
    private static final What ROUTE = new What.Route("orders", "create");

    private static Document requests(String scope, String body) {
        return document("setting/" + scope + "/rate-limit.requests", 1, body);
    }

    private static List<Problem> write(Settings base, Document... changed) {
        return Consistency.check(base, base.with(2, List.of(changed)), List.of(changed))
                .invalid();
    }

    private static long effective(Settings settings, String tenant) {
        return settings.effective(tenant, ROUTE).get(Catalog.RATE_LIMIT_REQUESTS);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                org=acme                            | {"value":5,"locked":true} | is locked at org=acme
                global                              | {"value":5,"locked":true} | is locked at global
                module=orders                       | {"value":5,"locked":true} | is locked at module=orders
                org=acme,module=orders              | {"value":5,"locked":true} | is locked at org=acme,module=orders
                tenant=acme-de                      | {"value":5,"locked":true} | is locked at tenant=acme-de
                org=acme                            | {"max":99}                | 100 is above the max 99 of org=acme
                route=orders/create                 | {"min":101,"value":200}   | 100 is below the min 101 of route=orders/create
                """)
    void refuseANarrowerValueAndNameTheScope(String scope, String body, String message) {
        Settings base = settings(requests(scope, body));

        assertThat(write(base, requests("tenant=acme-de,route=orders/create", "{\"value\":100}")))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.message()).isEqualTo(message);
                    assertThat(problem.fix()).contains("there first");
                    assertThat(problem.field())
                            .isEqualTo("setting/tenant=acme-de,route=orders/create/rate-limit.requests");
                });
    }

    @ParameterizedTest
    @CsvSource({
        "org=beta",
        "tenant=acme-at",
        "module=bills",
        "org=acme,module=bills",
        "tenant=acme-de,route=orders/read"
    })
    void allowWhatTheyDoNotCover(String scope) {
        Settings base = settings(requests("org=beta,module=orders", "{\"value\":5,\"locked\":true}"));

        assertThat(write(base, requests(scope, "{\"value\":100}"))).isEmpty();
    }

    @Test
    void onlyOverlappingRefuseNothingButCountWhereBothApply() {
        Settings base = settings(requests("module=orders", "{\"value\":5,\"locked\":true}"));
        Document wider = requests("org=acme", "{\"value\":100}");

        assertThat(write(base, wider)).isEmpty();
        Settings after = base.with(2, List.of(wider));
        assertThat(effective(after, "acme-de")).isEqualTo(5);
        assertThat(after.effective("acme-de", new What.Module("bills")).get(Catalog.RATE_LIMIT_REQUESTS))
                .isEqualTo(100);
    }

    @Test
    void arePassedByNobodyWhoTakesThemAwayInTheSameChangeSet() {
        Settings locked = settings(requests("org=acme", "{\"value\":5,\"locked\":true}"));
        Document narrower = requests("tenant=acme-de", "{\"value\":100}");

        for (Document loosened :
                List.of(removed("setting/org=acme/rate-limit.requests"), requests("org=acme", "{\"value\":5}"))) {
            assertThat(write(locked, loosened, narrower)).singleElement().satisfies(problem -> {
                assertThat(problem.message()).isEqualTo("is locked at org=acme until this change set");
                assertThat(problem.fix()).isEqualTo("change org=acme in a revision of its own first");
            });
            assertThat(write(locked.with(2, List.of(loosened)), narrower)).isEmpty();
        }
        Document moved = document("tenant/acme-de", 2, "{\"org\":\"beta\"}");
        assertThat(write(locked, moved, narrower)).hasSize(1);
        Settings bounded = settings(requests("org=acme", "{\"max\":50}"));
        assertThat(write(bounded, requests("org=acme", "{\"max\":500}"), narrower))
                .extracting(Problem::message)
                .containsExactly("100 is above the max 50 of org=acme until this change set");
    }

    @Test
    void refuseAlsoWhatIsWrittenTogetherWithThem() {
        assertThat(write(
                        settings(),
                        requests("org=acme", "{\"value\":5,\"locked\":true}"),
                        requests("tenant=acme-de", "{\"value\":100}")))
                .hasSize(1);
    }

    @Test
    void clampWhatWasThereBeforeABoundCloserThanIt() {
        Settings base = settings(requests("tenant=acme-de", "{\"value\":500}"));
        Document bound = requests("org=acme", "{\"max\":100,\"min\":50}");
        assertThat(write(base, bound)).isEmpty();

        Settings after = base.with(2, List.of(bound));
        Explanation explanation = after.explain("acme-de", What.ANY, Catalog.RATE_LIMIT_REQUESTS);

        assertThat(effective(after, "acme-de")).isEqualTo(100);
        assertThat(explanation.effective().longValue()).isEqualTo(100);
        assertThat(explanation.clampedBy()).hasToString("org=acme");
        assertThat(explanation.steps())
                .extracting(s -> s.scope() + " " + s.outcome() + " " + s.by())
                .containsExactly("global UNSET null", "org=acme BOUNDS null", "tenant=acme-de CLAMPED org=acme");
    }

    @Test
    void clampTheDefaultAndWhatABroaderScopeSaysToo() {
        Settings byDefault = settings(requests("org=acme", "{\"max\":100}"));
        assertThat(effective(byDefault, "acme-de")).isEqualTo(100);
        assertThat(effective(byDefault, "beta-ch")).isEqualTo(600);
        assertThat(byDefault
                        .explain("acme-de", ROUTE, Catalog.RATE_LIMIT_REQUESTS)
                        .clampedBy())
                .hasToString("org=acme");
        assertThat(effective(
                        settings(requests("global", "{\"value\":7}"), requests("org=acme", "{\"min\":20}")), "acme-de"))
                .isEqualTo(20);
    }

    @Test
    void countOverWhatWasThereBeforeALock() {
        Settings base = settings(requests("tenant=acme-de", "{\"value\":500}"));
        Document lock = requests("org=acme", "{\"value\":100,\"locked\":true}");
        assertThat(write(base, lock)).isEmpty();

        Explanation explanation = base.with(2, List.of(lock)).explain("acme-de", What.ANY, Catalog.RATE_LIMIT_REQUESTS);

        assertThat(explanation.effective().longValue()).isEqualTo(100);
        assertThat(explanation.lockedBy()).hasToString("org=acme");
        assertThat(explanation.steps())
                .extracting(s -> s.outcome() + " " + s.by())
                .containsExactly("UNSET null", "COUNTS null", "LOCKED org=acme");
    }

    @Test
    void countNoneAsMoreThanAnyNumber() {
        Settings settings =
                settings(document("setting/org=acme/rate-limit.actor-requests", 1, "{\"min\":5,\"max\":10}"));

        assertThat(settings.effective("acme-de", ROUTE)
                        .get(Catalog.RATE_LIMIT_ACTOR_REQUESTS)
                        .orElseThrow())
                .isEqualTo(10);
        assertThat(write(
                        settings,
                        document("setting/tenant=acme-de/rate-limit.actor-requests", 1, "{\"value\":\"none\"}")))
                .extracting(Problem::message)
                .containsExactly("none is above the max 10 of org=acme");
    }

    @Test
    void boundDurations() {
        Settings settings = settings(document("setting/global/cors.max-age", 1, "{\"max\":\"PT1M\"}"));

        assertThat(settings.effective("acme-de", ROUTE).get(Catalog.CORS_MAX_AGE))
                .hasToString("PT1M");
    }

    @Test
    void lockAUnionAsItStands() {
        Settings settings = settings(
                Given.setting("global", "headers.required", "[\"x-a\"]"),
                document("setting/org=acme/headers.required", 1, "{\"value\":[\"x-b\"],\"locked\":true}"),
                Given.setting("tenant=acme-de", "headers.required", "[\"!x-a\",\"x-c\"]"));

        assertThat(settings.effective("acme-de", ROUTE).get(Catalog.HEADERS_REQUIRED))
                .containsExactly("x-a", "x-b");
        assertThat(settings.explain("acme-de", What.ANY, Catalog.HEADERS_REQUIRED)
                        .steps())
                .extracting(Explanation.Step::outcome)
                .containsExactly(Outcome.JOINED, Outcome.JOINED, Outcome.LOCKED);
    }

    @Test
    void takeHeadersOutOfAUnionHoweverTheyAreWritten() {
        Settings settings = settings(
                Given.setting("global", "headers.required", "[\"X-Client\"]"),
                Given.setting("tenant=acme-de", "headers.required", "[\"!x-CLIENT\"]"));

        assertThat(settings.effective("acme-de", ROUTE).get(Catalog.HEADERS_REQUIRED))
                .isEmpty();
        assertThat(settings.effective("acme-at", ROUTE).get(Catalog.HEADERS_REQUIRED))
                .containsExactly("x-client");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                global/oidc.required                                   | {"value":true,"min":false}     | min    | no order
                global/headers.required                                | {"value":[],"max":["x"]}       | max    | no order
                global/rate-limit.requests                             | {"locked":true,"max":5}        | locked | no value
                global/rate-limit.requests                             | {"min":9,"max":5}              | min    | 9 is above max 5
                global/rate-limit.requests                             | {"value":9,"max":5}            | value  | 9 is above max 5
                global/rate-limit.requests                             | {"value":9,"min":10}           | value  | 9 is below min 10
                global/rate-limit.requests                             | {"max":0}                      | max    | out of range
                global/rate-limit.requests                             | {"value":5,"locked":"yes"}     | locked | not true or false
                global/rate-limit.burst                                | {"max":"none"}                 | max    | is no bound
                global/rate-limit.requests                             | {"maximum":5,"value":1}        | maximum| not a field
                tenant=acme-de,route=orders/create/rate-limit.requests | {"value":5,"locked":true}      | locked | no scope is narrower
                tenant=acme-de,route=orders/create/rate-limit.requests | {"max":5}                      | max    | no scope is narrower
                """)
    void areThemselvesChecked(String id, String body, String field, String message) {
        assertThat(problems("setting/" + id, body)).singleElement().satisfies(problem -> {
            assertThat(problem.field()).isEqualTo("setting/" + id + ": " + field);
            assertThat(problem.message()).contains(message);
            assertThat(problem.fix()).isNotBlank();
        });
    }
}
