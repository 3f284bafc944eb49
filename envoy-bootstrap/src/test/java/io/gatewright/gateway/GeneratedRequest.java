package io.gatewright.gateway;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatewright.demo.StubIssuer;
import io.gatewright.reference.SampleRequest;
import io.gatewright.reference.Token;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * One request by chance, in both forms: as it goes on the wire, and as the reference gateway reads it. Immutable.
 *
 * @param listener the listener document it is sent to
 * @param bearer the token, or null
 */
record GeneratedRequest(
        String method,
        String host,
        String path,
        List<Map.Entry<String, String>> headers,
        int bodyBytes,
        @Nullable String bearer,
        Token token,
        String listener) {
    static final String UUID = "0f8fad5b-d9cb-469f-a165-70867728950e";
    static final String ULID = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> METHODS = List.of("GET", "GET", "POST", "POST", "PUT", "OPTIONS", "OPTIONS");
    private static final List<String> HOSTS = List.of(
            "gateway.test",
            "gateway.test",
            "a.example.com",
            "A.Example.com:8080",
            "b.example.com.",
            "nobody.example.com");
    private static final List<String> PATHS = List.of(
            "/api/orders",
            "/api/orders/",
            "/api/orders?page=2",
            "/api/orders/7/lines/3",
            "/api/orders/7/lines/3/",
            "/api/orders/reports",
            "/api/orders/reports/q1",
            "/api/orders/reportsandmore",
            "/api/customers/9",
            "/api/customers/../orders",
            "/api//orders/",
            "/api/%6frders",
            "/api/orders/%5C1",
            "/api/nothing",
            "/",
            "/.well-known/gatewright");
    private static final List<String> ORIGINS = List.of(
            "https://page.example.com",
            "https://x-1.wild.example.com",
            "https://a.b.wild.example.com",
            "http://page.example.com:8080",
            "https://evil.example.com",
            "null");
    private static final List<String> TENANTS = List.of("a", "a", "b", "b", "other", "stopped", "single", "nobody");

    /** The issuers that requests carry tokens of: two that are known under their name, one that nobody knows. */
    record Issuers(StubIssuer main, StubIssuer foreign, StubIssuer fixed, StubIssuer unknown) {}

    static GeneratedRequest next(Random random, Issuers issuers) {
        String method = pick(random, METHODS);
        List<Map.Entry<String, String>> headers = new ArrayList<>();
        maybe(random, 2, headers, "x-tenant-id", pick(random, TENANTS));
        maybe(random, 20, headers, "x-tenant-id", pick(random, TENANTS));
        if (random.nextInt(method.equals("OPTIONS") ? 2 : 3) == 0) {
            headers.add(Map.entry("origin", pick(random, ORIGINS)));
            maybe(random, 2, headers, "access-control-request-method", "PUT");
        }
        maybe(random, 3, headers, "x-correlation-id", pick(random, List.of(UUID, ULID, "mine", UUID + "x")));
        maybe(random, 2, headers, "X-Client", pick(random, List.of("web", "web", "")));
        maybe(random, 2, headers, "x-version", "1");
        maybe(random, 6, headers, "x-user-id", "mallory");
        maybe(random, 6, headers, "x-org-id", "evil");
        maybe(random, 10, headers, "x-auth-role", "root");
        maybe(random, 80, headers, "x_tenant_id", "a");
        boolean sends = method.equals("POST") || method.equals("PUT");
        int bytes = sends ? pick(random, List.of(0, 10, 11, 2000, 2001, 2600, 3000)) : 0;
        return new GeneratedRequest(
                        method,
                        pick(random, HOSTS),
                        pick(random, PATHS),
                        List.copyOf(headers),
                        bytes,
                        null,
                        new Token.None(),
                        random.nextInt(5) == 0 ? "edge" : "public")
                .withToken(random, issuers);
    }

    private GeneratedRequest withToken(Random random, Issuers issuers) {
        String named = sent("x-tenant-id");
        String tenant = named != null && random.nextInt(3) > 0 ? named : pick(random, TENANTS);
        return switch (random.nextInt(10)) {
            case 0, 1 -> this;
            case 2 -> bearing("garbage", new Token.Invalid());
            case 3 -> bearing(issuers.unknown.token("alice", Map.of("tenant_id", tenant)), new Token.Invalid());
            case 4 ->
                bearing(
                        issuers.main.token("alice", Map.of("tenant_id", tenant), "another-api", Duration.ofHours(1)),
                        verified("main", "another-api", "alice", Map.of("tenant_id", tenant)));
            case 5 -> good(issuers.main, "main", Map.of());
            case 6 -> good(issuers.foreign, "foreign", Map.of("tenant_id", tenant));
            case 7 -> good(issuers.fixed, "fixed", Map.of("tenant_id", tenant));
            default -> good(issuers.main, "main", Map.of("tenant_id", tenant));
        };
    }

    private GeneratedRequest good(StubIssuer issuer, String id, Map<String, String> claims) {
        return bearing(issuer.token("bob", claims), verified(id, issuer.audience(), "bob", claims));
    }

    private static Token verified(String issuer, String audience, String subject, Map<String, String> claims) {
        Map<String, String> all = new LinkedHashMap<>(claims);
        all.put("sub", subject);
        return new Token.Verified(issuer, List.of(audience), JSON.valueToTree(all));
    }

    private GeneratedRequest bearing(String bearer, Token token) {
        return new GeneratedRequest(method, host, path, headers, bodyBytes, bearer, token, listener);
    }

    private static <T> T pick(Random random, List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    private static void maybe(
            Random random, int oneIn, List<Map.Entry<String, String>> headers, String name, String value) {
        if (random.nextInt(oneIn) == 0) {
            headers.add(Map.entry(name, value));
        }
    }

    Request wire() {
        Request request = Request.of(method, path).host(host);
        for (Map.Entry<String, String> header : headers) {
            request = request.with(header.getKey(), header.getValue());
        }
        request = bearer == null ? request : request.token(bearer);
        return method.equals("POST") || method.equals("PUT") ? request.sized(bodyBytes) : request;
    }

    SampleRequest sample() {
        Map<String, List<String>> lines = new LinkedHashMap<>();
        headers.forEach(header -> lines.computeIfAbsent(header.getKey(), name -> new ArrayList<>())
                .add(header.getValue()));
        return new SampleRequest(method, host, path, lines, bodyBytes, token, listener);
    }

    /** The first line of a header that was sent, or null. */
    @Nullable
    String sent(String name) {
        return headers.stream()
                .filter(header -> header.getKey().equals(name))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
    }
}
