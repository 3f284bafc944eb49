package io.gatewright.api;

import static io.gatewright.api.Person.setting;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatewright.demo.StubIssuer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Changes that wait for a second person or for their time. */
final class ProposalsApiIT {
    private static final Duration AT_MOST = Duration.ofSeconds(60);

    @TempDir
    private static Path directory;

    private static StubIssuer issuer;
    private static Plane plane;
    private static Person editor;
    private static Person approver;

    @BeforeAll
    static void start() throws Exception {
        issuer = new StubIssuer("gatewright");
        plane = Plane.of(issuer, directory.resolve("plane"));
        editor = Person.with(plane, issuer, "anna", "*", "editor", "approver");
        approver = Person.with(plane, issuer, "bert", "*", "approver");
        editor.commit("{'kind':'org','id':'acme','body':{'name':'Acme'}}").done();
    }

    @AfterAll
    static void stop() {
        plane.close();
        issuer.close();
    }

    /** What waits now, once a change set was put off with 202. */
    private static JsonNode waiting(Answer answer) {
        assertThat(answer.status()).as(answer.http().body()).isEqualTo(202);
        JsonNode proposal = answer.json();
        assertThat(answer.header("Location"))
                .endsWith("/v1/proposals/" + proposal.path("proposal").asLong());
        return proposal;
    }

    private static String path(JsonNode proposal) {
        return "/v1/proposals/" + proposal.path("proposal").asLong();
    }

    private static JsonNode newest() {
        return editor.get("/v1/revisions?limit=1").done().json().at("/revisions/0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'kind':'setting','id':'global/oidc.required','body':{'value':false}}",
                "{'kind':'setting','id':'org=acme/cors.allow-credentials','body':{'value':true}}",
                "{'kind':'issuer','id':'new','body':{'issuer':'https://id.example','audiences':['a'],'tenantClaim':'t'}}"
            })
    void makesWhatIsSensitiveOnlyWithASecondPerson(String change) {
        long before = newest().path("revision").asLong();
        JsonNode proposal =
                waiting(editor.commit(change, setting("org=acme/rate-limit.requests", "" + (before + 100))));
        assertThat(proposal.path("state").asText()).isEqualTo("pending");
        assertThat(proposal.path("changes")).hasSize(2);
        assertThat(newest().path("revision").asLong()).isEqualTo(before);
        assertThat(Plane.sentence(editor.post(path(proposal) + "/approve").problem(403)))
                .contains("approver; is who proposed it; let somebody else approve it");

        JsonNode approved = approver.post(path(proposal) + "/approve").done().json();

        assertThat(approved.path("state").asText()).isEqualTo("committed");
        assertThat(approved.path("revision").asLong()).isEqualTo(before + 1);
        assertThat(newest().path("actor").asText()).isEqualTo("id-of-anna (anna), approved by id-of-bert (bert)");
        approver.post(path(proposal) + "/approve").problem(409);
    }

    @Test
    void refusesAServiceAccountAsTheSecondPerson() {
        JsonNode proposal = waiting(editor.commit(setting("org=acme/oidc.issuers", "[]")));
        Person robot = Person.with(plane, issuer, "service-account-ci", "*", "approver");

        assertThat(Plane.sentence(robot.post(path(proposal) + "/approve").problem(403)))
                .contains("is a service account");
        approver.send("POST", path(proposal) + "/reject", "{'comment':'not so'}")
                .done();
        JsonNode rejected = editor.get(path(proposal)).done().json();
        assertThat(rejected.path("state").asText()).isEqualTo("rejected");
        assertThat(rejected.path("comment").asText()).isEqualTo("not so");
        assertThat(rejected.path("decidedBy").asText()).isEqualTo("id-of-bert (bert)");
    }

    @Test
    void refusesWhenADocumentChangedMeanwhile() {
        JsonNode proposal = waiting(
                editor.commit(setting("org=acme/oidc.issuers", "[]"), setting("org=acme/rate-limit.burst", "5")));
        editor.commit(setting("org=acme/rate-limit.burst", "6")).done();

        assertThat(Plane.sentence(approver.post(path(proposal) + "/approve").problem(412)))
                .contains("setting/org=acme/rate-limit.burst");
        JsonNode failed = editor.get(path(proposal)).done().json();
        assertThat(failed.path("state").asText()).isEqualTo("failed");
        assertThat(failed.path("failure").asText()).contains("rate-limit.burst");
    }

