package io.gatewright.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatewright.demo.StubIssuer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the guard keeps of a key is shown and settled over the API and the command line, by whoever may. */
final class IdempotencyApiIT {
    @TempDir
    private static Path directory;

    private static StubIssuer issuer;
    private static Plane plane;
    private static UnknownOutcomes guard;
    private static Person viewer;
    private static Person editor;
    private static Person approver;
    private static Person auditor;

    private String key = "";

    @BeforeAll
    static void start() throws Exception {
        issuer = new StubIssuer("gatewright");
        guard = new UnknownOutcomes();
        plane = Plane.of(issuer, directory.resolve("plane"), guard.flags());
        viewer = Person.with(plane, issuer, "vera", "*", "viewer");
        editor = Person.with(plane, issuer, "ed", "*", "editor");
        approver = Person.with(plane, issuer, "ann", "acme", "approver");
        auditor = Person.with(plane, issuer, "max", "*", "auditor");
        editor.commit(
                        "{'kind':'org','id':'acme','body':{'name':'Acme'}}",
                        "{'kind':'org','id':'beta','body':{'name':'Beta'}}",
                        "{'kind':'tenant','id':'acme-de','body':{'org':'acme','hosts':[]}}",
                        "{'kind':'tenant','id':'beta-de','body':{'org':'beta','hosts':[]}}")
                .done();
    }

    @AfterAll
    static void stop() {
        plane.close();
        guard.close();
        issuer.close();
    }

    @BeforeEach
    void makeAKey() {
        key = UUID.randomUUID().toString();
    }

    private String path(String verb) {
        return "/v1/idempotency/acme-de/orders/create/" + key + verb + "?actor=alice";
    }

    private boolean timesOut() {
        return guard.timesOut("acme-de", "alice", "orders/create", key);
    }

    @Test
    void showsWhatIsKeptButNeitherKeyNorBody() {
        assertThat(guard.succeeds("acme-de", "alice", "orders/create", key)).isTrue();

        Answer answer = viewer.get(path("")).done();

        JsonNode state = answer.json();
        assertThat(state.path("tenant").asText()).isEqualTo("acme-de");
        assertThat(state.path("route").asText()).isEqualTo("orders/create");
        assertThat(state.path("state").asText()).isEqualTo("done");
        assertThat(state.path("status").asInt()).isEqualTo(201);
        assertThat(state.path("correlationId").asText()).isEqualTo("c-36");
        Instant created = Instant.parse(state.path("created").asText());
        assertThat(Instant.parse(state.path("since").asText())).isAfterOrEqualTo(created);
        assertThat(Instant.parse(state.path("expires").asText())).isAfter(created);
        assertThat(state.has("cause")).isFalse();
        assertThat(answer.http().body()).doesNotContain("the kept answer").doesNotContain(key);
        assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
    }

    @Test
    void findsAKeyOfItsActorAndRouteOnly() {
        assertThat(timesOut()).isTrue();

        assertThat(viewer.get(path("")).done().json().path("state").asText()).isEqualTo("unknown");
        for (String other : new String[] {
            path("").replace("alice", "bob"),
            path("").replace("?actor=alice", ""),
            path("").replace("create", "change"),
            path("").replace("/create", ""),
            path("").replace("acme-de", "acme-at"),
            path("").replace("acme-de", "acme%00de"),
            path("").replace(key, key + "x"),
            path("").replace(key, key + "%0Ax")
        }) {
            assertThat(Plane.sentence(viewer.get(other).problem(404))).contains("key", "MODULE/ROUTE", "?actor=");
        }
    }

    @Test
    void takesAnyKeyThatAClientMaySendAndAModuleWithoutARoute() {
        String odd = "a/b?c=d%2F;e+f~\"g\\h&i#j.k";
        guard.timesOut("acme-de", "", "orders", odd);
        String path = "/v1/idempotency/acme-de/orders/" + URLEncoder.encode(odd, StandardCharsets.UTF_8);

        JsonNode state = viewer.get(path).done().json();
        assertThat(state.path("state").asText()).isEqualTo("unknown");
        assertThat(state.path("route").asText()).isEqualTo("orders");
        assertThat(approver.send("POST", path + "/release", "{'reason':'looked'}")
                        .done()
                        .json()
                        .path("state")
                        .asText())
                .isEqualTo("released");
        Cli.Run run = cli(viewer).run("idempotency", "show", "acme-de", "orders", odd);
        assertThat(run.done().out()).contains("released by id-of-ann (ann): looked");
    }

