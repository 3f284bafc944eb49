package io.gatewright.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code /v1/settings}: one key at one scope. */
final class SettingsApiIT {
    private static final String TENANT = "/v1/settings/tenant=frischwerk-at/";

    @TempDir
    private static Path directory;

    private static Plane plane;

    @BeforeAll
    static void start() {
        plane = Plane.start(directory);
    }

    @AfterAll
    static void stop() {
        plane.close();
    }

    @Test
    void writesReadsReplacesAndRemovesAValue() {
        String path = TENANT + "rate-limit.requests";

        Answer created = plane.create(path, "{'value':1200}").done();
        Answer read = plane.get(path).done();
        assertThat(read.header("ETag")).isEqualTo(created.header("ETag")).isEqualTo("\"" + plane.revision() + "\"");
        assertThat(read.json().at("/body/value").asInt()).isEqualTo(1200);
        assertThat(read.json().path("id").asText()).isEqualTo("tenant=frischwerk-at/rate-limit.requests");

        Answer replaced =
                plane.replace(path, read.header("ETag"), "{'value':1300}").done();
        assertThat(plane.get(path).json().at("/body/value").asInt()).isEqualTo(1300);

        plane.remove(path, replaced.header("ETag")).done();
        plane.get(path).problem(404);
    }

    @Test
    void takesARouteInTheScope() {
        String id = "tenant=frischwerk-de,route=kundenmanagement/create-order/rate-limit.requests";

        plane.create("/v1/settings/" + id, "{'value':7}").done();

        assertThat(plane.get("/v1/settings/" + id).done().json().path("id").asText())
                .isEqualTo(id);
        assertThat(plane.get("/v1/documents/setting/" + id)
                        .done()
                        .json()
                        .at("/body/value")
                        .asInt())
                .isEqualTo(7);
        assertThat(plane.get("/v1/effective?tenant=frischwerk-de&route=kundenmanagement/create-order")
                        .done()
                        .json()
                        .at("/values/rate-limit.requests")
                        .asInt())
                .isEqualTo(7);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                unknown key          | rate-limit.request   | {'value':1}                      | did you mean rate-limit.requests?
                limit of zero        | rate-limit.requests  | {'value':0}                      | 0 is out of range; write a whole number of requests, 1 to
                limit as text        | rate-limit.requests  | {'value':'60/min'}               | is not a whole number; write a whole number of requests
                broken limit         | rate-limit.requests  | {'value':1.5}                    | is not a whole number; write a whole number of requests
                no value             | rate-limit.requests  | {}                               | write a whole number of requests
                unknown field        | rate-limit.requests  | {'value':5,'vlaue':6}            | vlaue; is not a field of this document; use one of locked, max, min, value
                unit of other kind   | rate-limit.period    | {'value':'60s'}                  | is not an ISO 8601 duration such as PT1M; write one of
                period without unit  | rate-limit.period    | {'value':60}                     | is not an ISO 8601 duration in quotes; write one of
                half a second        | rate-limit.period    | {'value':'PT0.5S'}               | PT0.5S is out of range; write one of the ISO 8601 durations PT1S
                period nobody offers | rate-limit.period    | {'value':'PT7S'}                 | PT7S is out of range; write one of the ISO 8601 durations PT1S
                origin with a path   | cors.allowed-origins | {'value':['https://a.example/x']} | https://a.example/x
                any origin           | cors.allowed-origins | {'value':['*']}                  | without a path
                the null origin      | cors.allowed-origins | {'value':['null']}               | without a path
                unknown issuer       | oidc.issuers         | {'value':['nobody']}             | there is no issuer nobody; create it first
                unknown word         | rate-limit.mode      | {'value':'maybe'}                | write one of enforce, shadow, off
                takeover anywhere    | idempotency.on-unknown | {'value':'takeover'}           | set it on a route whose flags say deduplicates
                """)
    void refusesAValueThatMakesNoSense(String what, String key, String body, String said) {
        String field = "setting/tenant=gruenkost-de/" + key + ": ";

        String sentence =
                Plane.sentence(plane.refused(422, () -> plane.create("/v1/settings/tenant=gruenkost-de/" + key, body)));

        assertThat(sentence).startsWith(field).contains(said);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                tenant=nobody                        | there is no tenant nobody
                org=nobody                           | there is no org nobody
                module=nobody                        | there is no module nobody
                route=kundenmanagement/nobody        | there is no route kundenmanagement/nobody
                tenant=frischwerk-de,module=nobody   | there is no module nobody
                everywhere                           | is not a scope; write global, or org=ID
                module=hilfe,tenant=frischwerk-de    | is not a scope; write global, or org=ID
                """)
    void refusesAScopeThatIsNowhere(String scope, String said) {
        String path = "/v1/settings/" + scope + "/rate-limit.requests";

        assertThat(Plane.sentence(plane.refused(422, () -> plane.create(path, "{'value':5}"))))
                .contains(said);
    }

