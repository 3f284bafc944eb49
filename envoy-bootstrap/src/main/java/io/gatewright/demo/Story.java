package io.gatewright.demo;

import static io.gatewright.demo.SampleRegistry.TENANT_A;
import static io.gatewright.demo.SampleRegistry.TENANT_B;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.gatewright.envoybootstrap.HttpConnection;
import io.gatewright.envoybootstrap.HttpConnection.Answer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;

/** What the demo shows. Every request goes over one connection, which is never closed. One thread at a time. */
final class Story {
    private static final String PATH = "/api/kundenmanagement/customers";
    private static final String HOST_A = "host: frischwerk-de.freshplan.example";
    private static final String SHARED_HOST = "host: api.freshplan.example";
    private static final String ULID = "01JD8Q5W3ZJ8N4V2K7T9X6M1RC";
    private static final int FLOOD = 40;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Stage stage;
    private final Narrator narrator;
    private final String tokenA;
    private final String tokenB;

    Story(Stage stage, Narrator narrator) {
        this.stage = stage;
        this.narrator = narrator;
        this.tokenA = bearer(TENANT_A, "frischwerk");
        this.tokenB = bearer(TENANT_B, "frischwerk");
    }

    private String bearer(String tenant, String org) {
        return "authorization: Bearer " + stage.issuer().token("alice", Map.of("tenant_id", tenant, "org_id", org));
    }

    /** Whether everything was as expected. */
    boolean play() throws IOException, InterruptedException, ExecutionException {
        try (HttpConnection gateway = new HttpConnection(stage.gatewayPort())) {
            long listenerUpdates = listenerUpdates();
            identity(gateway);
            preflights(gateway);
            correlation(gateway);
            limits(gateway);
            new GuardedStory(stage, narrator, SHARED_HOST, tokenA).play();
            onboarding(gateway);
            narrator.expect(
                    "one connection carried all of this, and no listener changed",
                    listenerUpdates() == listenerUpdates
                            && send(gateway, "GET", PATH, SHARED_HOST, tokenB).status() == 200);
            explanation();
        }
        return narrator.allAsExpected();
    }

    private void identity(HttpConnection gateway) throws IOException {
        narrator.chapter("Who may call");
        awaitKeys(gateway);
        Answer without = tell(gateway, "GET", PATH, List.of(HOST_A), "www-authenticate", "content-type");
        narrator.expect("401 without a token", without.status() == 401);
        Answer with =
                tell(gateway, "GET", PATH, List.of(SHARED_HOST, tokenA, "x-user-id: mallory"), "x-correlation-id");
        JsonNode headers = JSON.readTree(with.body()).path("headers");
        narrator.says("the upstream saw x-tenant-id=" + headers.path("x-tenant-id") + " x-org-id="
                + headers.path("x-org-id") + " x-user-id=" + headers.path("x-user-id"));
        narrator.expect(
                "200 with a token, and the upstream knows the verified user only",
                with.status() == 200 && headers.path("x-user-id").toString().equals("[\"alice\"]"));
        Answer foreign = tell(gateway, "GET", PATH, List.of(SHARED_HOST, tokenB, "x-tenant-id: " + TENANT_A));
        narrator.expect("403 with another tenant's token", foreign.status() == 403);
    }