    @Test
    void aReleasedKeyRunsAgain() throws Exception {
        assertThat(timesOut()).isTrue();
        assertThat(timesOut()).as("nobody knows, so it waits").isFalse();

        JsonNode state = approver.send("POST", path("/release"), "{'reason':'not in the books\\nat all'}")
                .done()
                .json();

        assertThat(state.path("state").asText()).isEqualTo("released");
        assertThat(state.path("cause").asText()).isEqualTo("released by id-of-ann (ann): not in the books\nat all");
        assertThat(Files.readString(directory.resolve("plane/control-plane.log")))
                .contains("event=idempotency_key_released tenant=acme-de route=orders/create correlation=c-36"
                        + " by=\"id-of-ann (ann)\" reason=\"not in the books at all\"")
                .doesNotContain(key);
        assertThat(guard.succeeds("acme-de", "alice", "orders/create", key)).isTrue();
        assertThat(viewer.get(path("")).done().json().path("state").asText()).isEqualTo("done");
    }

    @Test
    void aSettlementIsInTheAuditTrailWithoutKeyAndUser() {
        assertThat(timesOut()).isTrue();
        approver.send("POST", path("/release"), "{'reason':'not in the books'}").done();
        assertThat(timesOut()).isTrue();
        approver.send("POST", path("/reconcile"), "{'status':201,'location':'/orders/7','reason':'order 7'}")
                .done();

        JsonNode newest = viewer.get("/v1/revisions?limit=2").done().json().path("revisions");
        String which = "an idempotency key of tenant acme-de, route orders/create, correlation id c-36";
        assertThat(newest.findValuesAsText("reason"))
                .containsExactly(
                        "reconciled " + which + " with status 201 at /orders/7: order 7",
                        "released " + which + ": not in the books");
        assertThat(newest.findValuesAsText("actor")).containsOnly("id-of-ann (ann)");
        assertThat(newest.findValues("changes")).allMatch(JsonNode::isEmpty);
        JsonNode verdict = auditor.get("/v1/audit/verify").done().json();
        assertThat(verdict.path("intact").asBoolean()).isTrue();
        assertThat(verdict.path("head").asText())
                .isEqualTo(newest.path(0).path("hash").asText());
        assertThat(auditor.get("/v1/audit/export").http().body())
                .contains("not in the books")
                .doesNotContain(key, "alice");
        assertThat(cli(viewer).run("history", "--limit", "2").done().out()).contains("released " + which);
        editor.commit("{'kind':'org','id':'after-" + key.substring(0, 8) + "','body':{'name':'After'}}")
                .done();
    }

    /** Both are one transaction: what Postgres refuses of either is neither. */
    @ParameterizedTest
    @CsvSource({"registry.revision, reason", "idempotency.claim, cause"})
    void nothingIsSettledUntoldNorToldUnsettled(String table, String column) throws Exception {
        assertThat(timesOut()).isTrue();
        long before = newest();
        guard.sql("ALTER TABLE " + table + " ADD CONSTRAINT none CHECK (" + column + " !~ 'refuse me') NOT VALID");
        try {
            approver.send("POST", path("/release"), "{'reason':'refuse me'}").problem(503);
        } finally {
            guard.sql("ALTER TABLE " + table + " DROP CONSTRAINT none");
        }
        assertThat(viewer.get(path("")).done().json().path("state").asText()).isEqualTo("unknown");
        assertThat(newest()).isEqualTo(before);
    }

    private static long newest() {
        return viewer.get("/v1/revisions?limit=1")
                .done()
                .json()
                .path("revisions")
                .path(0)
                .path("revision")
                .asLong();
    }

    @Test
    void aReconciledKeyNeverRunsAgain() {
        assertThat(timesOut()).isTrue();

        JsonNode state = approver.send(
                        "POST", path("/reconcile"), "{'status':201,'location':'/orders/7','reason':'order 7'}")
                .done()
                .json();

        assertThat(state.path("state").asText()).isEqualTo("done");
        assertThat(state.path("status").asInt()).isEqualTo(201);
        assertThat(state.path("cause").asText()).isEqualTo("reconciled by id-of-ann (ann): order 7");
        assertThat(timesOut()).isFalse();
        assertThat(Plane.sentence(approver.send("POST", path("/release"), "{'reason':'again'}")
                        .problem(409)))
                .contains("is done, so its outcome is not unknown");
    }