    @Test
    void saysTheValueOfNowWhenSomebodyWasFaster() {
        String path = TENANT + "rate-limit.burst";
        String etag = plane.create(path, "{'value':10}").done().header("ETag");
        plane.replace(path, etag, "{'value':20}").done();

        plane.refused(412, () -> plane.replace(path, etag, "{'value':30}"));

        Answer late = plane.replace(path, etag, "{'value':30}");
        assertThat(late.json().at("/current/body/value").asInt()).isEqualTo(20);
        assertThat('"' + late.json().at("/current/version").asText() + '"')
                .isEqualTo(plane.get(path).header("ETag"));
    }

    @Test
    void servesToTheWriterWhatItWrote() {
        String path = TENANT + "body.max-bytes";
        String etag = plane.create(path, "{'value':1}").done().header("ETag");
        for (int i = 2; i < 30; i++) {
            assertThat(plane.get(path).header("ETag")).isEqualTo(etag);
            etag = plane.replace(path, etag, "{'value':" + i + "}").done().header("ETag");
        }
    }

    @Test
    void refusesWhatABroaderScopeForbidsAndNamesIt() {
        String org = "/v1/settings/org=frischwerk/precondition.mode";
        String tenant = "/v1/settings/tenant=frischwerk-de/precondition.mode";
        String etag =
                plane.create(org, "{'value':'require','locked':true}").done().header("ETag");

        assertThat(Plane.sentence(plane.refused(422, () -> plane.create(tenant, "{'value':'off'}"))))
                .isEqualTo("setting/tenant=frischwerk-de/precondition.mode; is locked at org=frischwerk;"
                        + " leave it out, or unlock it there first");
        for (String loosened : new String[] {"{'value':'require'}", "null"}) {
            assertThat(
                            Plane.sentence(
                                    plane.refused(
                                            422,
                                            () -> plane.commit(
                                                    "{'kind':'setting','id':'org=frischwerk/precondition.mode','body':"
                                                            + loosened + "}",
                                                    "{'kind':'setting','id':'tenant=frischwerk-de/precondition.mode','body':{'value':'off'}}"))))
                    .contains("is locked at org=frischwerk until this change set");
        }
        plane.replace(org, etag, "{'value':'require'}").done();
        plane.create(tenant, "{'value':'off'}").done();
    }

    @Test
    void clampsWhatIsThereWhenABoundIsTightenedAndExplainsIt() {
        plane.create("/v1/settings/tenant=gruenkost-de/rate-limit.burst", "{'value':500}")
                .done();
        plane.create("/v1/settings/org=gruenkost/rate-limit.burst", "{'max':100}")
                .done();

        var why = plane.get("/v1/explain?tenant=gruenkost-de&key=rate-limit.burst")
                .done()
                .json();

        assertThat(why.path("effective").asInt()).isEqualTo(100);
        assertThat(why.path("clampedBy").asText()).isEqualTo("org=gruenkost");
        assertThat(why.at("/steps/2/outcome").asText()).isEqualTo("clamped");
        assertThat(why.at("/steps/2/by").asText()).isEqualTo("org=gruenkost");
        assertThat(Plane.sentence(plane.refused(
                        422,
                        () -> plane.create(
                                "/v1/settings/tenant=gruenkost-de,module=hilfe/rate-limit.burst", "{'value':101}"))))
                .contains("101 is above the max 100 of org=gruenkost; write at most 100");
    }
}
