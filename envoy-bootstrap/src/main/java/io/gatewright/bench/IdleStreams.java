package io.gatewright.bench;

import io.gatewright.envoybootstrap.Ports;
import io.gatewright.xds.Resource;
import io.gatewright.xds.ResourceType;
import io.grpc.ManagedChannel;
import io.netty.channel.nio.NioEventLoopGroup;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Very many idle streams, each on a connection of its own: our server in a process of its own with 1 GB of heap, the simulated
 * clients in this one. Then one change to all of them. Run as a program it is that server: it prints its port, and for each line
 * that it reads one with its live heap and streams, or, after {@code change}, the milliseconds until all had acknowledged.
 */
final class IdleStreams {
    private static final String HEAP = "-Xmx1g";
    private static final int TENANTS = 1_000;
    private static final int MODULES = 8;
    private static final int AT_ONCE = 500;
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private IdleStreams() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        XdsFleet fleet = new XdsFleet(TENANTS, MODULES, Ports.free());
        try (Plane plane = new Plane(fleet);
                BufferedReader commands =
                        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            plane.publish(fleet.scopes());
            System.out.println(plane.port());
            for (String line = commands.readLine(); line != null; line = commands.readLine()) {
                if (line.startsWith("await ")) {
                    plane.awaitNodes(Integer.parseInt(line.substring(6)), PATIENCE);
                    System.out.println("connected");
                } else if (line.equals("change")) {
                    System.out.println(plane.change(0) / 1e6);
                } else {
                    System.out.println(CacheHeap.live() + " " + plane.counters().streamsOpen());
                }
            }
        }
    }

    static void run(int streams) throws IOException, InterruptedException {
        Progress.say(streams + " idle streams to a server with " + HEAP);
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        HEAP,
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        IdleStreams.class.getName())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        NioEventLoopGroup loop = new NioEventLoopGroup(1);
        List<ManagedChannel> channels = new ArrayList<>();
        try (BufferedReader answers = process.inputReader();
                Writer commands = process.outputWriter()) {
            int port = Integer.parseInt(answers.readLine());
            XdsFleet fleet = new XdsFleet(TENANTS, MODULES, Ports.free());
            Map<String, String> known = new HashMap<>();
            for (Resource scope : fleet.scopes()) {
                known.put(scope.name(), scope.version());
            }
            long before = Long.parseLong(ask(commands, answers, "heap").split(" ", -1)[0]);
            long start = System.nanoTime();
            for (int i = 1; i <= streams; i++) {
                ManagedChannel channel = FanOut.channel(port, loop);
                channels.add(channel);
                DeltaClient.open(channel, "bench-" + i, ResourceType.SCOPED_ROUTE, List.of(), known, false);
                if (i % AT_ONCE == 0 || i == streams) {
                    ask(commands, answers, "await " + i);
                }
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            String[] after = ask(commands, answers, "heap").split(" ", -1);
            double first = Double.parseDouble(ask(commands, answers, "change"));
            double second = Double.parseDouble(ask(commands, answers, "change"));
            System.out.printf(
                    Locale.ROOT,
                    "result xds.idle streams=%s tenants=%d max_heap_bytes=%d heap_bytes=%d heap_bytes_per_stream=%d "
                            + "connect_s=%.1f change_to_last_ack_ms=%.0f%n",
                    after[1],
                    TENANTS,
                    1L << 30,
                    Long.parseLong(after[0]),
                    (Long.parseLong(after[0]) - before) / streams,
                    seconds,
                    Math.min(first, second));
        } finally {
            channels.forEach(ManagedChannel::shutdownNow);
            loop.shutdownGracefully().syncUninterruptibly();
            process.destroy();
        }
    }

    private static String ask(Writer commands, BufferedReader answers, String command) throws IOException {
        commands.write(command + "\n");
        commands.flush();
        String answer = answers.readLine();
        if (answer == null) {
            throw new IllegalStateException("the server has ended; does " + HEAP + " suffice?");
        }
        return answer;
    }
}
