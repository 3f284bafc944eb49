package io.gatewright.kong;

import static io.gatewright.kong.Shape.flag;
import static io.gatewright.kong.Shape.list;
import static io.gatewright.kong.Shape.oneOf;
import static io.gatewright.kong.Shape.text;
import static io.gatewright.kong.Shape.whole;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

/**
 * The plugins that bundles have, as the schemas and entity checks of Kong 3.9.3 allow them, and stricter where a value that
 * Kong takes would open something: those fields must be there.
 */
final class StrictPlugins {
    private static final List<String> PERIODS = List.of("second", "minute", "hour", "day", "month", "year");
    private static final String HEADER = "[A-Za-z0-9-]{1,64}";
    private static final String ID = "[a-z0-9][a-z0-9-]{0,62}";
    private static final Shape OWN =
            new Shape().must("module", text(ID), "a module").may("route", text(ID + "/" + ID), "MODULE/ROUTE");

    /** Those that Kong refuses on a consumer. */
    private static final Set<String> NOT_OF_CONSUMERS =
            Set.of("cors", "correlation-id", "jwt", "gatewright-guard", "gatewright-idempotency");

    private static final Map<String, Shape> CONFIGS = Map.of(
            "gatewright-guard", OWN,
            "gatewright-idempotency", OWN,
            "correlation-id",
                    new Shape()
                            .must("header_name", text("X-Correlation-ID"), "our header, the default is Kong's own")
                            .must("generator", oneOf("uuid", "uuid#counter", "tracker"), "a generator")
                            .must("echo_downstream", flag(), "a boolean"),
            "cors",
                    new Shape()
                            .must("origins", list(StrictPlugins::isOrigin), "origins with their scheme")
                            .must(
                                    "methods",
                                    list(oneOf(
                                            "GET", "HEAD", "PUT", "PATCH", "POST", "DELETE", "OPTIONS", "TRACE",
                                            "CONNECT")),
                                    "methods")
                            .must("headers", list(JsonNode::isTextual), "headers")
                            .must("exposed_headers", list(JsonNode::isTextual), "headers")
                            .must("credentials", flag(), "a boolean")
                            .must("max_age", whole(0, Integer.MAX_VALUE), "seconds")
                            .must("preflight_continue", json -> json.isBoolean() && !json.asBoolean(), "false"),
            "jwt",
                    new Shape()
                            .must("key_claim_name", text("kid"), "kid")
                            .must("claims_to_verify", list(oneOf("exp", "nbf")), "exp and nbf")
                            .must(
                                    "uri_param_names",
                                    json -> json.isArray() && json.isEmpty(),
                                    "none: no token in a query")
                            .must("cookie_names", json -> json.isArray() && json.isEmpty(), "none")
                            .must("header_names", list(text("authorization")), "authorization")
                            .must("run_on_preflight", json -> json.isBoolean() && !json.asBoolean(), "false")
                            .must("secret_is_base64", flag(), "a boolean")
                            .must("maximum_expiration", whole(0, 31_536_000), "seconds up to a year")
                            .may("anonymous", JsonNode::isTextual, "a consumer"),
            "rate-limiting", rateLimiting(),
            "request-termination",
                    new Shape()
                            .must("status_code", whole(100, 599), "a status")
                            .may("message", JsonNode::isTextual, "a text")
                            .may("content_type", JsonNode::isTextual, "a text")
                            .may("body", JsonNode::isTextual, "a text"),
            "request-transformer",
                    new Shape()
                            .may("remove", StrictPlugins::isHeaders, "headers")
                            .may("add", StrictPlugins::isHeaders, "headers"));

    private StrictPlugins() {}

