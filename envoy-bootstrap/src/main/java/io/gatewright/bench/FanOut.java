package io.gatewright.bench;

import io.gatewright.envoybootstrap.Ports;
import io.gatewright.xds.Resource;
import io.gatewright.xds.ResourceType;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
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

    static void run(int tenants, int... streams) throws InterruptedException {
        XdsFleet fleet = new XdsFleet(tenants, MODULES, Ports.free());
        NioEventLoopGroup loop = new NioEventLoopGroup(1);
        try (Plane plane = new Plane(fleet)) {
            List<Resource> scopes = fleet.scopes();
            plane.publish(scopes);
            Map<String, String> known = new HashMap<>();
            scopes.forEach(scope -> known.put(scope.name(), scope.version()));
            int opened = 0;
            for (int count : streams) {
                Progress.say("fan-out to " + count + " streams");
                List<ManagedChannel> channels = new ArrayList<>();
                try {
                    for (int i = 0; i < count; i++) {
                        ManagedChannel channel = channel(plane.port(), loop);
                        channels.add(channel);
                        DeltaClient.open(channel, "bench-" + i, ResourceType.SCOPED_ROUTE, List.of(), known, false);
                    }
                    opened += count;
                    plane.awaitNodes(opened, PATIENCE);
                    measure(plane, tenants, count);
                } finally {
                    channels.forEach(ManagedChannel::shutdownNow);
                }
            }
        } finally {
            loop.shutdownGracefully().syncUninterruptibly();
        }
    }

    /** A connection of its own on a thread that all share, as many threads for clients would take the server's time. */
    static ManagedChannel channel(int port, NioEventLoopGroup loop) {
        return NettyChannelBuilder.forAddress("127.0.0.1", port)
                .eventLoopGroup(loop)
                .channelType(NioSocketChannel.class)
                .directExecutor()
                .usePlaintext()
                .build();
    }

    private static void measure(Plane plane, int tenants, int streams) throws InterruptedException {
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
    }
}
