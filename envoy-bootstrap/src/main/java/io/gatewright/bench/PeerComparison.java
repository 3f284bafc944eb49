package io.gatewright.bench;

import io.gatewright.xds.Resource;
import io.gatewright.xds.ResourceType;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The same tenants to one and the same simulated client, from our server and from {@link Peer}. Stateless. */
final class PeerComparison {
    /** For all that one server does; it is told when it has not ended by then. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final int WARM_UP = 20;
    private static final int CHANGES = 50;

    /** What the client is given, whoever serves. */
    private interface Served extends AutoCloseable {
        int port();

        void change(int tenant);

        @Override
        void close();
    }

    private PeerComparison() {}

    /** @param plane to which the tenants are published */
    static void ours(Plane plane, XdsFleet fleet, int modules) throws InterruptedException {
        measure("gatewright", fleet, modules, List.of(), ResourceType.SCOPED_ROUTE, 1, new Served() {
            @Override
            public int port() {
                return plane.port();
            }

            @Override
            public void change(int tenant) {
                plane.publish(List.of(fleet.change(tenant)));
            }

            @Override
            public void close() {}
        });
    }

    static void peers(XdsFleet fleet, int modules) throws IOException, InterruptedException {
        int tenants = fleet.tenants();
        long before = CacheHeap.live();
        long bytes = 0;
        Peer peer = new Peer();
        for (int i = 0; i < tenants; i++) {
            Resource scope = fleet.scope(i);
            bytes += scope.packed().size();
            peer.add(scope);
        }
        peer.publish();
        System.out.printf(
                Locale.ROOT,
                "result xds.peer.heap server=java-control-plane tenants=%d modules=%d heap_beyond_bytes_per_tenant=%d%n",
                tenants,
                modules,
                (CacheHeap.live() - before - bytes) / tenants);
        measure("java-control-plane", fleet, modules, peer.names(), ResourceType.ROUTE, tenants, new Served() {
            @Override
            public int port() {
                return peer.port();
            }

            @Override
            public void change(int tenant) {
                peer.change(tenant, fleet.change(tenant));
                peer.publish();
            }

            @Override
            public void close() {
                peer.close();
            }
        });
    }

    /** @param resent the resources that a client gets which comes back with all but one up to date */
    private static void measure(
            String server,
            XdsFleet fleet,
            int modules,
            List<String> names,
            ResourceType type,
            int resent,
            Served served)
            throws InterruptedException {
        int tenants = fleet.tenants();
        Progress.say(server + " with " + tenants + " tenants of " + modules + " modules to one simulated client");
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", served.port())
                .usePlaintext()
                .build();
        long begin = System.nanoTime();
        String under = "load";
        try (served) {
            long start = begin;
            DeltaClient client = DeltaClient.open(channel, "bench-1", type, names, Map.of(), true);
            client.await(tenants, left(begin));
            double loadSeconds = (System.nanoTime() - start) / 1e9;

            under = "changes";
            Sample received = new Sample();
            long bytes = 0;
            double cpu = 0;
            for (int i = -WARM_UP; i < CHANGES; i++) {
                if (i == 0) {
                    bytes = client.bytes();
                    cpu = Plane.cpuMillis();
                }
                long seen = client.resources();
                start = System.nanoTime();
                served.change((i + WARM_UP) * 7919 % tenants);
                client.await(seen + 1, left(begin));
                if (i >= 0) {
                    received.add(System.nanoTime() - start);
                }
            }
            cpu = (Plane.cpuMillis() - cpu) / CHANGES;
            bytes = (client.bytes() - bytes) / CHANGES;

            under = "reconnect";
            Map<String, String> known = client.versions();
            client.close();
            served.change(0);
            start = System.nanoTime();
            DeltaClient again = DeltaClient.open(channel, "bench-1", type, names, known, false);
            again.await(resent, left(begin));
            double reconnectSeconds = (System.nanoTime() - start) / 1e9;
            again.close();
            System.out.printf(
                    Locale.ROOT,
                    "result xds.peer server=%s tenants=%d modules=%d load_s=%.2f change_received_p50_ms=%s "
                            + "change_received_p99_ms=%s change_cpu_ms=%.3f change_bytes=%d reconnect_s=%.2f "
                            + "reconnect_request_bytes=%d reconnect_resources=%d reconnect_bytes=%d%n",
                    server,
                    tenants,
                    modules,
                    loadSeconds,
                    received.percentileMillis(0.5),
                    received.percentileMillis(0.99),
                    cpu,
                    bytes,
                    reconnectSeconds,
                    again.requestBytes(),
                    again.resources(),
                    again.bytes());
        } catch (DeltaClient.TooSlow e) {
            System.out.printf(
                    "result xds.peer server=%s tenants=%d modules=%d not_ended=%s after_s=%d (%s)%n",
                    server,
                    tenants,
                    modules,
                    under,
                    Duration.ofNanos(System.nanoTime() - begin).toSeconds(),
                    e.getMessage());
        } finally {
            channel.shutdownNow();
        }
    }

    private static Duration left(long begin) {
        return PATIENCE.minusNanos(System.nanoTime() - begin);
    }
}
