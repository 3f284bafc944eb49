package io.gatewright.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What can be asked: effective values, why, history, gateways, tenant status, syncs, the catalogue. */
final class QueriesApiIT {
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
    void resolvesTheValuesOfATenantByModuleAndRoute() {
        JsonNode anywhere = values("tenant=frischwerk-at");
        assertThat(anywhere.path("rate-limit.requests").asInt()).isEqualTo(900);
        assertThat(anywhere.path("rate-limit.period").asText()).isEqualTo("PT1M");
        assertThat(anywhere.path("cors.allowed-origins"))
                .hasToString("[\"https://app.freshplan.example\",\"https://frischwerk-at.freshplan.example\"]");
        assertThat(values("tenant=gruenkost-de&module=hilfe")
                        .path("rate-limit.requests")
                        .asInt())
                .isEqualTo(1200);
        assertThat(values("tenant=frischwerk-de&route=kundenmanagement/create-order")
                        .path("idempotency.mode")
                        .asText())
                .isEqualTo("required");
    }

    private static JsonNode values(String query) {
        JsonNode answer = plane.get("/v1/effective?" + query).done().json();
        assertThat(answer.path("revision").asLong()).isEqualTo(plane.revision());
        return answer.path("values");
    }

    @Test
    void explainsWhoSaidWhatWhenAndWhy() {
        long sample = plane.revision();
        plane.create("/v1/documents/tenant/explained", "{'org':'frischwerk'}").done();
        Answer written = plane.send(
                        "PUT",
                        "/v1/settings/tenant=explained/rate-limit.requests",
                        "{'value':70}",
                        "If-None-Match",
                        "*",
                        "Change-Reason",
                        "UTF-8''f%C3%BCr%20%C3%96sterreich%20%2B%201")
                .done();

        JsonNode answer = plane.get("/v1/explain?tenant=explained&key=rate-limit.requests")
                .done()
                .json();

        assertThat(answer.path("default").asInt()).isEqualTo(600);
        assertThat(answer.path("effective").asInt()).isEqualTo(70);
        assertThat(answer.path("steps").findValuesAsText("scope"))
                .containsExactly("global", "org=frischwerk", "tenant=explained");
        assertThat(answer.path("steps").findValuesAsText("outcome")).containsExactly("shadowed", "shadowed", "counts");
        assertThat(answer.at("/steps/1/value").asInt()).isEqualTo(900);
        assertThat(answer.at("/steps/1/revision").asLong()).isBetween(1L, sample);
        JsonNode last = answer.at("/steps/2");
        assertThat(last.path("value").asInt()).isEqualTo(70);
        assertThat(last.path("revision").asLong())
                .isEqualTo(written.json().path("revision").asLong());
        assertThat(last.path("actor").asText()).isEqualTo("local");
        assertThat(last.path("reason").asText()).isEqualTo("für Österreich + 1");
        assertThat(Instant.parse(last.path("at").asText())).isAfter(Instant.EPOCH);
    }

    @Test
    void explainsAllNineScopesOfARoute() {
        JsonNode steps = plane.get("/v1/explain?tenant=gruenkost-de&route=hilfe/search&key=cors.allowed-origins")
                .done()
                .json()
                .path("steps");

        assertThat(steps.findValuesAsText("scope"))
                .containsExactly(
                        "global",
                        "module=hilfe",
                        "route=hilfe/search",
                        "org=gruenkost",
                        "org=gruenkost,module=hilfe",
                        "org=gruenkost,route=hilfe/search",
                        "tenant=gruenkost-de",
                        "tenant=gruenkost-de,module=hilfe",
                        "tenant=gruenkost-de,route=hilfe/search");
        assertThat(steps.findValuesAsText("outcome"))
                .containsExactly("joined", "unset", "unset", "unset", "unset", "unset", "joined", "unset", "unset");
    }

    @Test
    void tellsTheHistoryNewestFirst() {
        String path = "/v1/settings/org=gruenkost/rate-limit.burst";
        String etag = plane.create(path, "{'value':1}").done().header("ETag");
        plane.send("PUT", path, "{'value':2}", "If-Match", etag, "Change-Reason", "more", "X-Correlation-ID", "c-1")
                .done();
        long newest = plane.revision();

        JsonNode all = plane.get("/v1/revisions?limit=2").done().json().path("revisions");
        assertThat(all.findValuesAsText("revision")).containsExactly("" + newest, "" + (newest - 1));
        assertThat(all.at("/0/previousHash")).isEqualTo(all.at("/1/hash"));
        assertThat(plane.get("/v1/revisions/" + newest).done().json()).isEqualTo(all.path(0));
        assertThat(plane.get("/v1/revisions?limit=1&before=" + newest)
                        .done()
                        .json()
                        .at("/revisions/0"))
                .isEqualTo(all.path(1));
        JsonNode of = plane.get("/v1/revisions?kind=setting&id=org=gruenkost/rate-limit.burst")
                .done()
                .json()
                .path("revisions");
        assertThat(of.findValuesAsText("revision")).containsExactly("" + newest, "" + (newest - 1));
        assertThat(of.at("/0/reason").asText()).isEqualTo("more");
        assertThat(of.at("/0/correlationId").asText()).isEqualTo("c-1");
        assertThat(of.at("/0/changes/0/old/value").asInt()).isEqualTo(1);
        assertThat(of.at("/0/changes/0/new/value").asInt()).isEqualTo(2);
    }

