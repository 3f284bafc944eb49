package io.gatewright.gateway;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.demo.EchoUpstream;
import io.gatewright.demo.StubIssuer;
import io.gatewright.envoybootstrap.ApiClient;
import io.gatewright.envoybootstrap.Bootstrap;
import io.gatewright.envoybootstrap.ControlPlaneProcess;
import io.gatewright.envoybootstrap.EnvoyProcess;
import io.gatewright.envoybootstrap.Ports;
import io.gatewright.settings.BodyFormat;
import io.gatewright.settings.Document;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A control plane in a process of its own, and an Envoy that serves the tenants {@code a} and {@code b}, so that the one can
 * fall while the other goes on. One thread at a time.
 */
final class Outage implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration START = Duration.ofMinutes(2);

    private final int httpPort = Ports.free();
    private final int xdsPort = Ports.free();
    private final int listenerPort = Ports.free();
    private final Path directory;
    private final List<String> flags;
    private final EchoUpstream upstream = new EchoUpstream();
    private final StubIssuer issuer = new StubIssuer(Documents.AUDIENCE);
    private EnvoyProcess envoy;
    private ControlPlaneProcess plane;

    Outage(Path directory, List<String> flags) throws IOException {
        this.directory = directory;
        this.flags = flags;
        plane = startPlane();
        commit(
                Documents.org("acme"),
                Documents.issuer("main", issuer),
                Documents.setting("global", "oidc.issuers", "[\"main\"]"),
                Documents.setting("global", "rate-limit.mode", "\"off\""),
                Documents.listener("public", listenerPort),
                Documents.module("orders", "/api/orders", upstream.endpoint()),
                Documents.tenant("a"),
                Documents.tenant("b"));
        envoy = startEnvoy();
    }

    private EnvoyProcess startEnvoy() {
        EnvoyProcess started = EnvoyProcess.start(
                Bootstrap.local("outage-1", xdsPort), EnvoyProcess.Options.in(directory.resolve("envoy")));
        Waiting.until(
                "the gateway has the issuer's keys",
                START,
                () -> Connection.once(listenerPort, request()).status() == 200);
        return started;
    }

    private ControlPlaneProcess startPlane() {
        return ControlPlaneProcess.start(directory.resolve("plane"), httpPort, xdsPort, flags);
    }

    /** A request that is served as long as the gateway has what it had. */
    Request request() {
        return request("a");
    }

    Request request(String tenant) {
        return Request.get("/api/orders/1").token(issuer.token("alice", Map.of("tenant_id", tenant, "org_id", "acme")));
    }

    /** A write with a key, which a test's own module {@code payments} serves. */
    Request payment(String key) {
        return Request.of("POST", "/api/payments")
                .token(issuer.token("alice", Map.of("tenant_id", "a", "org_id", "acme")))
                .with("idempotency-key", key)
                .sized(3);
    }

    int port() {
        return listenerPort;
    }

    StubIssuer issuer() {
        return issuer;
    }

    Traffic traffic() {
        return new Traffic(listenerPort, request(), request());
    }

    String beacon(String tenant) throws IOException {
        return Connection.once(
                        listenerPort, Request.get("/.well-known/gatewright").tenant(tenant))
                .body();
    }

    /** Commits a document and waits until the gateway shows that tenant another policy than before. */
    void changeVisibly(String tenant, Document document) throws IOException {
        String before = beacon(tenant);
        commit(document);
        Waiting.until("the change is live", () -> !beacon(tenant).equals(before));
    }

    void commit(Document... documents) {
        HttpResponse<String> answer = tryToCommit(documents);
        if (answer.statusCode() != 200) {
            throw new AssertionError("the commit was answered " + answer.statusCode() + ": " + answer.body());
        }
    }

    HttpResponse<String> tryToCommit(Document... documents) {
        ObjectNode changeset = JSON.createObjectNode().put("reason", "outage test");
        ArrayNode changes = changeset.putArray("changes");
        for (Document document : documents) {
            ObjectNode change = changes.addObject()
                    .put("kind", document.key().kind().wireName())
                    .put("id", document.key().id());
            if (document.body() != null) {
                change.set("body", BodyFormat.write(document.body()));
            }
        }
        return api().send("POST", "/v1/changesets", changeset.toString());
    }

    /** Where the gateway listens. */
    ApiClient api() {
        return plane.api();
    }

    /** The sum of a counter over its labels that contain that text. */
    double metric(String name, String label) {
        return api().text("/q/metrics")
                .lines()
                .filter(line -> line.startsWith(name) && line.contains(label))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** As {@code kill -9} does; its database goes on. */
    void killPlane() {
        plane.kill();
    }

    /** As {@code kill -9} does. */
    void killEnvoy() {
        envoy.kill();
    }

    /** A new process, which has nothing yet. */
    void restartEnvoy() {
        envoy.close();
        envoy = startEnvoy();
    }

    /** On the same ports, with the same data. */
    void restartPlane() {
        plane = startPlane();
    }

    @Override
    public void close() {
        envoy.close();
        plane.close();
        upstream.close();
        issuer.close();
    }
}
