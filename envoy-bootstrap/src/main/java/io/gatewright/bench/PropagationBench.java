package io.gatewright.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.IntNode;
import io.gatewright.envoybootstrap.ApiClient;
import io.gatewright.envoybootstrap.Bootstrap;
import io.gatewright.envoybootstrap.ControlPlaneProcess;
import io.gatewright.envoybootstrap.EnvoyProcess;
import io.gatewright.envoybootstrap.HttpConnection;
import io.gatewright.envoybootstrap.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * How long a changed setting takes from its commit to Envoy's acknowledgement, and to the first answer that shows it, one
 * change at a time, with any number of tenants. Times are of one machine's clock.
 */
final class PropagationBench {
    private static final int WARM_UP = 2000;
    private static final Duration LOAD = Duration.ofMinutes(5);
    private static final long SEED = 42;

    /** Between two looks, so that looking does not take the processor from what is looked at. Counts as time to visible. */
    private static final long PAUSE_NANOS = 200_000;

    private final int tenants;
    private final int changes;
    private final Sample toAck = new Sample();
    private final Sample toVisible = new Sample();

    PropagationBench(int tenants, int changes) {
        this.tenants = tenants;
        this.changes = changes;
    }

    void run() throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("gatewright-bench");
        try (ControlPlaneProcess plane =
                        ControlPlaneProcess.start(directory, Ports.free(), Ports.free(), List.of("--ephemeral"));
                EnvoyProcess envoy = EnvoyProcess.start(
                        Bootstrap.local("bench-1", plane.xdsPort()),
                        EnvoyProcess.Options.in(directory.resolve("envoy")))) {
            ApiClient api = plane.api();
            int port = Fleet.commitShared(api, 9);
            envoy.awaitLive(LOAD);
            long heapBefore = heap(plane);
            long envoyBefore = allocated(envoy);
            Fleet.commitTenants(api, tenants);
            awaitLive(api, tenants - 1);
            long heapAfter = heap(plane);
            long envoyAfter = allocated(envoy);
            SplittableRandom random = new SplittableRandom(SEED);
            try (HttpConnection gateway = new HttpConnection(port)) {
                for (int i = 0; i < WARM_UP; i++) {
                    change(api, gateway, random, 2000 + i, false);
                    if ((i + 1) % 500 == 0) {
                        Progress.say((i + 1) + " of " + WARM_UP + " changes to warm up");
                    }
                }
                double bytesBefore = metric(api, "gatewright_xds_bytes_sent_total");
                double resourcesBefore = metric(api, "gatewright_xds_resources_sent_total");
                for (int i = 0; i < changes; i++) {
                    change(api, gateway, random, 10_000 + i, true);
                    if ((i + 1) % 100 == 0) {
                        Progress.say((i + 1) + " of " + changes + " changes");
                    }
                }
                double bytes = metric(api, "gatewright_xds_bytes_sent_total") - bytesBefore;
                double resources = metric(api, "gatewright_xds_resources_sent_total") - resourcesBefore;
                System.out.printf(
                        Locale.ROOT,
                        "result propagation tenants=%d changes=%d commit_to_ack_p50_ms=%s commit_to_ack_p99_ms=%s "
                                + "commit_to_visible_p50_ms=%s commit_to_visible_p99_ms=%s bytes_per_change=%.0f "
                                + "resources_per_change=%.2f heap_bytes_per_tenant=%d control_plane_heap_bytes_per_tenant=%d "
                                + "envoy_bytes_per_tenant=%d%n",
                        tenants,
                        changes,
                        toAck.percentileMillis(0.50),
                        toAck.percentileMillis(0.99),
                        toVisible.percentileMillis(0.50),
                        toVisible.percentileMillis(0.99),
                        bytes / changes,
                        resources / changes,
                        CacheHeap.bytesPerTenantBeyondItsBytes(tenants),
                        (heapAfter - heapBefore) / tenants,
                        (envoyAfter - envoyBefore) / tenants);
            }
        }
    }

    private void change(ApiClient api, HttpConnection gateway, SplittableRandom random, int requests, boolean count)
            throws IOException {
        String tenant = Fleet.tenant(random.nextInt(tenants));
        byte[] beacon = HttpConnection.request(
                "GET", "/.well-known/gatewright", List.of("host: bench", "x-tenant-id: " + tenant));
        String before = gateway.exchange(beacon).body();
        JsonNode committed = api.set("tenant=" + tenant, "rate-limit.requests", IntNode.valueOf(requests), "bench");
        Instant committedAt = Instant.parse(committed.get("committedAt").asText());
        while (gateway.exchange(beacon).body().equals(before)) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        Instant visibleAt = Instant.now();
        Instant acknowledgedAt =
                acknowledgedAt(api, tenant, committed.get("revision").asLong());
        if (count) {
            toVisible.add(Duration.between(committedAt, visibleAt).toNanos());
            toAck.add(Duration.between(committedAt, acknowledgedAt).toNanos());
        }
    }

    private static Instant acknowledgedAt(ApiClient api, String tenant, long revision) {
        JsonNode status = api.get("/v1/tenants/" + tenant + "/status?wait=PT10S&revision=" + revision);
        if (!status.get("live").asBoolean()) {
            throw new IllegalStateException("not live: " + status);
        }
        return Instant.parse(status.get("nodes").get(0).get("acknowledgedAt").asText());
    }

    private static void awaitLive(ApiClient api, int tenant) {
        long end = System.nanoTime() + LOAD.toNanos();
        String path = "/v1/tenants/" + Fleet.tenant(tenant) + "/status?wait=PT30S";
        while (!api.get(path).get("live").asBoolean()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("the tenants were not live within " + LOAD);
            }
        }
    }

    private static double metric(ApiClient api, String name) {
        return api.text("/q/metrics")
                .lines()
                .filter(line -> line.startsWith(name + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** What Envoy has allocated now; its counter of the same follows seconds later. */
    private static long allocated(EnvoyProcess envoy) throws IOException {
        return Long.parseLong(new ObjectMapper()
                .readTree(envoy.admin("/memory"))
                .get("allocated")
                .asText());
    }

    /** Live bytes of the control plane's heap: what a class histogram says in total, which collects first. */
    private static long heap(ControlPlaneProcess plane) throws IOException, InterruptedException {
        Process histogram = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(plane.pid()),
                        "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        String text = new String(histogram.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        histogram.waitFor();
        String total = text.lines()
                .filter(line -> line.startsWith("Total"))
                .findFirst()
                .orElseThrow();
        return Long.parseLong(total.trim().split("\\s+", -1)[2]);
    }
}