    @Test
    void comparesAllGatewaysOnDemand() {
        JsonNode dry = plane.send("POST", "/v1/syncs?dryRun=true", null).done().json();
        assertThat(dry.path("dryRun").asBoolean()).isTrue();
        assertThat(dry.path("trigger").asText()).isEqualTo("manual");
        assertThat(dry.path("revision").asLong()).isEqualTo(plane.revision());
        assertThat(dry.path("changed").asInt()).isZero();

        JsonNode real = plane.send("POST", "/v1/syncs?wait=PT1S", null).done().json();
        assertThat(real.path("dryRun").asBoolean()).isFalse();
        assertThat(real.path("id").asLong()).isGreaterThan(dry.path("id").asLong());

        assertThat(plane.get("/v1/syncs/" + real.path("id").asText()).done().json())
                .isEqualTo(real);
        assertThat(real.path("outcome").asText()).isEqualTo("no-gateways");
        assertThat(plane.get("/v1/syncs?trigger=manual&limit=1&before=" + real.path("id"))
                        .done()
                        .json()
                        .at("/syncs/0"))
                .isEqualTo(dry);
        Answer lines = plane.send("POST", "/v1/syncs?dryRun=true", null, "Accept", "application/x-ndjson");
        assertThat(lines.header("Content-Type")).isEqualTo("application/x-ndjson");
        assertThat(lines.http().body().lines().map(line -> line.replaceFirst("^\\{\"(\\w+)\".*", "$1")))
                .containsExactly("started", "sync");
        JsonNode latest = plane.get("/v1/syncs").done().json().path("syncs");
        assertThat(latest.findValuesAsText("trigger")).contains("startup", "manual");
        assertThat(latest.path(0).path("id").asLong())
                .isGreaterThanOrEqualTo(real.path("id").asLong());
    }

    @Test
    void hasNoGatewayYetSoNothingIsLive() {
        JsonNode gateways = plane.get("/v1/gateways").done().json();
        assertThat(gateways.path("nodes").isArray()).isTrue();
        assertThat(gateways.path("nodes")).isEmpty();
        assertThat(gateways.path("untranslatable")).isEmpty();

        JsonNode status = plane.get("/v1/tenants/frischwerk-de/status").done().json();
        assertThat(status.path("live").asBoolean(true)).isFalse();
        assertThat(status.path("nodes").isArray()).isTrue();
        assertThat(status.path("policy").asText()).isNotBlank();
        assertThat(plane.get("/v1/tenants/frischwerk-de/status?revision=999999&wait=PT0.05S")
                        .done()
                        .json()
                        .path("live")
                        .asBoolean(true))
                .isFalse();
    }

    @Test
    void listsEveryKeyWithItsSchema() {
        JsonNode keys = plane.get("/v1/catalog").done().json().path("keys");

        assertThat(keys.findValuesAsText("name"))
                .contains("rate-limit.requests", "cors.allowed-origins", "body.max-bytes");
        assertThat(keys).allSatisfy(key -> {
            assertThat(key.path("sentence").asText()).endsWith(".");
            assertThat(key.path("describe").asText()).isNotBlank();
            assertThat(key.path("policy").asText()).isNotBlank();
            assertThat(key.path("merge").asText()).isIn("replace", "union");
            assertThat(key.has("default")).isTrue();
            assertThat(key.path("schema").isObject()).isTrue();
        });
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', textBlock = """
                404 | /v1/effective?tenant=nobody                                  | tenant
                404 | /v1/effective?tenant=frischwerk-de&module=nobody             | module
                404 | /v1/effective?tenant=frischwerk-de&route=hilfe/nobody        | route
                404 | /v1/effective?tenant=frischwerk-de&route=hilfe               | route
                400 | /v1/effective                                                | tenant
                404 | /v1/explain?tenant=nobody&key=rate-limit.requests            | tenant
                404 | /v1/explain?tenant=frischwerk-de&key=rate-limit.request      | key
                400 | /v1/explain?tenant=frischwerk-de                             | key
                404 | /v1/revisions/999999                                         | number
                400 | /v1/revisions/one                                            | number
                400 | /v1/revisions?limit=many                                     | limit
                400 | /v1/revisions?limit=0                                        | limit
                400 | /v1/revisions?limit=201                                      | limit
                400 | /v1/revisions?before=-1                                      | before
                400 | /v1/revisions?kind=org                                       | kind and id
                404 | /v1/revisions?kind=gadget&id=x                               | kind
                404 | /v1/tenants/nobody/status                                    | tenant
                400 | /v1/tenants/frischwerk-de/status?wait=5s                     | wait
                400 | /v1/tenants/frischwerk-de/status?wait=PT2M                   | wait
                400 | /v1/tenants/frischwerk-de/status?revision=new                | revision
                404 | /v1/syncs/999999                                             | id
                400 | /v1/syncs/one                                                | id
                400 | /v1/syncs?trigger=whim                                       | trigger
                400 | /v1/syncs?limit=201                                          | limit
                400 | /v1/syncs?before=yesterday                                   | before
                404 | /v1/settings/global/rate-limit.burst                         | id
                404 | /v1/documents/org/nobody                                     | id
                """)
    void namesWhatIsWrongWithAQuestion(int status, String path, String field) {
        assertThat(plane.refused(status, () -> plane.get(path)).path("field").asText())
                .isEqualTo(field);
    }

    @Test
    void runsNoSyncOfWhichItIsUnclearWhetherItIsReal() {
        plane.refused(400, () -> plane.send("POST", "/v1/syncs?dryRun=maybe", null));
    }
}
