package io.gatewright.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Tricks with headers, by name, for every gateway, and what the upstream must not see of them. */
final class HeaderTricks {
    private static final Map<String, UnaryOperator<Request>> TRICKS = new TreeMap<>(Map.ofEntries(
            trick(
                    "identity in lines of the client's own",
                    r -> r.with("x-user-id", "root")
                            .with("X-User-Id", "root2")
                            .with("x-org-id", "evil")
                            .with("X-ORG-ID", "")
                            .with("x-auth-roles", "admin")),
            trick(
                    "another tenant beside the right one",
                    r -> r.tenant("b").tenant("a").tenant("open")),
            trick(
                    "our own headers",
                    r -> r.with("x-gatewright-scope", "b")
                            .with("x-gatewright-listener", "b")
                            .with("X-Gatewright-Missing", "x")),
            trick(
                    "Envoy's own headers",
                    r -> r.with("x-envoy-original-path", "/admin")
                            .with("x-envoy-internal", "true")
                            .with("x-envoy-max-retries", "99")
                            .with("x-envoy-upstream-alt-stat-name", "x")),
            trick("underscores for hyphens", r -> r.with("x_user_id", "root").with("x_tenant_id", "b")),
            trick("hop-by-hop names", r -> r.with("connection", "keep-alive, x-tenant-id, x-user-id, authorization")),
            trick("a certificate that nobody showed", r -> r.with("x-forwarded-client-cert", "By=x;Subject=root")),
            trick("another host by a proxy's header", r -> r.with("x-forwarded-host", "open.example.com")),
            trick("a zero byte", r -> r.with("x-user-id", "ro\0ot")),
            trick("a line break", r -> r.with("x-any", "1\rx-user-id: root")),
            trick("a folded line", r -> r.with("x-any", "1\r\n x-user-id: root")),
            trick("a blank before the colon", r -> r.with("x-user-id ", "root")),
            trick("two hosts", r -> r.with("host", "open.example.com")),
            trick("an upgrade", r -> r.with("connection", "upgrade").with("upgrade", "websocket")),
            trick(
                    "an upgrade to plain HTTP/2",
                    r -> r.with("connection", "upgrade, http2-settings")
                            .with("upgrade", "h2c")
                            .with("http2-settings", "AAMAAABkAARAAAAAAAIAAAAA")),
            trick(
                    "a body that is announced twice",
                    r -> r.with("content-length", "5").with("content-length", "6")),
            trick(
                    "a body by length and by chunks",
                    r -> r.with("content-length", "5").chunked(5))));

    private HeaderTricks() {}

    static Stream<String> names() {
        return TRICKS.keySet().stream();
    }

    private static Map.Entry<String, UnaryOperator<Request>> trick(String name, UnaryOperator<Request> trick) {
        return Map.entry(name, trick);
    }

    static Request played(String trick, Request request) {
        return Objects.requireNonNull(TRICKS.get(trick)).apply(request);
    }

    /** The upstream got who calls, once and true, and nothing of the trick; the tenant is one of the org acme. */
    static void isTrue(Answer answer, String tenant, List<String> users) {
        answer.isServed();
        assertThat(answer.upstreamGot("x-tenant-id")).containsExactly(tenant);
        assertThat(answer.upstreamGot("x-org-id")).containsExactly("acme");
        assertThat(answer.upstreamGot("x-user-id")).isEqualTo(users);
        answer.json()
                .path("headers")
                .fieldNames()
                .forEachRemaining(name -> assertThat(name)
                        .doesNotStartWith("x-auth-")
                        .doesNotStartWith("x-gatewright-")
                        .doesNotContain("_")
                        .isNotIn(
                                "x-envoy-original-path",
                                "x-envoy-internal",
                                "x-envoy-max-retries",
                                "x-envoy-upstream-alt-stat-name",
                                "x-forwarded-client-cert",
                                "upgrade",
                                "http2-settings"));
    }
}