    /** The issuer's keys arrive some milliseconds after the issuer; until then its tokens are refused. */
    private void awaitKeys(HttpConnection gateway) throws IOException {
        long end = System.nanoTime() + 20_000_000_000L;
        while (send(gateway, "GET", PATH, SHARED_HOST, tokenB).status() != 200 && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }

    private void preflights(HttpConnection gateway) throws IOException {
        narrator.chapter("Which pages may call (CORS), decided by host");
        String method = "access-control-request-method: GET";
        Answer allowed = tell(
                gateway,
                "OPTIONS",
                PATH,
                List.of(HOST_A, "origin: https://shop.frischwerk.example", method),
                "access-control-allow-origin");
        narrator.expect(
                "the tenant's own shop is allowed",
                "https://shop.frischwerk.example".equals(allowed.header("access-control-allow-origin")));
        Answer refused = tell(
                gateway,
                "OPTIONS",
                PATH,
                List.of(HOST_A, "origin: https://evil.example", method),
                "access-control-allow-origin");
        narrator.expect("another page is not", refused.header("access-control-allow-origin") == null);
    }

    private void correlation(HttpConnection gateway) throws IOException {
        narrator.chapter("Correlation ids");
        Answer invalid = tell(
                gateway, "GET", PATH, List.of(SHARED_HOST, tokenB, "x-correlation-id: not-an-id"), "x-correlation-id");
        String replaced = Objects.requireNonNullElse(invalid.header("x-correlation-id"), "");
        narrator.expect(
                "an invalid one is replaced by a UUID", replaced.matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"));
        Answer ulid = tell(
                gateway, "GET", PATH, List.of(SHARED_HOST, tokenB, "x-correlation-id: " + ULID), "x-correlation-id");
        narrator.expect("a ULID is kept", ULID.equals(ulid.header("x-correlation-id")));
    }

    private void limits(HttpConnection gateway) throws IOException {
        narrator.chapter("Limits");
        int passed = 0;
        Answer last = send(gateway, "GET", PATH, SHARED_HOST, tokenA);
        while (last.status() == 200 && passed < FLOOD) {
            passed++;
            last = send(gateway, "GET", PATH, SHARED_HOST, tokenA);
        }
        narrator.says(TENANT_A + " may send 20 requests a minute; it sends until it is stopped:");
        narrator.answer(last, "retry-after", "x-ratelimit-limit", "x-ratelimit-remaining");
        narrator.expect("429 at the limit of " + TENANT_A, last.status() == 429);
        Answer other = send(gateway, "GET", PATH, SHARED_HOST, tokenB);
        narrator.expect(TENANT_B + " passes", other.status() == 200);
        narrator.says(
                "$ gatewright set tenant=" + TENANT_A + " rate-limit.requests 500 --reason \"they pay for more\"");
        Propagation propagation = Propagation.of(stage, TENANT_A, "rate-limit.requests", "500", "they pay for more");
        narrator.says(propagation.toString());
        Answer after = send(gateway, "GET", PATH, SHARED_HOST, tokenA);
        narrator.expect("the raised limit is live", after.status() == 200 && "500".equals(limit(after)));
    }

    private static String limit(Answer answer) {
        String header = Objects.requireNonNullElse(answer.header("x-ratelimit-limit"), "");
        return header.split(",", -1)[0];
    }

    private void onboarding(HttpConnection gateway) throws IOException {
        narrator.chapter("A new tenant");
        String tenant = "gruenkost-at";
        ArrayNode documents = JSON.createArrayNode();
        documents
                .addObject()
                .put("kind", "tenant")
                .put("id", tenant)
                .putObject("body")
                .put("org", "gruenkost")
                .putArray("hosts")
                .add("gruenkost-at.freshplan.example");
        long revision = stage.plane()
                .api()
                .commit("a new customer", documents)
                .get("revision")
                .asLong();
        JsonNode status = stage.plane().api().get("/v1/tenants/" + tenant + "/status?wait=PT5S&revision=" + revision);
        narrator.says("revision " + revision + " brings " + tenant + "; live on every gateway: " + status.get("live"));
        Answer served = tell(gateway, "GET", PATH, List.of(SHARED_HOST, bearer(tenant, "gruenkost")));
        narrator.expect("it is served", served.status() == 200);
    }

    private void explanation() {
        narrator.chapter("Why");
        narrator.says("$ gatewright explain " + TENANT_A + " rate-limit.requests");
        CommandLine explain = CommandLine.run(stage, "explain", TENANT_A, "rate-limit.requests");
        narrator.says(explain.output());
        narrator.expect(
                "explain names the value and the reason",
                explain.exitCode() == 0
                        && explain.output().contains("500")
                        && explain.output().contains("they pay for more"));
    }

    private long listenerUpdates() {
        return stage.envoy().stat("listener_manager.lds.update_success")
                + stage.envoy().stat("listener_manager.listener_modified");
    }

    private Answer tell(HttpConnection gateway, String method, String path, List<String> headers, String... shown)
            throws IOException {
        narrator.request(method, path, headers);
        Answer answer = gateway.exchange(HttpConnection.request(method, path, headers));
        narrator.answer(answer, shown);
        return answer;
    }

    private static Answer send(HttpConnection gateway, String method, String path, String... headers)
            throws IOException {
        return gateway.exchange(HttpConnection.request(method, path, new ArrayList<>(List.of(headers))));
    }
}
