package io.gatewright.gateway;

import static io.gatewright.gateway.Documents.AUDIENCE;
import static io.gatewright.gateway.Documents.listener;
import static io.gatewright.gateway.Documents.module;
import static io.gatewright.gateway.Documents.org;
import static io.gatewright.gateway.Documents.route;
import static io.gatewright.gateway.Documents.setting;
import static io.gatewright.gateway.Documents.signingKeys;
import static io.gatewright.gateway.Documents.tenant;

import io.gatewright.demo.EchoUpstream;
import io.gatewright.demo.StubIssuer;
import io.gatewright.envoybootstrap.Bootstrap;
import io.gatewright.envoybootstrap.EnvoyProcess;
import io.gatewright.envoybootstrap.Ports;
import io.gatewright.settings.Document;
import io.gatewright.settings.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A real Envoy with our control plane in this JVM, without a database: an org {@code acme}, its issuer {@code main}, the
 * modules {@code orders}, {@code reports} (below orders) and {@code customers}, and one public listener. One thread at a time.
 */
final class RealGateway implements AutoCloseable {
    private final EnvoyProcess.Options options;
    private final int port = Ports.free();
    private final EchoUpstream upstream = new EchoUpstream();
    private final StubIssuer issuer = new StubIssuer(AUDIENCE);
    private final ControlPlane plane;
    private EnvoyProcess envoy;

    /** Starts everything and waits until the listener serves these tenants, none of which has a host. */
    RealGateway(String... tenants) throws IOException, InterruptedException {
        this(EnvoyProcess.Options.in(Files.createTempDirectory("real-gateway")), tenants);
    }

    /** The same with an Envoy that rejects fields which it does not know. */
    static RealGateway strict(String... tenants) throws IOException, InterruptedException {
        return new RealGateway(
                EnvoyProcess.Options.in(Files.createTempDirectory("real-gateway"))
                        .strictly(),
                tenants);
    }

    private RealGateway(EnvoyProcess.Options options, String... tenants) throws IOException, InterruptedException {
        this.options = options;
        List<Document> documents = new ArrayList<>(List.of(
                org("acme"),
                Documents.issuer("main", issuer),
                signingKeys("main", issuer),
                setting("global", "oidc.issuers", "[\"main\"]"),
                listener("public", port),
                module(
                        "orders",
                        "/api/orders",
                        upstream.endpoint(),
                        route("create", "POST", "/"),
                        route("line", "GET", "/{id}/lines/{line}")),
                module("reports", "/api/orders/reports", upstream.endpoint()),
                module("customers", "/api/customers", upstream.endpoint())));
        for (String tenant : tenants) {
            documents.add(tenant(tenant));
        }
        plane = new ControlPlane(documents);
        envoy = startEnvoy();
    }

    private EnvoyProcess startEnvoy() throws InterruptedException {
        EnvoyProcess started = EnvoyProcess.start(Bootstrap.local("real-1", plane.port()), options);
        Waiting.until("the listener opens", () -> accepts(port));
        return started;
    }

    /** A new process, which has nothing yet. */
    void restartEnvoy() throws InterruptedException {
        envoy.close();
        envoy = startEnvoy();
    }

    /** Writes documents as one revision and waits until the gateway runs them. */
    RealGateway change(Document... documents) throws InterruptedException {
        plane.change(List.of(documents));
        plane.awaitAcknowledged();
        for (String tenant : plane.changedTenants()) {
            Waiting.until(
                    "the beacon of " + tenant + " shows its policy",
                    () -> beacon(tenant).equals(plane.policy(tenant)));
        }
        for (Document document : documents) {
            if (document.body() == null && document.key().kind() == Kind.TENANT) {
                String tenant = document.key().id();
                Waiting.until(
                        "the beacon of " + tenant + " is gone",
                        () -> beacon(tenant).isEmpty());
            }
        }
        return this;
    }

    /** The policy that the gateway runs for a tenant; empty when it knows none. */
    String beacon(String tenant) throws IOException {
        Answer answer = send(Request.get("/.well-known/gatewright").tenant(tenant));
        return answer.status() == 200 ? answer.json().path("policy").asText() : "";
    }

    Answer send(Request request) throws IOException {
        return Connection.once(port, request);
    }

    /** A good token of the issuer {@code main} for a user of that tenant. */
    String token(String tenant) {
        return token(tenant, "alice");
    }

    String token(String tenant, String user) {
        return issuer.token(user, Map.of("tenant_id", tenant, "org_id", "acme"));
    }

    int port() {
        return port;
    }

    ControlPlane plane() {
        return plane;
    }

    EnvoyProcess envoy() {
        return envoy;
    }

    EchoUpstream upstream() {
        return upstream;
    }

    StubIssuer issuer() {
        return issuer;
    }

    static boolean accepts(int port) {
        try (Connection connection = new Connection(port)) {
            return connection.send(Request.get("/")).status() > 0;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        envoy.close();
        plane.close();
        upstream.close();
        issuer.close();
        try (var files = Files.walk(options.directory())) {
            files.sorted(java.util.Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
