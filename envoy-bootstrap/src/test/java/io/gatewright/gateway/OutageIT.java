package io.gatewright.gateway;

import static io.gatewright.gateway.Documents.setting;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatewright.envoybootstrap.Ports;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes on while something is away, and what comes back by itself. */
final class OutageIT {
    private static final String SENT = "gatewright_xds_resources_sent_total";
    private static final String SCOPES = "type=\"scoped_route\"";

    @TempDir
    Path directory;

    @Test
    void servesOnWithoutControlPlaneAndIsSentNothingItHasWhenThatIsBack() throws Exception {
        try (Outage outage = new Outage(directory, List.of())) {
            outage.changeVisibly("a", setting("tenant=a", "body.max-bytes", "1000"));
            String beacon = outage.beacon("b");
            try (Traffic traffic = outage.traffic()) {
                outage.killPlane();
                traffic.awaitMore(200);
                outage.restartPlane();
                Waiting.until(
                        "the gateway is connected again",
                        () -> outage.api()
                                .get("/v1/tenants/a/status?wait=PT1S")
                                .path("live")
                                .asBoolean());
                traffic.awaitMore(100);
                assertThat(outage.metric(SENT, SCOPES)).isZero();
                assertThat(outage.beacon("b")).isEqualTo(beacon);
                outage.changeVisibly("b", setting("tenant=b", "body.max-bytes", "2000"));
                traffic.awaitMore(100);
            }
            assertThat(outage.metric(SENT, SCOPES)).isEqualTo(1);
        }
    }

    @Test
    void servesOnWithoutDatabaseAndTakesChangesAgainWhenThatIsBack() throws Exception {
        int port = Ports.free();
        EmbeddedPostgres postgres = postgres(port);
        try (Outage outage = new Outage(
                directory,
                List.of(
                        "--db-url=jdbc:postgresql://127.0.0.1:" + port + "/postgres",
                        "--db-user=postgres",
                        "--db-password=postgres"))) {
            try (Traffic traffic = outage.traffic()) {
                postgres.close();
                Waiting.until("readiness tells", () -> database(outage).equals("DOWN"));
                HttpResponse<String> refused = outage.tryToCommit(setting("tenant=a", "body.max-bytes", "1000"));
                assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
                assertThat(refused.headers().firstValue("content-type")).hasValue("application/problem+json");
                JsonNode sync = new ObjectMapper()
                        .readTree(outage.api()
                                .send("POST", "/v1/syncs?wait=PT20S", null)
                                .body());
                assertThat(sync.path("outcome").asText()).as(sync.toString()).isEqualTo("proven");
                assertThat(sync.path("id").isNull()).isTrue();
                assertThat(outage.metric("gatewright_sync_rows_waiting", "")).isPositive();
                traffic.awaitMore(200);
                postgres = postgres(port);
                Waiting.until("readiness tells", () -> database(outage).equals("UP"));
                Waiting.until(
                        "the sync has its row",
                        () -> outage.api()
                                .get("/v1/syncs?trigger=manual")
                                .findValuesAsText("startedAt")
                                .contains(sync.path("startedAt").asText()));
                assertThat(outage.metric("gatewright_sync_rows_lost_total", "")).isZero();
                outage.changeVisibly("a", setting("tenant=a", "body.max-bytes", "2000"));
                traffic.awaitMore(100);
            }
        } finally {
            postgres.close();
        }
    }

    private static String database(Outage outage) throws IOException {
        for (JsonNode check : new ObjectMapper()
                .readTree(outage.api().text("/q/health/ready"))
                .path("checks")) {
            if (check.path("name").asText().equals("database")) {
                return check.path("status").asText();
            }
        }
        return "not named";
    }

    private EmbeddedPostgres postgres(int port) throws IOException {
        return EmbeddedPostgres.builder()
                .setPort(port)
                .setDataDirectory(directory.resolve("postgres"))
                .setCleanDataDirectory(false)
                .start();
    }
}
