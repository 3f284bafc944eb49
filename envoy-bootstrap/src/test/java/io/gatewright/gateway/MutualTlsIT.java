package io.gatewright.gateway;

import static io.gatewright.gateway.Documents.listener;
import static io.gatewright.gateway.Documents.org;
import static io.gatewright.gateway.Documents.setting;
import static io.gatewright.gateway.Documents.tenant;
import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.gatewright.envoybootstrap.Bootstrap;
import io.gatewright.envoybootstrap.EnvoyBinary;
import io.gatewright.envoybootstrap.EnvoyProcess;
import io.gatewright.envoybootstrap.Ports;
import io.gatewright.xds.AdsTls;
import io.gatewright.xds.NodeView;
import io.gatewright.xds.ResourceType;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which Envoys may come by TLS: those whose certificate names them, and that are on the list. */
final class MutualTlsIT {
    private static final int PORT = Ports.free();

    @TempDir
    private static Path directory;

    private static Authority authority;
    private static Path good;
    private static Path stranger;
    private static Path foreign;
    private static ControlPlane plane;

    @BeforeAll
    static void start() throws Exception {
        authority = new Authority(directory.resolve("ours"), "ours");
        Authority others = new Authority(directory.resolve("theirs"), "theirs");
        Path server = authority.issue(directory.resolve("server"), "server", "dns:localhost");
        good = authority.issue(directory.resolve("good"), "good", "dns:edge-1,uri:spiffe://fleet/edge-2");
        stranger = authority.issue(directory.resolve("stranger"), "stranger", "dns:stranger");
        foreign = others.issue(directory.resolve("foreign"), "foreign", "dns:edge-1");
        plane = new ControlPlane(
                List.of(org("acme"), tenant("a"), listener("public", PORT)),
                new AdsTls(
                        server.resolve("tls.crt"),
                        server.resolve("tls.key"),
                        server.resolve("ca.crt"),
                        List.of("edge-*", "spiffe://fleet/edge-2")));
    }

    @AfterAll
    static void stop() {
        plane.close();
    }

    /** OK when the node is served, else why not. */
    private static Status asked(ChannelCredentials credentials, String node) throws Exception {
        ManagedChannel channel = NettyChannelBuilder.forAddress("localhost", plane.port(), credentials)
                .build();
        CompletableFuture<Status> outcome = new CompletableFuture<>();
        try {
            StreamObserver<DeltaDiscoveryRequest> requests = AggregatedDiscoveryServiceGrpc.newStub(channel)
                    .deltaAggregatedResources(new StreamObserver<>() {
                        @Override
                        public void onNext(DeltaDiscoveryResponse response) {
                            outcome.complete(Status.OK);
                        }

                        @Override
                        public void onError(Throwable failure) {
                            outcome.complete(Status.fromThrowable(failure));
                        }

                        @Override
                        public void onCompleted() {
                            outcome.complete(Status.UNKNOWN);
                        }
                    });
            requests.onNext(DeltaDiscoveryRequest.newBuilder()
                    .setNode(Node.newBuilder().setId(node).setCluster("fleet"))
                    .setTypeUrl(ResourceType.LISTENER.typeUrl())
                    .build());
            return outcome.get(30, TimeUnit.SECONDS);
        } finally {
            channel.shutdownNow();
        }
    }

    private static ChannelCredentials with(Path certificate) throws Exception {
        return TlsChannelCredentials.newBuilder()
                .keyManager(
                        certificate.resolve("tls.crt").toFile(),
                        certificate.resolve("tls.key").toFile())
                .trustManager(good.resolve("ca.crt").toFile())
                .build();
    }

    @Test
    void servesTheNodesThatACertificateNames() throws Exception {
        assertThat(asked(with(good), "edge-1").getCode()).isEqualTo(Status.Code.OK);
        assertThat(asked(with(good), "spiffe://fleet/edge-2").getCode()).isEqualTo(Status.Code.OK);
    }

    @Test
    void refusesANodeThatTheCertificateDoesNotName() throws Exception {
        for (String node : new String[] {"edge-2", "edge-", "edge-10"}) {
            Status status = asked(with(good), node);
            assertThat(status.getCode()).as(node).isEqualTo(Status.Code.PERMISSION_DENIED);
            assertThat(status.getDescription()).contains("alternative names must hold the id");
        }
        assertThat(plane.nodes()).extracting(NodeView::id).doesNotContain("edge-2", "edge-10");
    }

    @Test
    void refusesANodeThatIsNotOnTheList() throws Exception {
        for (String node : new String[] {"stranger", ""}) {
            Status status = asked(with(stranger), node);
            assertThat(status.getCode()).as(node).isEqualTo(Status.Code.PERMISSION_DENIED);
            assertThat(status.getDescription()).contains("name it in --xds-nodes");
        }
    }

    @Test
    void doesNotSpeakWithWhoeverHasNoCertificateOfOurs() throws Exception {
        ChannelCredentials none = TlsChannelCredentials.newBuilder()
                .trustManager(good.resolve("ca.crt").toFile())
                .build();
        for (ChannelCredentials credentials :
                new ChannelCredentials[] {with(foreign), none, InsecureChannelCredentials.create()}) {
            assertThat(asked(credentials, "edge-1").getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        }
    }

    @Test
    void servesARealEnvoyThatGoesOnWhenItsCertificateIsRenewed() throws Exception {
        Path certificate = authority.issue(directory.resolve("envoy"), "first", "dns:edge-9");
        String bootstrap = new Bootstrap("edge-9", "fleet", "localhost", plane.port(), 0).yamlWithTls(certificate);
        try (EnvoyProcess envoy = EnvoyProcess.startWith(
                EnvoyBinary.find(), bootstrap, EnvoyProcess.Options.in(directory.resolve("process")))) {
            Waiting.until("the listener opens", () -> RealGateway.accepts(PORT));
            String before = serials(envoy);
            authority.issue(certificate, "second", "dns:edge-9");
            Waiting.until(
                    "Envoy shows the new certificate", () -> !serials(envoy).equals(before));
            plane.change(List.of(setting("tenant=a", "body.max-bytes", "1000")));
            Waiting.until(
                    "the change is live",
                    () -> Connection.once(
                                    PORT, Request.get("/.well-known/gatewright").tenant("a"))
                            .body()
                            .contains(plane.policy("a")));
        }
    }

    private static String serials(EnvoyProcess envoy) {
        return String.join(
                " ",
                Pattern.compile("\"serial_number\": \"[0-9a-f]+\"")
                        .matcher(envoy.admin("/certs"))
                        .results()
                        .map(MatchResult::group)
                        .toList());
    }
}
