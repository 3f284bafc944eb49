package io.gatewright.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatewright.envoybootstrap.HttpConnection;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** One setting on its way: committed, acknowledged by Envoy, visible to a request. Immutable. */
record Propagation(long revision, Duration toAcknowledged, Duration toVisible) {

    /** Sets a key of a tenant through the command line and watches the gateway's beacon. */
    static Propagation of(Stage stage, String tenant, String key, String value, String reason) throws IOException {
        byte[] beacon = HttpConnection.request(
                "GET", "/.well-known/gatewright", List.of("host: demo", "x-tenant-id: " + tenant));
        try (HttpConnection watcher = new HttpConnection(stage.gatewayPort())) {
            String before = watcher.exchange(beacon).body();
            CommandLine set =
                    CommandLine.run(stage, "set", "tenant=" + tenant, key, value, "--reason", reason, "-o", "json");
            if (set.exitCode() != 0) {
                throw new IllegalStateException("The command line could not set " + key + ": " + set.output());
            }
            long deadline = System.nanoTime() + 10_000_000_000L;
            while (watcher.exchange(beacon).body().equals(before) && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
            Instant visible = Instant.now();
            JsonNode committed = new ObjectMapper().readTree(set.output());
            long revision = committed.get("revision").asLong();
            Instant committedAt = Instant.parse(committed.get("committedAt").asText());
            JsonNode status =
                    stage.plane().api().get("/v1/tenants/" + tenant + "/status?wait=PT5S&revision=" + revision);
            Instant acknowledged = Instant.parse(
                    status.get("nodes").get(0).get("acknowledgedAt").asText());
            return new Propagation(
                    revision, Duration.between(committedAt, acknowledged), Duration.between(committedAt, visible));
        }
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "revision %d committed at 0 ms, acknowledged by Envoy after %.1f ms, live after %.1f ms (seen by a request)",
                revision,
                toAcknowledged.toNanos() / 1e6,
                toVisible.toNanos() / 1e6);
    }
}
