package io.gatewright.bench;

import io.gatewright.envoybootstrap.Ports;
import io.gatewright.xds.Resource;
import io.gatewright.xds.ResourceType;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * One change to many simulated Envoys, each on a connection of its own, until all of them have acknowledged. They come with all
 * versions, so nothing has to be loaded. Stateless.
 */
final class FanOut {
    private static final int MODULES = 8;
    private static final int WARM_UP = 300;
    private static final int CHANGES = 500;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private FanOut() {}

    static void run(int tenants, int streams) throws InterruptedException {
        Progress.say("fan-out to " + streams + " streams");
        XdsFleet fleet = new XdsFleet(tenants, MODULES, Ports.free());
        List<ManagedChannel> channels = new ArrayList<>();
        try (Plane plane = new Plane(fleet)) {
            List<Resource> scopes = fleet.scopes();
            plane.publish(scopes);
            Map<String, String> known = new HashMap<>();
            scopes.forEach(scope -> known.put(scope.name(), scope.version()));
            scopes.clear();
            for (int i = 0; i < streams; i++) {
                ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", plane.port())
                        .usePlaintext()
                        .build();
                channels.add(channel);
                DeltaClient.open(channel, "bench-" + i, ResourceType.SCOPED_ROUTE, List.of(), known, false);
            }
            plane.awaitNodes(streams, PATIENCE);
            SplittableRandom random = new SplittableRandom(42);
            Sample toAck = new Sample();
            for (int i = 0; i < WARM_UP; i++) {
                plane.change(random.nextInt(tenants));
            }
            double cpu = Plane.cpuMillis();
            for (int i = 0; i < CHANGES; i++) {
                toAck.add(plane.change(random.nextInt(tenants)));
            }
            cpu = Plane.cpuMillis() - cpu;
            System.out.printf(
                    Locale.ROOT,
                    "result xds.fanout tenants=%d streams=%d change_to_last_ack_p50_ms=%s change_to_last_ack_p99_ms=%s "
                            + "change_cpu_clients_included_ms=%.2f%n",
                    tenants,
                    streams,
                    toAck.percentileMillis(0.5),
                    toAck.percentileMillis(0.99),
                    cpu / CHANGES);
        } finally {
            channels.forEach(ManagedChannel::shutdownNow);
        }
    }
}