    @Test
    void settlesNothingForWhoMayNot() {
        assertThat(timesOut()).isTrue();
        long before = newest();
        String reason = "{'reason':'x'}";

        for (Person one : new Person[] {viewer, editor}) {
            assertThat(Plane.sentence(one.send("POST", path("/release"), reason).problem(403)))
                    .contains("role", "approver");
        }
        Person stranger = Person.with(plane, issuer, "bea", "beta", "approver");
        assertThat(Plane.sentence(
                        stranger.send("POST", path("/release"), reason).problem(403)))
                .contains("acme-de is of another org");
        approver.send("POST", path("/release").replace("alice", "bob"), reason).problem(404);
        assertThat(newest()).as("nothing was done, so nothing is told").isEqualTo(before);
        assertThat(viewer.get(path("")).done().json().path("state").asText()).isEqualTo("unknown");
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                /release   | {}                                          | 422 | reason
                /release   | {'reason':' '}                              | 422 | reason
                /release   | {'reason':'x','status':201}                 | 422 | status
                /release   | {'reason':'\\ud800'}                         | 422 | reason
                /release   | []                                          | 422 | body
                /release   | {                                           | 400 | body
                /reconcile | {'reason':'x'}                              | 422 | status
                /reconcile | {'reason':'x','status':600}                 | 422 | status
                /reconcile | {'reason':'x','status':'201'}               | 422 | status
                /reconcile | {'reason':'x','status':201,'location':1}    | 422 | location
                /reconcile | {'reason':'x','status':201,'location':'a\\n'} | 422 | location
                """)
    void saysWhatIsWrongWithASettlement(String verb, String body, int status, String field) {
        assertThat(timesOut()).isTrue();

        assertThat(approver.send("POST", path(verb), body)
                        .problem(status)
                        .path("field")
                        .asText())
                .isEqualTo(field);
        assertThat(viewer.get(path("")).done().json().path("state").asText()).isEqualTo("unknown");
    }

    @Test
    void saysThatTheTablesAreMissing() throws Exception {
        guard.sql("ALTER SCHEMA idempotency RENAME TO away");
        try {
            assertThat(Plane.sentence(viewer.get(path("")).problem(503))).contains("gatewright sidecar migrate");
        } finally {
            guard.sql("ALTER SCHEMA away RENAME TO idempotency");
        }
    }

    @Test
    void theCommandLineShowsAndSettles() throws Exception {
        assertThat(timesOut()).isTrue();
        String[] which = {"acme-de", "orders/create", key, "--actor", "alice"};

        assertThat(run(viewer, "show", which).done().out())
                .contains("orders/create", "unknown", "c-36")
                .doesNotContain(key);
        assertThat(run(viewer, "release", which, "--reason", "no").failed(1).err())
                .contains("approver");
        assertThat(run(approver, "release", which).failed(2).err()).contains("--reason");
        assertThat(run(approver, "reconcile", which, "--reason", "no").failed(2).err())
                .contains("--status");
        assertThat(run(approver, "release", which, "--reason", "not there")
                        .done()
                        .out())
                .contains("the next attempt runs");
        assertThat(timesOut()).isTrue();
        assertThat(run(approver, "reconcile", which, "--status", "204", "--reason", "there", "-o", "json")
                        .done()
                        .json()
                        .path("status")
                        .asInt())
                .isEqualTo(204);
        assertThat(run(approver, "release", which, "--reason", "late").failed(1).err())
                .contains("its outcome is not unknown");
    }

    @Test
    void withoutThePepperItSaysWhichVariableAndWhereElseToAsk() {
        try (Plane without = Plane.empty(directory.resolve("without"))) {
            assertThat(Plane.sentence(without.get(path("")).problem(501)))
                    .contains("GATEWRIGHT_PEPPER", "gatewright sidecar key show|release|reconcile");
            without.send("POST", path("/release"), "{'reason':'x'}").problem(501);
            assertThat(new Cli(without.api())
                            .run("idempotency", "show", "acme-de", "orders/create", key)
                            .failed(1)
                            .err())
                    .contains("GATEWRIGHT_PEPPER", "gatewright sidecar key");
        }
    }

    private static Cli.Run run(Person person, String verb, String[] which, String... more) {
        String[] words = new String[2 + which.length + more.length];
        words[0] = "idempotency";
        words[1] = verb;
        System.arraycopy(which, 0, words, 2, which.length);
        System.arraycopy(more, 0, words, 2 + which.length, more.length);
        return cli(person).run(words);
    }

    private static Cli cli(Person person) {
        try {
            Path token = Files.createTempFile(directory, "token", "");
            Files.writeString(token, person.authorization().substring("Bearer ".length()));
            return new Cli(plane.api().base(), token);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
