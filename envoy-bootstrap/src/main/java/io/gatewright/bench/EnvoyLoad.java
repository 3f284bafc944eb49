package io.gatewright.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatewright.envoybootstrap.Bootstrap;
import io.gatewright.envoybootstrap.EnvoyProcess;
import io.gatewright.xds.AdsCounters;
import io.gatewright.xds.NodeView;
import io.gatewright.xds.Resource;
import io.gatewright.xds.ResourceType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/** Our server in this process and one real Envoy: load, changes, reconnect, memory of both. Stateless. */
final class EnvoyLoad {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int WARM_UP = 500;
    private static final int CHANGES = 300;
    private static final long LOOK_NANOS = 2_000_000;

    private EnvoyLoad() {}

    /** @param plane to which no tenant is published yet */
    static void run(Plane plane, XdsFleet fleet, int modules) throws IOException, InterruptedException {
        int tenants = fleet.tenants();
        Path directory = Files.createTempDirectory("gatewright-bench");
        try (EnvoyProcess envoy =
                EnvoyProcess.start(Bootstrap.local("bench-1", plane.port()), EnvoyProcess.Options.in(directory))) {
            envoy.awaitLive(PATIENCE);
            long envoyBefore = allocated(envoy);
            long heapBefore = CacheHeap.live();
            List<Resource> scopes = fleet.scopes();
            long bytes =
                    scopes.stream().mapToLong(scope -> scope.packed().size()).sum();
            double cpuBefore = Plane.cpuMillis();
            double envoyCpuBefore = cpuMillis(envoy);
            long start = System.nanoTime();
            plane.publish(scopes);
            awaitLoaded(plane, tenants);
            double loadSeconds = (System.nanoTime() - start) / 1e9;
            double loadCpu = Plane.cpuMillis() - cpuBefore;
            double envoyLoadCpu = cpuMillis(envoy) - envoyCpuBefore;
            scopes.clear();
            long heap = CacheHeap.live() - heapBefore - bytes;
            long envoyBytes = allocated(envoy) - envoyBefore;

            Sample toAck = new Sample();
            SplittableRandom random = new SplittableRandom(42);
            for (int i = 0; i < WARM_UP; i++) {
                plane.change(random.nextInt(tenants));
            }
            AdsCounters counters = plane.counters();
            long sentBefore = counters.bytes(ResourceType.SCOPED_ROUTE);
            cpuBefore = Plane.cpuMillis();
            for (int i = 0; i < CHANGES; i++) {
                toAck.add(plane.change(random.nextInt(tenants)));
            }
            double changeCpu = (Plane.cpuMillis() - cpuBefore) / CHANGES;
            long changeBytes = (counters.bytes(ResourceType.SCOPED_ROUTE) - sentBefore) / CHANGES;

            long resourcesBefore = counters.resources(ResourceType.SCOPED_ROUTE);
            cpuBefore = Plane.cpuMillis();
            start = System.nanoTime();
            plane.restart();
            awaitLoaded(plane, tenants);
            double reconnectSeconds = (System.nanoTime() - start) / 1e9;
            double reconnectCpu = Plane.cpuMillis() - cpuBefore;
            System.out.printf(
                    Locale.ROOT,
                    "result xds.envoy tenants=%d modules=%d scope_bytes=%d load_s=%.2f load_cpu_ms=%.0f envoy_load_cpu_ms=%.0f "
                            + "change_to_ack_p50_ms=%s change_to_ack_p99_ms=%s change_cpu_ms=%.3f change_bytes=%d "
                            + "reconnect_s=%.2f reconnect_cpu_ms=%.0f reconnect_resources=%d heap_beyond_bytes_per_tenant=%d "
                            + "envoy_bytes_per_tenant=%d%n",
                    tenants,
                    modules,
                    bytes / tenants,
                    loadSeconds,
                    loadCpu,
                    envoyLoadCpu,
                    toAck.percentileMillis(0.5),
                    toAck.percentileMillis(0.99),
                    changeCpu,
                    changeBytes,
                    reconnectSeconds,
                    reconnectCpu,
                    counters.resources(ResourceType.SCOPED_ROUTE) - resourcesBefore,
                    heap / tenants,
                    envoyBytes / tenants);
        }
    }

    /** Waits until Envoy has acknowledged every scope, and its listeners. */
    private static void awaitLoaded(Plane plane, int tenants) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!isLoaded(plane, tenants)) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("not loaded within " + PATIENCE + ": " + plane.nodes());
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private static boolean isLoaded(Plane plane, int tenants) {
        for (NodeView node : plane.nodes()) {
            NodeView.Counts scopes = node.types().get(ResourceType.SCOPED_ROUTE);
            NodeView.Counts listeners = node.types().get(ResourceType.LISTENER);
            if (node.connected()
                    && scopes != null
                    && listeners != null
                    && scopes.equals(new NodeView.Counts(tenants, 0, 0))
                    && listeners.equals(new NodeView.Counts(1, 0, 0))) {
                return true;
            }
        }
        return false;
    }

    private static double cpuMillis(EnvoyProcess envoy) {
        return ProcessHandle.of(envoy.pid())
                        .flatMap(process -> process.info().totalCpuDuration())
                        .orElseThrow()
                        .toNanos()
                / 1e6;
    }

    private static long allocated(EnvoyProcess envoy) throws IOException {
        return Long.parseLong(new ObjectMapper()
                .readTree(envoy.admin("/memory"))
                .get("allocated")
                .asText());
    }
}
