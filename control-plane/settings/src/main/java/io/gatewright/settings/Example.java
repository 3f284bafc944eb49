package io.gatewright.settings;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How a key is set, for the reference. Immutable. A test holds every example to the rules of its key.
 *
 * @param scope where
 * @param body the document's body as JSON
 * @param words the same as the command line takes it, after scope and key
 */
public record Example(String scope, String body, String words) {
    private static final Map<Key<?>, Example> BY_KEY = new LinkedHashMap<>();

    static {
        value(Catalog.OIDC_REQUIRED, "org=acme,route=orders/read", "false");
        words(Catalog.OIDC_ISSUERS, "org=acme", "[\"main\",\"!legacy\"]", "main,!legacy");
        text(Catalog.OIDC_CLOCK_SKEW, "global", "PT30S");
        text(Catalog.OIDC_TOKEN_MAX_AGE, "global", "PT8H");
        words(
                Catalog.CORS_ALLOWED_ORIGINS,
                "tenant=acme-de",
                "[\"https://shop.acme.example\",\"https://*.acme.example\"]",
                "https://shop.acme.example,https://*.acme.example");
        words(Catalog.CORS_ALLOWED_METHODS, "module=orders", "[\"GET\",\"POST\"]", "GET,POST");
        words(
                Catalog.CORS_ALLOWED_HEADERS,
                "module=orders",
                "[\"authorization\",\"x-client\"]",
                "authorization,x-client");
        words(Catalog.CORS_EXPOSED_HEADERS, "module=orders", "[\"etag\",\"x-total\"]", "etag,x-total");
        value(Catalog.CORS_ALLOW_CREDENTIALS, "tenant=acme-de", "true");
        text(Catalog.CORS_MAX_AGE, "global", "PT1H");
        text(Catalog.RATE_LIMIT_MODE, "tenant=acme-de", "shadow");
        bounded(Catalog.RATE_LIMIT_REQUESTS, "org=acme", "1200", "{\"value\":1200,\"max\":5000}", "--max 5000");
        text(Catalog.RATE_LIMIT_PERIOD, "org=acme,module=orders", "PT1S");
        value(Catalog.RATE_LIMIT_BURST, "tenant=acme-de", "50");
        value(Catalog.RATE_LIMIT_ACTOR_REQUESTS, "tenant=acme-de", "60");
        text(Catalog.RATE_LIMIT_COUNTING, "global", "shared");
        text(Catalog.RATE_LIMIT_WHEN_STORE_FAILS, "module=orders", "closed");
        words(Catalog.RATE_LIMIT_SERVICE, "global", "[\"limits.internal:8081\"]", "limits.internal:8081");
        words(
                Catalog.GUARD_SERVICE,
                "global",
                "[\"unix:/run/gatewright/guard.sock\"]",
                "unix:/run/gatewright/guard.sock");
        text(Catalog.IDEMPOTENCY_MODE, "route=orders/create", "required");
        words(Catalog.IDEMPOTENCY_METHODS, "module=orders", "[\"POST\"]", "POST");
        text(Catalog.IDEMPOTENCY_TTL, "module=orders", "PT48H");
        text(Catalog.IDEMPOTENCY_KEY_FORMAT, "org=acme", "uuid");
        text(Catalog.IDEMPOTENCY_ON_CONFLICT, "route=orders/create", "wait");
        text(Catalog.IDEMPOTENCY_MAX_WAIT, "route=orders/create", "PT10S");
        text(Catalog.IDEMPOTENCY_ON_UNKNOWN, "route=orders/create", "takeover");
        text(Catalog.IDEMPOTENCY_ON_SERVER_ERROR, "module=orders", "release");
        text(Catalog.IDEMPOTENCY_WHEN_STORE_FAILS, "route=orders/create", "open");
        value(Catalog.IDEMPOTENCY_BODY_LIMIT, "module=orders", "1048576");
        text(Catalog.IDEMPOTENCY_PROBE, "route=orders/create", "/attempts/{attempt}");
        text(Catalog.IDEMPOTENCY_UPSTREAM_BOUND, "module=orders", "PT10M");
        text(Catalog.PRECONDITION_MODE, "module=orders", "require");
        words(Catalog.PRECONDITION_METHODS, "module=orders", "[\"PUT\"]", "PUT");
        text(Catalog.PRECONDITION_ETAG, "module=orders", "digest");
        text(Catalog.PRECONDITION_IF_MATCH, "module=orders", "sole-writer");
        text(Catalog.PRECONDITION_UPSTREAM_BOUND, "module=orders", "PT1M");
        text(Catalog.CORRELATION_ACCEPT, "tenant=acme-de", "never");
        text(Catalog.CORRELATION_GENERATE, "global", "ulid");
        words(Catalog.HEADERS_REQUIRED, "org=acme", "[\"x-client\"]", "x-client");
        value(Catalog.HEADERS_MAX_BYTES, "global", "16384");
        bounded(Catalog.BODY_MAX_BYTES, "global", "1048576", "{\"value\":1048576,\"locked\":true}", "--lock");
    }

    /** The example of a key. */
    public static Example of(Key<?> key) {
        Example example = BY_KEY.get(key);
        if (example == null) {
            throw new IllegalArgumentException(key + " has no example");
        }
        return example;
    }

    private static void value(Key<?> key, String scope, String json) {
        words(key, scope, json, json);
    }

    private static void text(Key<?> key, String scope, String word) {
        words(key, scope, "\"" + word + "\"", word);
    }

    private static void words(Key<?> key, String scope, String json, String words) {
        BY_KEY.put(key, new Example(scope, "{\"value\":" + json + "}", words));
    }

    private static void bounded(Key<?> key, String scope, String word, String body, String flag) {
        BY_KEY.put(key, new Example(scope, body, word + " " + flag));
    }
}
