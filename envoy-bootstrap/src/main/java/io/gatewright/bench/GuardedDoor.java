package io.gatewright.bench;

import io.gatewright.envoybootstrap.Bootstrap;
import io.gatewright.envoybootstrap.EnvoyProcess;
import io.gatewright.envoybootstrap.HttpConnection;
import io.gatewright.envoybootstrap.Ports;
import io.gatewright.guard.Guard;
import io.gatewright.pdk.Phase;
import io.gatewright.pdk.server.KongPluginServer;
import io.gatewright.pdk.server.ServerOptions;
import io.gatewright.sidecar.extproc.EnvoyDoor;
import io.gatewright.sidecar.extproc.SocketLink;
import io.gatewright.sidecar.identity.Identities;
import io.gatewright.sidecar.kong.GuardPlugin;
import io.gatewright.sidecar.kong.IdempotencyPlugin;
import io.gatewright.sidecar.policy.Policies;
import io.gatewright.testkit.ConfiguredPlugin;
import io.gatewright.testkit.SimulatedKong;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/** A gateway with the guard at its side, and one of the same kind without. One thread at a time. */
final class GuardedDoor implements AutoCloseable {
    private static final String BODY = "x".repeat(200);
    private static final long LOOK_NANOS = 20_000_000;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final GuardedFleet fleet;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private int port;
    private int plainPort;

    private GuardedDoor(GuardedFleet fleet) {
        this.fleet = fleet;
    }

    /** Two real Envoys with the same policies. */
    static GuardedDoor envoy(GuardedFleet fleet, Guard guard, Path directory) throws IOException, InterruptedException {
        GuardedDoor door = new GuardedDoor(fleet);
        Path socket = directory.resolve("guard.sock");
        door.open.push(new EnvoyDoor(new SocketLink(socket), guard, new Policies(fleet.fleet::settings)));
        door.plainPort = door.startEnvoy("", directory.resolve("plain"));
        door.port = door.startEnvoy(socket.toString(), directory.resolve("guarded"));
        return door;
    }

    private int startEnvoy(String guardSocket, Path directory) throws IOException {
        int listener = Ports.free();
        fleet.listen(listener, guardSocket);
        Plane plane = new Plane(fleet.fleet);
        open.push(plane);
        plane.publish(fleet.fleet.scopes());
        Files.createDirectories(directory);
        EnvoyProcess envoy =
                EnvoyProcess.start(Bootstrap.local("bench-1", plane.port()), EnvoyProcess.Options.in(directory));
        open.push(envoy);
        envoy.awaitLive(PATIENCE);
        awaitServed(listener);
        return listener;
    }

    /** Two played Kongs, one without plugins. */
    static GuardedDoor kong(GuardedFleet fleet, Guard guard, Path directory) throws IOException {
        GuardedDoor door = new GuardedDoor(fleet);
        KongPluginServer server = KongPluginServer.start(
                ServerOptions.at(directory.resolve("gatewright.socket")),
                new GuardPlugin(fleet.fleet::settings, new Identities(fleet.fleet::settings, Clock.systemUTC())),
                new IdempotencyPlugin(guard, new Policies(fleet.fleet::settings)));
        door.open.push(server);
        String config = "{\"module\":\"cockpit\"}";
        door.plainPort = door.startKong(SimulatedKong.on(server.socket()));
        door.port = door.startKong(SimulatedKong.on(server.socket())
                .plugin(ConfiguredPlugin.of("gatewright-guard", 1049, Set.of(Phase.ACCESS), config))
                .plugin(ConfiguredPlugin.of(
                        "gatewright-idempotency", 905, Set.of(Phase.ACCESS, Phase.RESPONSE, Phase.LOG), config)));
        return door;
    }

    private int startKong(SimulatedKong.Builder builder) throws IOException {
        SimulatedKong kong =
                builder.version("3.9").upstream(fleet.upstream()).retries(0).start();
        open.push(kong);
        int proxy = kong.proxy().getPort();
        awaitServed(proxy);
        return proxy;
    }

    private void awaitServed(int at) throws IOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try (HttpConnection connection = new HttpConnection(at)) {
                if (connection.exchange(post("")).status() == 200) {
                    return;
                }
            } catch (IOException e) {
                if (System.nanoTime() > end) {
                    throw e;
                }
            }
            if (System.nanoTime() > end) {
                throw new IOException("not served within " + PATIENCE);
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    int port() {
        return port;
    }

    /** Where the same request meets no guard. */
    int plainPort() {
        return plainPort;
    }

    /** @param key empty for none */
    byte[] post(String key) {
        List<String> headers = new ArrayList<>(List.of(
                "host: bench.example.com",
                "authorization: Bearer " + fleet.token,
                "content-type: application/json",
                "content-length: " + BODY.length()));
        if (!key.isEmpty()) {
            headers.add("idempotency-key: " + key);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(HttpConnection.request("POST", "/api/cockpit", headers));
        bytes.writeBytes(BODY.getBytes(StandardCharsets.ISO_8859_1));
        return bytes.toByteArray();
    }

    @Override
    public void close() {
        for (AutoCloseable each : open) {
            try {
                each.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