    static void check(JsonNode plugin, BiConsumer<String, String> found) {
        String name = plugin.path("name").asText();
        Shape shape = CONFIGS.get(name);
        if (shape == null) {
            found.accept("name", "plugin '" + name + "' not enabled; add it to the 'plugins' configuration property");
            return;
        }
        if (plugin.has("consumer") && NOT_OF_CONSUMERS.contains(name)) {
            found.accept("consumer", "value must be null");
        }
        JsonNode config = plugin.path("config");
        shape.check(config, (field, message) -> found.accept("config." + field, message));
        switch (name) {
            case "cors" -> checkCors(config, found);
            case "jwt" -> checkJwt(config, found);
            case "rate-limiting" -> checkRateLimiting(config, found);
            case "request-termination" -> checkTermination(config, found);
            default -> {}
        }
    }

    private static void checkCors(JsonNode config, BiConsumer<String, String> found) {
        for (String field : List.of("origins", "headers", "methods")) {
            if (config.path(field).isEmpty()) {
                found.accept("config." + field, "an empty list allows everything");
            }
        }
    }

    private static void checkJwt(JsonNode config, BiConsumer<String, String> found) {
        boolean expires = false;
        for (JsonNode claim : config.path("claims_to_verify")) {
            expires |= claim.asText().equals("exp");
        }
        if (!expires) { // Kong demands it for a maximum_expiration only, and checks no expiry otherwise
            found.accept("config.claims_to_verify", "must contain exp");
        }
    }

    private static void checkRateLimiting(JsonNode config, BiConsumer<String, String> found) {
        List<String> set = PERIODS.stream().filter(config::has).toList();
        if (set.isEmpty()) {
            found.accept("@entity", "at least one of these fields must be non-empty: " + PERIODS);
        }
        for (int i = 1; i < set.size(); i++) {
            if (config.path(set.get(i)).asLong() < config.path(set.get(i - 1)).asLong()) {
                found.accept(
                        "config", "the limit for " + set.get(i) + " cannot be lower than that for " + set.get(i - 1));
            }
        }
        if (config.path("limit_by").asText().equals("header") && !config.has("header_name")) {
            found.accept("config.header_name", "required field missing");
        }
        if (config.path("policy").asText().equals("redis")
                && !(config.path("redis").has("host") && config.path("redis").has("port"))) {
            found.accept("config.redis", "host and port are required");
        }
    }

    private static void checkTermination(JsonNode config, BiConsumer<String, String> found) {
        if (config.has("message") && (config.has("content_type") || config.has("body"))) {
            found.accept("config", "message cannot be used with content_type or body");
        }
        if (config.has("content_type") && !config.has("body")) {
            found.accept("config", "content_type requires a body");
        }
    }

    private static Shape rateLimiting() {
        Shape shape = new Shape()
                .must("limit_by", oneOf("consumer", "credential", "ip", "service", "header", "path"), "an identifier")
                .may("header_name", text(HEADER), "a header")
                .must("policy", oneOf("local", "redis"), "local or redis; cluster needs a database")
                .must("fault_tolerant", flag(), "a boolean")
                .must("hide_client_headers", flag(), "a boolean")
                .may("redis", StrictPlugins::isRedis, "host and port");
        PERIODS.forEach(period -> shape.may(period, whole(1, Long.MAX_VALUE), "more than 0"));
        return shape;
    }

    private static boolean isRedis(JsonNode redis) {
        return redis.path("host").isTextual() && whole(0, 65535).test(redis.path("port")) && redis.size() == 2;
    }

    private static boolean isHeaders(JsonNode json) {
        return json.size() == 1 && list(text(HEADER + "(:.+)?")).test(json.path("headers"));
    }

    /** A literal, or a regular expression that begins with the scheme: another is compared with the host alone. */
    private static boolean isOrigin(JsonNode json) {
        String origin = json.asText();
        if (origin.matches("https?://[a-z0-9.:-]+")) {
            return true;
        }
        return Stream.of("^http://", "^https://").anyMatch(origin::startsWith)
                && origin.endsWith("$")
                && compiles(origin);
    }

    static boolean compiles(String expression) {
        try {
            return !Pattern.compile(expression).pattern().isEmpty();
        } catch (PatternSyntaxException e) {
            return false;
        }
    }
}
