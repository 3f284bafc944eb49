package io.gatewright.bench;

import com.sun.management.OperatingSystemMXBean;
import io.gatewright.xds.AdsCounters;
import io.gatewright.xds.AdsServer;
import io.gatewright.xds.AggregatedDiscovery;
import io.gatewright.xds.Deployments;
import io.gatewright.xds.NodeView;
import io.gatewright.xds.Resource;
import io.gatewright.xds.XdsCache;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Cache, deployments and ADS server of a {@link XdsFleet} in this process, without a registry. One thread at a time. */
final class Plane implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long LOOK_NANOS = 1_000_000;

    private final XdsFleet fleet;
    private final XdsCache cache = new XdsCache();
    private final Deployments deployments = new Deployments(cache, Clock.systemUTC());
    private AdsServer server;

    /** Serves what all tenants share, and no tenant. */
    Plane(XdsFleet fleet) {
        this.fleet = fleet;
        cache.primer(fleet.primer());
        cache.update(fleet.revision(), fleet.shared(), List.of());
        server = server(0);
    }

    void publish(List<Resource> scopes) {
        cache.update(fleet.revision(), scopes, List.of());
    }

    /** Changes one tenant; returns the nanoseconds from before until every node has acknowledged. */
    long change(int tenant) throws InterruptedException {
        long start = System.nanoTime();
        Resource scope = fleet.change(tenant);
        cache.update(fleet.revision(), List.of(scope), List.of());
        if (!deployments.await(List.of(scope.key()), fleet.revision(), PATIENCE)) {
            throw new IllegalStateException("not acknowledged within " + PATIENCE + ": " + scope);
        }
        return System.nanoTime() - start;
    }

    /** Waits until so many streams have come that said what they had. */
    void awaitNodes(int wanted, Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        while (counters().reconnects() < wanted) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException(counters().reconnects() + " of " + wanted + " streams in " + patience);
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /** Ends all streams and listens again on the same port. */
    void restart() {
        int port = server.port();
        server.stop();
        server = server(port);
    }

    int port() {
        return server.port();
    }

    AdsCounters counters() {
        return deployments.counters();
    }

    List<NodeView> nodes() {
        return deployments.nodes();
    }

    /** Processor time that this process has used so far. */
    static double cpuMillis() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime() / 1e6;
    }

    private AdsServer server(int port) {
        AdsServer started = new AdsServer(new AggregatedDiscovery(cache, deployments), "127.0.0.1", port);
        started.start();
        return started;
    }

    @Override
    public void close() {
        server.stop();
    }
}
