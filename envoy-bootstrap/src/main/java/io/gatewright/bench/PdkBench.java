package io.gatewright.bench;

import io.gatewright.bench.PluginServer.Cost;
import io.gatewright.envoybootstrap.Checkout;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;

/**
 * One plugin on our PDK and on Kong's for Go, before the same simulated Kong: what an event costs a request, alone and among 64,
 * what it costs the server, how long a server takes to start and how much memory it keeps. In turns.
 */
final class PdkBench {
    private static final int[] CONNECTIONS = {1, 64};
    private static final Duration WARM_UP = Duration.ofSeconds(4);
    private static final Duration SPAN = Duration.ofMillis(1500);
    private static final String PLUGIN = "eight-calls";
    private static final List<String> OURS = List.of("java", "java-one-by-one");

    private final int rounds;
    private final Path target = Checkout.directory().resolve("kong-plugin/bench/target");

    /** What was measured of one server. */
    private record Peer(
            String name,
            String config,
            boolean msgPack,
            List<String> command,
            Spread startMillis,
            Spread residentMib,
            List<Spread> wallMicros,
            List<Spread> cpuMicros) {}

    PdkBench(int rounds) {
        this.rounds = rounds;
    }

    void run() throws IOException, InterruptedException, ExecutionException {
        Path directory = Files.createTempDirectory("bench");
        try {
            run(directory);
        } finally {
            try (Stream<Path> files = Files.walk(directory)) {
                files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
            }
        }
    }

    private void run(Path directory) throws IOException, InterruptedException, ExecutionException {
        List<Peer> peers = new ArrayList<>();
        Optional<Peer> go = go(directory);
        go.ifPresent(peers::add);
        Optional<Peer> js = js(directory);
        js.ifPresent(peers::add);
        for (String name : OURS) {
            peers.add(ours(name));
        }
        for (int round = 0; round < rounds; round++) {
            for (Peer peer : peers) {
                try (PluginServer server = start(peer, directory)) {
                    peer.startMillis().add(server.startMillis());
                }
            }
        }
        work(peers, directory);
        for (Peer peer : peers) {
            print(peer, go, js);
        }
    }

    private void work(List<Peer> peers, Path directory) throws IOException, InterruptedException, ExecutionException {
        List<PluginServer> servers = new ArrayList<>();
        try {
            for (Peer peer : peers) {
                Path own = Files.createDirectories(directory.resolve(peer.name()));
                servers.add(start(peer, own));
                for (int connections : CONNECTIONS) {
                    servers.getLast().work(connections, WARM_UP);
                }
            }
            for (int round = 0; round < rounds; round++) {
                for (int i = 0; i < CONNECTIONS.length; i++) {
                    for (int p = 0; p < peers.size(); p++) {
                        Cost cost = servers.get(p).work(CONNECTIONS[i], SPAN);
                        peers.get(p).wallMicros().get(i).add(cost.wallMicros());
                        peers.get(p).cpuMicros().get(i).add(cost.cpuMicros());
                    }
                }
                for (int p = 0; p < peers.size(); p++) {
                    peers.get(p).residentMib().add(servers.get(p).residentMib());
                }
                Progress.say("round " + (round + 1) + " of " + rounds);
            }
        } finally {
            servers.forEach(PluginServer::close);
        }
    }

    private static PluginServer start(Peer peer, Path directory) throws IOException {
        List<String> command = peer.command().stream()
                .map(word -> word.replace("DIRECTORY", directory.toString()))
                .toList();
        return new PluginServer(
                directory,
                PLUGIN,
                socket -> peer.msgPack()
                        ? new KongSide.MsgPack(socket, PLUGIN, peer.config())
                        : new KongSide.ProtoBuf(socket, PLUGIN, peer.config()),
                command);
    }

