package io.gatewright.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.gatewright.envoybootstrap.Bootstrap;
import io.gatewright.envoybootstrap.ControlPlaneProcess;
import io.gatewright.envoybootstrap.EnvoyProcess;
import io.gatewright.envoybootstrap.Ports;
import io.gatewright.envoybootstrap.SidecarProcess;
import io.gatewright.pdk.Phase;
import io.gatewright.testkit.ConfiguredPlugin;
import io.gatewright.testkit.SimulatedKong;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Everything that the demo plays on: issuer, upstream, control plane with its Postgres, the guard, Envoy, a played Kong, each its own process or
 * server on loopback, and the sample registry. Thread-confined.
 */
final class Stage implements AutoCloseable {
    private static final Duration LIVE = Duration.ofSeconds(30);
    private static final int API_PORT = 8080;
    private static final int XDS_PORT = 18000;
    private static final int GATEWAY_PORT = 10000;

    private final Path directory;
    private final StubIssuer issuer;
    private final EchoUpstream upstream;
    private final ControlPlaneProcess plane;
    private final SidecarProcess sidecar;
    private final SimulatedKong kong;
    private final EnvoyProcess envoy;
    private final int apiPort;
    private final int gatewayPort;

    private Stage(
            Path directory,
            StubIssuer issuer,
            EchoUpstream upstream,
            ControlPlaneProcess plane,
            SidecarProcess sidecar,
            SimulatedKong kong,
            EnvoyProcess envoy,
            int apiPort,
            int gatewayPort) {
        this.directory = directory;
        this.issuer = issuer;
        this.upstream = upstream;
        this.plane = plane;
        this.sidecar = sidecar;
        this.kong = kong;
        this.envoy = envoy;
        this.apiPort = apiPort;
        this.gatewayPort = gatewayPort;
    }

    /** Sets everything up and says what it does. */
    static Stage set(Narrator narrator) {
        try {
            Path directory = Files.createTempDirectory("gatewright-demo");
            narrator.setting("a stub OIDC issuer with real RS256 keys, and an upstream that echoes");
            StubIssuer issuer = new StubIssuer("freshplan-api");
            EchoUpstream upstream = new EchoUpstream();
            int apiPort = preferred(API_PORT);
            narrator.setting("the control plane with an embedded Postgres, API at http://127.0.0.1:" + apiPort);
            ControlPlaneProcess plane = ControlPlaneProcess.start(directory, apiPort, preferred(XDS_PORT), List.of());
            int gatewayPort = preferred(GATEWAY_PORT);
            plane.api()
                    .commit(
                            "the sample registry",
                            SampleRegistry.at(upstream.endpoint(), issuer.url(), gatewayPort)
                                    .withArray("documents"));
            narrator.setting("the guard, which keeps idempotency keys in that Postgres, for Envoy and for Kong");
            SidecarProcess.Place place = new SidecarProcess.Place(
                    directory, directory.resolve("guard.sock"), directory.resolve("kong.sock"), plane.databaseUrl());
            SidecarProcess sidecar = SidecarProcess.start(place);
            plane.api().commit("the guard beside Envoy", guardAt(place.envoySocket()));
            SimulatedKong kong = playedKong(place.kongSocket(), upstream);
            narrator.setting("a real Envoy, connected by delta ADS, serving at http://127.0.0.1:" + gatewayPort);
            EnvoyProcess envoy = EnvoyProcess.start(
                    Bootstrap.local("demo-envoy", plane.xdsPort()),
                    EnvoyProcess.Options.in(directory.resolve("envoy")));
            envoy.awaitLive(LIVE);
            return new Stage(directory, issuer, upstream, plane, sidecar, kong, envoy, apiPort, gatewayPort);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ArrayNode guardAt(Path socket) {
        ArrayNode documents = new ObjectMapper().createArrayNode();
        documents
                .addObject()
                .put("kind", "setting")
                .put("id", "global/guard.service")
                .putObject("body")
                .putArray("value")
                .add("unix:" + socket);
        return documents;
    }

    /** A Kong in this process that speaks to the real plugins; there is no real one on every machine. */
    private static SimulatedKong playedKong(Path socket, EchoUpstream upstream) throws IOException {
        String config = "{\"module\":\"kundenmanagement\"}";
        return SimulatedKong.on(socket)
                .version("3.9")
                .plugin(ConfiguredPlugin.of("gatewright-guard", 1049, Set.of(Phase.ACCESS), config))
                .plugin(ConfiguredPlugin.of(
                        "gatewright-idempotency", 905, Set.of(Phase.ACCESS, Phase.RESPONSE, Phase.LOG), config))
                .upstream(URI.create("http://" + upstream.endpoint()))
                .retries(0)
                .start();
    }

    private static int preferred(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            return Ports.free();
        }
    }

    StubIssuer issuer() {
        return issuer;
    }

    EchoUpstream upstream() {
        return upstream;
    }

    int kongPort() {
        return kong.proxy().getPort();
    }

    ControlPlaneProcess plane() {
        return plane;
    }

    EnvoyProcess envoy() {
        return envoy;
    }

    int apiPort() {
        return apiPort;
    }

    int gatewayPort() {
        return gatewayPort;
    }

    @Override
    public void close() {
        envoy.close();
        kong.close();
        sidecar.close();
        plane.close();
        upstream.close();
        issuer.close();
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
