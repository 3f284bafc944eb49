package io.gatewright.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.demo.EchoUpstream;
import io.gatewright.demo.SampleRegistry;
import io.gatewright.demo.StubIssuer;
import io.gatewright.deploy.Compose.Container;
import io.gatewright.envoybootstrap.ApiClient;
import io.gatewright.envoybootstrap.HttpConnection;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the compose file starts, as plain processes: the Java that the Containerfile makes, the commands, environments and health
 * checks of the files, by the table in {@link OnThisMachine}. An embedded Postgres stands for the container's and a stub for
 * Keycloak; Kong is away.
 */
@Timeout(240)
final class DeployIT {
    private static final Compose COMPOSE = Compose.read();
    private static final Containerfile IMAGES = Containerfile.read();
    private static final int GATEWAY = 10000;
    private static final long POLL_NANOS = 20_000_000;
    private static final Duration LIVE = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    @Test
    void whatTheFilesSayStartsServesAndEnds() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                        .setServerConfig("fsync", "on")
                        .start();
                StubIssuer issuer = new StubIssuer("gatewright");
                EchoUpstream upstream = new EchoUpstream()) {
            RolesFile.run(postgres);
            OnThisMachine machine =
                    new OnThisMachine(directory, "control-plane", IMAGES, postgres.getPort(), issuer.url());
            OnThisMachine beside = machine.with("/var/lib/gatewright", directory.resolve("sidecar"));
            List<String> link =
                    List.of(IMAGES.stage("build").all("RUN").getLast().split(" ", -1));
            complete("jlink", Map.of(), prefixed(System.getProperty("java.home") + "/bin/", machine.of(link)));
            Files.writeString(
                    directory.resolve("envoy/bootstrap.yaml"), machine.of(DeployFile.text("envoy/bootstrap.yaml")));
            try (Started plane = start("control-plane", machine)) {
                List<String> rehearse = DeployFile.texts(
                        DeployFile.json(IMAGES.stage("sidecar").all("RUN").getLast()));
                complete("rehearse", Map.of(), beside.of(rehearse));
                complete("describe", beside);
                kongIsDescribedWhatItIsAskedToLoad(beside);
                plane.awaitHealthy(machine.of(COMPOSE.container("control-plane").health()));
                complete("migrate", beside);
                try (Started sidecar = start("sidecar", beside);
                        Started envoy = start("envoy", machine)) {
                    sidecar.awaitHealthy(beside.of(COMPOSE.container("sidecar").health()));
                    envoy.awaitHealthy(machine.of(COMPOSE.container("envoy").health()));
                    settings(machine, issuer, upstream);
                    servesAndReplays(machine, issuer, upstream);
                    assertThat(envoy.terminate()).as(envoy::said).isZero();
                    assertThat(sidecar.terminate()).as(sidecar::said).isEqualTo(128 + 15);
                    assertThat(directory.resolve("run")).isEmptyDirectory();
                }
                assertThat(plane.terminate()).as(plane::said).isIn(0, 128 + 15);
            }
        }
    }

    /** With a JVM that refuses to start when the cache of classes does not fit, instead of doing without. */
    private Started start(String name, OnThisMachine machine) throws IOException {
        Container container = COMPOSE.container(name);
        Map<String, String> environment = new TreeMap<>(machine.of(container.environment(Secrets::sample)));
        if (name.equals("sidecar")) {
            environment.put("JAVA_TOOL_OPTIONS", "-XX:AOTMode=on");
        }
        return new Started(directory, name, environment, machine.of(container.command(IMAGES)));
    }

    private void complete(String name, OnThisMachine machine) throws IOException, InterruptedException {
        try (Started started = start(name, machine)) {
            assertThat(started.end()).as(started::said).isZero();
        }
    }

    private void complete(String name, Map<String, String> environment, List<String> command)
            throws IOException, InterruptedException {
        try (Started started = new Started(directory, name, environment, command)) {
            assertThat(started.end()).as(started::said).isZero();
        }
    }

    private static List<String> prefixed(String prefix, List<String> command) {
        List<String> words = new ArrayList<>(command);
        words.set(0, prefix + words.getFirst());
        return words;
    }

    /** Each query prints one plugin, of the name that Kong is to load, in a form that it takes. */
    private void kongIsDescribedWhatItIsAskedToLoad(OnThisMachine machine) throws IOException, InterruptedException {
        Container kong = COMPOSE.container("kong");
        List<String> names = new ArrayList<>();
        for (String server : kong.variable("KONG_PLUGINSERVER_NAMES").split(",", -1)) {
            String query =
                    kong.variable("KONG_PLUGINSERVER_" + server.toUpperCase(java.util.Locale.ROOT) + "_QUERY_CMD");
            Path printed = directory.resolve("query.log");
            complete("query", Map.of("PATH", "/usr/bin:/bin"), List.of("/bin/sh", "-c", machine.of(query)));
            JsonNode described = DeployFile.json(Files.readString(printed));
            assertThat(described.path("Protocol").asText()).isEqualTo("ProtoBuf:1");
            assertThat(described.path("Plugins")).hasSize(1);
            names.add(described.at("/Plugins/0/Name").asText());
        }
        assertThat("bundled," + String.join(",", names)).isEqualTo(kong.variable("KONG_PLUGINS"));
    }

    /** What docs/deploy.md has two people do: one proposes, the other approves. */
    private void settings(OnThisMachine machine, StubIssuer issuer, EchoUpstream upstream) {
        ApiClient api = new ApiClient("http://127.0.0.1:" + machine.port(8080), directory.resolve("no-token"));
        ObjectNode sample = SampleRegistry.at(upstream.endpoint(), issuer.url(), 1);
        ArrayNode changes = sample.putArray("changes");
        for (JsonNode document : sample.withArray("documents")) {
            if (!document.path("kind").asText().equals("listener")) {
                changes.add(document);
            }
        }
        for (JsonNode document : DeployFile.yaml("first-settings.yaml")) {
            changes.add(DeployFile.json(machine.of(document.toString())));
        }
        sample.remove("documents");
        sample.put("reason", "the first settings");
        HttpResponse<String> proposed = api.send(
                "POST", "/v1/changesets", sample.toString(), "Authorization", person(issuer, "anna", "editor"));
        assertThat(proposed.statusCode()).as(proposed.body()).isEqualTo(202);
        HttpResponse<String> approved = api.send(
                "POST",
                URI.create(proposed.headers().firstValue("location").orElseThrow())
                                .getPath() + "/approve",
                null,
                "Authorization",
                person(issuer, "bert", "approver"));
        assertThat(approved.statusCode()).as(approved.body()).isEqualTo(200);
    }

    private static String person(StubIssuer issuer, String name, String role) {
        return "Bearer "
                + issuer.token(
                        "id-of-" + name,
                        Map.of(
                                "preferred_username",
                                name,
                                "realm_access",
                                Map.of("roles", List.of("gateway-" + role)),
                                "gateway_orgs",
                                List.of("*")));
    }

    /** A write with a key runs once and is answered twice: through Envoy, the guard's socket, the guard and Postgres. */
    private static void servesAndReplays(OnThisMachine machine, StubIssuer issuer, EchoUpstream upstream) {
        String token = issuer.token(
                "alice",
                Map.of("tenant_id", SampleRegistry.TENANT_A, "org_id", "frischwerk"),
                "freshplan-api",
                Duration.ofMinutes(5));
        byte[] request = ("POST /api/kundenmanagement/customers HTTP/1.1\r\nhost: gateway\r\nauthorization: Bearer "
                        + token
                        + "\r\nidempotency-key: 0f8fad5b-d9cb-469f-a165-70867728950e\r\ncontent-length: 2\r\n\r\n{}")
                .getBytes(StandardCharsets.US_ASCII);
        HttpConnection.Answer first = served(machine.port(GATEWAY), request);
        assertThat(first.header("idempotency-status")).startsWith("executed");
        long ran = upstream.requests();
        HttpConnection.Answer second = served(machine.port(GATEWAY), request);
        assertThat(second.header("idempotent-replayed")).isEqualTo("true");
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(upstream.requests()).isEqualTo(ran).isEqualTo(1);
    }

    /** Until the settings are where they belong there is no port, then no tenant, key or guard that knows it. */
    private static HttpConnection.Answer served(int port, byte[] request) {
        long end = System.nanoTime() + LIVE.toNanos();
        String last = "nothing";
        while (System.nanoTime() < end) {
            try (HttpConnection connection = new HttpConnection(port)) {
                HttpConnection.Answer answer = connection.exchange(request);
                if (answer.status() == 200) {
                    return answer;
                }
                last = answer.status() + " " + answer.body();
            } catch (IOException e) {
                last = e.getMessage();
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        throw new AssertionError("not served within " + LIVE + "; the last answer was " + last);
    }
}
