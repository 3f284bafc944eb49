package io.gatewright.demo;

import io.gatewright.envoybootstrap.Bootstrap;
import io.gatewright.envoybootstrap.ControlPlaneProcess;
import io.gatewright.envoybootstrap.EnvoyProcess;
import io.gatewright.envoybootstrap.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Everything that the demo plays on: issuer, upstream, control plane with its Postgres, Envoy, each its own process or
 * server on loopback, and the sample registry. Thread-confined.
 */
final class Stage implements AutoCloseable {
    private static final Duration LIVE = Duration.ofSeconds(30);
    private static final int API_PORT = 8080;
    private static final int XDS_PORT = 18000;
    private static final int GATEWAY_PORT = 10000;

    private final StubIssuer issuer;
    private final EchoUpstream upstream;
    private final ControlPlaneProcess plane;
    private final EnvoyProcess envoy;
    private final int apiPort;
    private final int gatewayPort;

    private Stage(
            StubIssuer issuer,
            EchoUpstream upstream,
            ControlPlaneProcess plane,
            EnvoyProcess envoy,
            int apiPort,
            int gatewayPort) {
        this.issuer = issuer;
        this.upstream = upstream;
        this.plane = plane;
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
            ControlPlaneProcess plane =
                    ControlPlaneProcess.start(directory, apiPort, preferred(XDS_PORT), List.of("--ephemeral"));
            int gatewayPort = preferred(GATEWAY_PORT);
            plane.api()
                    .commit(
                            "the sample registry",
                            SampleRegistry.at(upstream.endpoint(), issuer.url(), gatewayPort)
                                    .withArray("documents"));
            narrator.setting("a real Envoy, connected by delta ADS, serving at http://127.0.0.1:" + gatewayPort);
            EnvoyProcess envoy = EnvoyProcess.start(
                    Bootstrap.local("demo-envoy", plane.xdsPort()),
                    EnvoyProcess.Options.in(directory.resolve("envoy")));
            envoy.awaitLive(LIVE);
            return new Stage(issuer, upstream, plane, envoy, apiPort, gatewayPort);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
        plane.close();
        upstream.close();
        issuer.close();
    }
}
