package io.gatewright.testkit;

import org.jspecify.annotations.Nullable;

/** Requests for tests. */
final class Requests {
    private Requests() {}

    static ProxiedRequest get(String path) {
        return of("GET", path, null, new HeaderMap(), new byte[0]);
    }

    static ProxiedRequest of(String method, String path, @Nullable String query, HeaderMap headers, byte[] body) {
        return new ProxiedRequest(method, path, query, headers, body, "127.0.0.1", 1024, 0);
    }
}