    @Test
    void saysAtOnceWhatIsWrongWithAChangeThatWouldWait() {
        editor.commit(setting("org=nobody/oidc.required", "false")).problem(422);
        editor.send(
                        "PUT",
                        "/v1/settings/global/rate-limit.requests",
                        "{'value':0}",
                        "If-None-Match",
                        "*",
                        "Change-Reason",
                        "later",
                        "Change-Not-Before",
                        Instant.now().plusSeconds(600).toString())
                .problem(422);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2001-01-01T00:00:00Z", "9999-01-01T00:00:00Z", "tomorrow", "2030-01-01T00:00:00"})
    void refusesATimeThatIsPastOrNone(String time) {
        String body = "{'reason':'r','notBefore':'" + time + "','changes':["
                + setting("org=acme/rate-limit.requests", "5") + "]}";

        assertThat(editor.send("POST", "/v1/changesets", body)
                        .problem(422)
                        .path("field")
                        .asText())
                .isEqualTo("notBefore");
    }

    @Test
    void makesAChangeWhenItsTimeHasCome() throws Exception {
        String due = Instant.now().plusMillis(1500).toString();
        JsonNode proposal = waiting(editor.send(
                "POST",
                "/v1/changesets",
                "{'reason':'r','notBefore':'" + due + "','changes':[" + setting("org=acme/rate-limit.burst", "77")
                        + "]}"));
        assertThat(proposal.path("state").asText()).isEqualTo("scheduled");

        JsonNode committed = until(proposal, "committed");

        JsonNode revision = editor.get(
                        "/v1/revisions/" + committed.path("revision").asLong())
                .done()
                .json();
        assertThat(revision.path("actor").asText()).isEqualTo("id-of-anna (anna)");
        assertThat(Instant.parse(revision.path("at").asText())).isAfterOrEqualTo(Instant.parse(due));
    }

    /** The proposal once it is in that state, asked again and again, as whoever waits for it would. */
    private static JsonNode until(JsonNode proposal, String state) {
        long start = System.nanoTime();
        JsonNode now = proposal;
        while (!now.path("state").asText().equals(state)) {
            assertThat(System.nanoTime() - start).as(now.toString()).isLessThan(AT_MOST.toNanos());
            now = editor.get(path(proposal)).done().json();
        }
        return now;
    }

    @Test
    void letsItsAuthorWithdrawAChange() {
        JsonNode proposal = waiting(editor.commit(setting("org=acme/oidc.issuers", "[]")));
        Person other = Person.with(plane, issuer, "otto", "*", "editor");

        other.post(path(proposal) + "/withdraw").problem(403);
        editor.post(path(proposal) + "/withdraw").done();
        approver.post(path(proposal) + "/approve").problem(409);
        approver.post("/v1/proposals/999/approve").problem(404);
        approver.post("/v1/proposals/x/approve").problem(400);
    }

    @Test
    void showsAndDecidesOnTheCommandLine() throws Exception {
        Cli anna = new Cli(plane.api().base(), file("anna", editor));
        Cli bert = new Cli(plane.api().base(), file("bert", approver));

        String put = anna.write("set", "org=acme", "oidc.clock-skew", "PT30S", "--not-before", "2001-01-01T00:00:00Z")
                .failed(1)
                .err();
        assertThat(put).contains("notBefore: 2001-01-01T00:00Z is not within a year from now");
        String waits =
                anna.write("set", "org=acme", "oidc.required", "false").done().out();
        assertThat(waits)
                .matches("proposal \\d+ waits for a second person\napprove: gatewright proposals approve \\d+\n");
        String number = waits.split(" ", -1)[1];
        assertThat(bert.run("proposals").done().out()).contains("pending", "setting/org=acme/oidc.required");
        assertThat(bert.run("proposals", "show", number).done().out()).contains("PROPOSED", "{\"value\":false}");
        assertThat(anna.run("proposals", "approve", number).failed(1).err()).contains("is who proposed it");
        assertThat(bert.run("proposals", "approve", number).done().out()).startsWith("revision ");
        assertThat(bert.run("proposals", "--state", "committed").done().out()).contains("oidc.required");
        bert.run("proposals", "approve").failed(2);
        bert.run("proposals", "--state", "lost").failed(1);
    }

    private static Path file(String name, Person person) throws Exception {
        return Files.writeString(directory.resolve(name), person.authorization().substring("Bearer ".length()));
    }

    @Test
    void doesNotAskASingleOperatorForASecondPerson() throws Exception {
        try (Plane alone = Plane.empty(directory.resolve("alone"))) {
            alone.commit("{'kind':'setting','id':'global/oidc.required','body':{'value':false}}")
                    .done();
            JsonNode proposal = waiting(alone.send(
                    "PUT",
                    "/v1/settings/global/rate-limit.burst",
                    "{'value':5}",
                    "If-None-Match",
                    "*",
                    "Change-Reason",
                    "later",
                    "Change-Not-Before",
                    Instant.now().plusSeconds(600).toString()));
            assertThat(proposal.path("state").asText()).isEqualTo("scheduled");
            alone.send("POST", path(proposal) + "/withdraw", null).done();
        }
    }
}