    private void print(Peer peer, Optional<Peer> go, Optional<Peer> js) {
        for (int i = 0; i < CONNECTIONS.length; i++) {
            Spread wall = peer.wallMicros().get(i);
            int at = i;
            String ratio = go.map(other -> String.format(
                                    Locale.ROOT,
                                    " ratio_to_go=%.2f cpu_ratio_to_go=%.2f",
                                    wall.median() / other.wallMicros().get(at).median(),
                                    peer.cpuMicros().get(at).median()
                                            / other.cpuMicros().get(at).median()))
                            .orElse("")
                    + js.map(other -> String.format(
                                    Locale.ROOT,
                                    " ratio_to_js=%.2f",
                                    wall.median() / other.wallMicros().get(at).median()))
                            .orElse("");
            System.out.printf(
                    "result pdk peer=%s connections=%d rounds=%d %s %s%s%n",
                    peer.name(),
                    CONNECTIONS[i],
                    rounds,
                    wall.text("added", "us", 1),
                    peer.cpuMicros().get(i).text("cpu", "us", 1),
                    ratio);
        }
        System.out.printf(
                "result pdk peer=%s measure=process rounds=%d %s %s%n",
                peer.name(),
                rounds,
                peer.startMillis().text("start", "ms", 0),
                peer.residentMib().text("rss", "mib", 0));
    }

    private Peer ours(String name) {
        Path jar = target.resolve(PLUGIN + ".jar");
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:AOTCache=" + target.resolve(PLUGIN + ".aot"),
                "-XX:+UseSerialGC",
                "-Xmx64m",
                "--sun-misc-unsafe-memory-access=allow",
                "-jar",
                jar.toString(),
                "--kong-prefix",
                "DIRECTORY");
        boolean oneByOne = name.equals(OURS.getLast());
        return peer(name, "{\"one_by_one\":" + oneByOne + "}", false, command);
    }

    private Optional<Peer> go(Path directory) throws IOException, InterruptedException {
        Optional<String> go = executable("go", "/usr/local/go/bin/go");
        if (go.isEmpty()) {
            Progress.say("there is no Go on this machine, so only ours is measured");
            return Optional.empty();
        }
        Path server = directory.resolve(PLUGIN);
        Process build = new ProcessBuilder(go.get(), "build", "-o", server.toString(), ".")
                .directory(Checkout.directory()
                        .resolve("kong-plugin/bench/peers/go")
                        .toFile())
                .inheritIO()
                .start();
        if (build.waitFor() != 0) {
            throw new IllegalArgumentException("the peer on go-pdk does not build; Go says why above");
        }
        return Optional.of(peer("go-pdk", "{}", false, List.of(server.toString(), "--kong-prefix", "DIRECTORY")));
    }

    private Optional<Peer> js(Path directory) throws IOException, InterruptedException {
        Optional<String> node = executable("node");
        Optional<String> npm = executable("npm");
        if (node.isEmpty() || npm.isEmpty()) {
            Progress.say("there is no Node with npm on this machine, so the peer in JavaScript is left out");
            return Optional.empty();
        }
        Path peer = Checkout.directory().resolve("kong-plugin/bench/peers/js");
        Path own = Files.createDirectories(directory.resolve("js"));
        Files.copy(peer.resolve("package.json"), own.resolve("package.json"));
        Process install = new ProcessBuilder(npm.get(), "install", "--no-audit", "--no-fund", "--silent")
                .directory(own.toFile())
                .inheritIO()
                .start();
        if (install.waitFor() != 0) {
            throw new IllegalArgumentException("the peer on kong-pdk cannot be installed; npm says why above");
        }
        Path server = own.resolve("node_modules/kong-pdk/bin/kong-js-pluginserver");
        return Optional.of(peer(
                "js-pdk",
                "{}",
                true,
                List.of(
                        node.get(),
                        server.toString(),
                        "-d",
                        peer.resolve("plugins").toString(),
                        "--kong-prefix",
                        "DIRECTORY",
                        "--sock-name",
                        PLUGIN + ".socket")));
    }

    /** Where the search path, or these, have it. */
    private static Optional<String> executable(String name, String... elsewhere) {
        return Stream.concat(
                        Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
                                .map(folder -> folder + "/" + name),
                        Stream.of(elsewhere))
                .filter(path -> Files.isExecutable(Path.of(path)))
                .findFirst();
    }

    private Peer peer(String name, String config, boolean msgPack, List<String> command) {
        return new Peer(
                name,
                config,
                msgPack,
                command,
                new Spread(rounds),
                new Spread(rounds),
                Stream.generate(() -> new Spread(rounds))
                        .limit(CONNECTIONS.length)
                        .toList(),
                Stream.generate(() -> new Spread(rounds))
                        .limit(CONNECTIONS.length)
                        .toList());
    }
}
