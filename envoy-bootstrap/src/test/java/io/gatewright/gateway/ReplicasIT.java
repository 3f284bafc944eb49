package io.gatewright.gateway;

import static io.gatewright.gateway.Documents.setting;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatewright.envoybootstrap.ApiClient;
import io.gatewright.envoybootstrap.ControlPlaneProcess;
import io.gatewright.envoybootstrap.Ports;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two control planes on one database, both reconciling all the time. */
final class ReplicasIT {
    @TempDir
    Path directory;

    private static List<String> flags(EmbeddedPostgres postgres, String replica) {
        return List.of(
                "--db-url=jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/postgres",
                "--db-user=postgres",
                "--db-password=postgres",
                "--reconcile-interval=PT1S",
                "--replica=" + replica);
    }

    @Test
    void writeTheirSyncsSideBySideAndKeepThem() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                        .setDataDirectory(directory.resolve("postgres"))
                        .start();
                Outage first = new Outage(directory.resolve("first"), flags(postgres, "first"));
                ControlPlaneProcess second = ControlPlaneProcess.start(
                        directory.resolve("second"), Ports.free(), Ports.free(), flags(postgres, "second"))) {
            try (Traffic traffic = first.traffic()) {
                first.changeVisibly("a", setting("tenant=a", "body.max-bytes", "1000"));
                Waiting.until(
                        "both have run by the clock",
                        () -> replicas(second.api(), "interval").equals(Set.of("first", "second")));
                traffic.awaitMore(100);
            }
            JsonNode all = second.api().get("/v1/syncs?limit=200").path("syncs");
            assertThat(all).extracting(sync -> sync.path("id").asLong()).doesNotHaveDuplicates();
            assertThat(all).allSatisfy(sync -> {
                assertThat(sync.path("outcome").asText()).as(sync.toString()).isIn("proven", "no-gateways");
                assertThat(sync.path("drift").asInt()).isZero();
            });
            assertThat(replicas(second.api(), "startup")).containsExactly("first", "second");

            JsonNode push =
                    second.api().get("/v1/syncs?trigger=revision&limit=1").at("/syncs/0");
            assertThat(push.path("replica").asText()).isEqualTo("first");
            assertThat(push.path("resources")).extracting(JsonNode::asText).containsExactly("tenant/a");
            assertThat(push.at("/nodes/0/accepted").asInt()).isEqualTo(1);
            assertThat(push.path("proofMillis").asDouble()).isPositive();
            assertThat(push.path("committedAt").asText())
                    .isEqualTo(second.api()
                            .get("/v1/revisions/" + push.path("revision"))
                            .path("at")
                            .asText());

            first.killPlane();
            first.restartPlane();
            assertThat(first.api().get("/v1/syncs/" + push.path("id"))).isEqualTo(push);

            Waiting.until(
                    "the gateway is connected again",
                    () -> first.api()
                            .get("/v1/tenants/a/status?wait=PT1S")
                            .path("live")
                            .asBoolean());
            HttpResponse<String> lines =
                    first.api().send("POST", "/v1/syncs?wait=PT20S", "", "Accept", "application/x-ndjson");
            assertThat(lines.headers().firstValue("content-type")).hasValue("application/x-ndjson");
            assertThat(lines.body().lines().map(line -> line.replaceFirst("^\\{\"(\\w+)\".*", "$1")))
                    .containsExactly("started", "node", "sync");
        }
    }

    private static Set<String> replicas(ApiClient api, String trigger) {
        Set<String> names = new TreeSet<>();
        api.get("/v1/syncs?trigger=" + trigger + "&limit=200")
                .path("syncs")
                .forEach(sync -> names.add(sync.path("replica").asText()));
        return names;
    }
}
