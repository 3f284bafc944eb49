package io.gatewright.gateway;

import static io.gatewright.gateway.Documents.listener;
import static io.gatewright.gateway.Documents.setting;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatewright.api.Cli;
import io.gatewright.envoybootstrap.Ports;
import io.gatewright.events.Consumer;
import io.gatewright.events.RetryPolicy;
import io.gatewright.events.Subscription;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The events that the control plane tells, by the API, as a stream and by the command line, with a real Envoy. */
final class EventsIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path directory;

    private static EmbeddedPostgres postgres;
    private static Outage outage;

    @BeforeAll
    static void start() throws Exception {
        postgres = EmbeddedPostgres.builder()
                .setDataDirectory(directory.resolve("postgres"))
                .start();
        outage = new Outage(
                directory.resolve("outage"),
                List.of(
                        "--db-url=jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/postgres",
                        "--db-user=postgres",
                        "--db-password=postgres",
                        "--events-streams=1"));
    }

    @AfterAll
    static void stop() throws Exception {
        outage.close();
        postgres.close();
    }

    private static Connection connect() throws SQLException {
        Connection connection = postgres.getPostgresDatabase().getConnection();
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET ROLE gatewright_service");
        }
        return connection;
    }

    /** The first event of the topic after a place that has this text, once it is there. */
    private static JsonNode await(String topic, String after, String text) {
        String place = after;
        for (int attempts = 0; attempts < 30; attempts++) {
            JsonNode page = outage.api().get("/v1/events?limit=1&wait=PT10S&topic=" + topic + "&after=" + place);
            for (JsonNode event : page.path("events")) {
                if (event.toString().contains(text)) {
                    return event.path("event");
                }
            }
            place = page.path("after").asText();
        }
        throw new AssertionError("no event of " + topic + " after " + after + " has " + text);
    }

    private static String end() {
        return outage.api()
                .get("/v1/events?topic=settings.revision&limit=1000")
                .path("after")
                .asText();
    }

    private static HttpResponse<String> follow(String... headers) {
        return outage.api().send("GET", "/v1/events", null, headers);
    }

    @Test
    void tellsWhatWasCommittedAndWhatGatewaysMakeOfIt() throws Exception {
        String before = end();
        outage.changeVisibly("a", setting("tenant=a", "body.max-bytes", "1000"));
        JsonNode revision = outage.api().get("/v1/revisions?limit=1").at("/revisions/0");

        JsonNode committed = await("settings.revision", before, "tenant=a/body.max-bytes");
        assertThat(committed.path("type").asText()).isEqualTo("settings.revision.committed.v1");
        JsonNode data = committed.path("data");
        assertThat(data.path("revision").asLong())
                .isEqualTo(revision.path("revision").asLong());
        assertThat(data.path("hash").asText())
                .isEqualTo(committed.path("id").asText())
                .hasSize(64);
        assertThat(data.path("committedAt").asText())
                .isEqualTo(revision.path("at").asText());
        assertThat(data.at("/changes/0/change").asText()).isEqualTo("created");

        JsonNode applied = await("policy.applied", before, "\"revision\":" + data.path("revision"));
        assertThat(applied.path("tenantid").asText()).isEqualTo("a");
        assertThat(applied.at("/data/node").asText()).isEqualTo("outage-1");

        int port = Ports.free();
        try (ServerSocket occupant = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            assertThat(occupant.isBound()).isTrue();
            outage.commit(listener("second", port));
            JsonNode rejected = await("policy.rejected", before, "Address already in use");
            assertThat(rejected.at("/data/tenant").asText()).isEqualTo("*");
            assertThat(rejected.at("/data/node").asText()).isEqualTo("outage-1");
            assertThat(rejected.has("tenantid")).isFalse();
        }
        assertThat(outage.metric("outbox_backlog", "")).isZero();
        assertThat(outage.metric("tick_seconds_count", "")).isPositive();
    }

    @Test
    void aStreamGoesOnOverAKilledControlPlaneAndLeavesNothingOut() throws Exception {
        Cli cli = new Cli(outage.api());
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Thread tail = cli.start(
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                "events",
                "tail",
                "--after",
                "-1",
                "-o",
                "json");
        Waiting.until("it has the past", () -> out.toString().contains("settings.revision.committed.v1"));
        HttpResponse<String> oneMore = follow("Accept", "text/event-stream");
        assertThat(oneMore.statusCode()).isEqualTo(503);
        assertThat(oneMore.body()).contains("--events-streams");

        for (int round = 1; round <= 2; round++) {
            outage.commit(setting("tenant=b", "body.max-bytes", "10" + round));
            outage.killPlane();
            String waiting = "goes on " + round;
            Waiting.until(waiting, () -> err.toString().contains("the control plane is away"));
            outage.restartPlane();
            outage.commit(setting("tenant=b", "body.max-bytes", "20" + round));
        }
        String last = outage.api()
                .get("/v1/revisions?limit=1")
                .at("/revisions/0/revision")
                .asText();
        Waiting.until("the last one came", () -> out.toString().contains("\"revision\":" + last + ","));
        tail.interrupt();
        tail.join();

        List<Long> revisions = out.toString()
                .lines()
                .map(EventsIT::event)
                .filter(event -> event.path("type").asText().equals("settings.revision.committed.v1"))
                .map(event -> event.at("/data/revision").asLong())
                .toList();
        assertThat(revisions)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, Long.parseLong(last)).boxed().toList());
        List<String> once = cli.run("events", "tail", "--after", "-1", "--once", "-o", "json")
                .done()
                .out()
                .lines()
                .toList();
        assertThat(once)
                .doesNotHaveDuplicates()
                .containsAll(out.toString().lines().toList());
        assertThat(cli.run("events", "tail", "--after", "-1", "--once", "--limit", "1")
                        .done()
                        .out())
                .startsWith("1-0  ")
                .contains("settings.revision.committed.v1");
    }

    private static JsonNode event(String line) {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new AssertionError(line, e);
        }
    }

    @Test
    void parkedKeysAreShownTriedAgainAndGivenUpAndThatIsKept() throws Exception {
        Cli cli = new Cli(outage.api());
        AtomicBoolean broken = new AtomicBoolean(true);
        Consumer consumer = Consumer.named("board", List.of("settings.revision"), (connection, event) -> {
                    if (broken.get()) {
                        throw new IllegalStateException("the board is broken");
                    }
                })
                .retry(new RetryPolicy(2, Duration.ofMillis(5), Duration.ofMillis(5)))
                .poll(Duration.ofMillis(20))
                .build();
        try (Subscription board = Subscription.start(EventsIT::connect, null, consumer)) {
            Waiting.until("it has its partitions", () -> board.partitions() == 64);
            outage.commit(setting("tenant=b", "rate-limit.requests", "11"));
            outage.commit(setting("tenant=b", "rate-limit.requests", "12"));
            Waiting.until(
                    "the key is parked with both",
                    () -> cli.run("events", "parked", "board", "-o", "json")
                                    .json()
                                    .at("/parked/0/queued")
                                    .asInt()
                            == 2);
            assertThat(cli.run("events", "parked", "board").done().out())
                    .contains("settings")
                    .contains("the board is broken")
                    .contains("waits for you");
            assertThat(cli.run("events", "lag").done().out()).contains("board");

            assertThat(cli.run("events", "discard", "board", "nothing", "--reason", "a test")
                            .err())
                    .contains("there is no dead key nothing of board without a tenant");
            cli.run("events", "discard", "board", "settings", "--reason", "it is outdated")
                    .done();
            Waiting.until(
                    "the next one is dead",
                    () -> cli.run("events", "parked", "board").out().contains("waits for you"));
            broken.set(false);
            cli.run("events", "replay", "board", "settings", "--reason", "the board is repaired")
                    .done();
            Waiting.until(
                    "nothing is parked",
                    () -> cli.run("events", "parked", "board", "-o", "json")
                            .json()
                            .path("parked")
                            .isEmpty());
        }
        assertThat(cli.run("events", "parked", "board", "--past")
                        .done()
                        .out()
                        .lines()
                        .skip(1))
                .hasSize(2)
                .satisfiesExactly(
                        newest -> assertThat(newest).contains("replay", "local", "the board is repaired"),
                        older -> assertThat(older).contains("discard", "local", "it is outdated"));
        assertThat(cli.run("events", "parked", "nobody").err()).contains("there is no consumer nobody");
    }

    @Test
    void refusesWhatMakesNoSense() {
        assertThat(outage.api().send("GET", "/v1/events?after=x", null).body()).contains("neither an offset");
        assertThat(outage.api().send("GET", "/v1/events?limit=0", null).statusCode())
                .isEqualTo(400);
        HttpResponse<String> hidden = outage.api().send("GET", "/v1/events?topic=credit.checked", null);
        assertThat(hidden.statusCode()).isEqualTo(404);
        assertThat(hidden.body()).contains("use one of settings.revision, policy.applied, policy.rejected");
        assertThat(outage.api()
                        .send("POST", "/v1/consumers/board/replay", "{\"key\":1,\"tenannt\":\"a\"}")
                        .body())
                .contains("\"field\":\"key\"")
                .contains("\"field\":\"tenannt\"")
                .contains("\"field\":\"reason\"");
    }
}
