package io.gatewright.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.demo.EchoUpstream;
import io.gatewright.demo.StubIssuer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;

/** One tenant whose users have tokens, one module, and its upstream. One thread at a time. */
final class GuardedFleet implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final EchoUpstream upstream = new EchoUpstream();
    private final StubIssuer issuer = new StubIssuer("freshplan-api");
    final XdsFleet fleet;
    final String token;

    GuardedFleet() throws IOException, InterruptedException {
        fleet = new XdsFleet(1, 1, upstream.port());
        ArrayNode more = JSON.createArrayNode();
        ObjectNode body = Fleet.add(more, "issuer", "main").put("issuer", issuer.url());
        body.putArray("audiences").add(issuer.audience());
        more.addObject().put("kind", "signing-keys").put("id", "main").set("body", JSON.readTree(keys()));
        Fleet.add(more, "setting", "global/oidc.issuers").putArray("value").add("main");
        Fleet.add(more, "setting", "tenant=" + Fleet.tenant(0) + "/rate-limit.requests")
                .put("value", 1_000_000_000);
        fleet.write(more);
        token = issuer.token("alice", Map.of("tenant_id", Fleet.tenant(0), "org_id", "org0000"));
    }

    private String keys() throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(issuer.url() + "/jwks")).build();
            return http.send(request, BodyHandlers.ofString()).body();
        }
    }

    /** Another listener, and perhaps a guard, as the next revision. */
    void listen(int port, String guardSocket) {
        ArrayNode more = JSON.createArrayNode();
        Fleet.add(more, "listener", "public").put("address", "127.0.0.1").put("port", port);
        ArrayNode services = Fleet.add(more, "setting", "global/guard.service").putArray("value");
        if (!guardSocket.isEmpty()) {
            services.add("unix:" + guardSocket);
        }
        fleet.write(more);
    }

    URI upstream() {
        return URI.create("http://" + upstream.endpoint());
    }

    @Override
    public void close() {
        issuer.close();
        upstream.close();
    }
}
