package io.gatewright.settings;

import static io.gatewright.settings.Policy.CORRELATION;
import static io.gatewright.settings.Policy.CORS;
import static io.gatewright.settings.Policy.HEADERS;
import static io.gatewright.settings.Policy.IDEMPOTENCY;
import static io.gatewright.settings.Policy.IDENTITY;
import static io.gatewright.settings.Policy.PRECONDITION;
import static io.gatewright.settings.Policy.RATE_LIMIT;
import static java.time.Duration.ofDays;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import io.gatewright.settings.ScalarTypes.Bool;
import io.gatewright.settings.ScalarTypes.Choice;
import io.gatewright.settings.ScalarTypes.OptionalText;
import io.gatewright.settings.ScalarTypes.OptionalWhole;
import io.gatewright.settings.ScalarTypes.Time;
import io.gatewright.settings.ScalarTypes.Whole;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Every key that can be set, in one place. Immutable. The settings reference is generated from it. */
public final class Catalog {
    private static final Map<String, Key<?>> BY_NAME = new LinkedHashMap<>();
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}");
    private static final Pattern METHOD = Pattern.compile("[A-Z]{1,20}");
    private static final Pattern ORIGIN =
            Pattern.compile("https?://(\\*\\.)?[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:" + Ids.PORT + ")?");
    private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
    private static final String HEADER_NAMES = "header names, upper and lower case alike";
    private static final String METHODS = "HTTP methods in capitals";

    public static final Key<Boolean> OIDC_REQUIRED =
            sensitive("oidc.required", new Bool(), true, IDENTITY, "Whether a request needs a valid token.");
    public static final Key<List<String>> OIDC_ISSUERS = sensitive(
            "oidc.issuers",
            new SetType(ID, "issuer ids", true, false, 100),
            List.of(),
            IDENTITY,
            "The issuers whose tokens are accepted.");
    public static final Key<Duration> OIDC_CLOCK_SKEW = key(
            "oidc.clock-skew",
            new Time(ofSeconds(1), ofMinutes(5), List.of()),
            ofSeconds(60),
            IDENTITY,
            "How far the clocks of issuer and gateway may differ.");
    public static final Key<Duration> OIDC_TOKEN_MAX_AGE = key(
            "oidc.token-max-age",
            new Time(ofMinutes(1), ofDays(30), List.of()),
            ofHours(24),
            IDENTITY,
            "The longest time from a token's issue to its end.");

    public static final Key<List<String>> CORS_ALLOWED_ORIGINS = key(
            "cors.allowed-origins",
            new SetType(
                    ORIGIN,
                    "origins scheme://host[:port] in lower case without a path, or with one wildcard label such as https://*.example.com",
                    true,
                    false,
                    200),
            List.of(),
            CORS,
            "The origins whose pages may call; empty means no CORS at all.");
    public static final Key<List<String>> CORS_ALLOWED_METHODS = key(
            "cors.allowed-methods",
            new SetType(METHOD, METHODS, false, false, 20),
            List.of("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"),
            CORS,
            "The methods a page may use.");
    public static final Key<List<String>> CORS_ALLOWED_HEADERS = key(
            "cors.allowed-headers",
            new SetType(TOKEN, HEADER_NAMES, false, true, 100),
            List.of(
                    "authorization",
                    "content-type",
                    "idempotency-key",
                    "if-match",
                    "if-none-match",
                    "x-correlation-id",
                    "x-tenant-id"),
            CORS,
            "The request headers a page may send.");
    public static final Key<List<String>> CORS_EXPOSED_HEADERS = key(
            "cors.exposed-headers",
            new SetType(TOKEN, HEADER_NAMES, false, true, 100),
            List.of(
                    "etag",
                    "idempotency-original-correlation-id",
                    "idempotency-status",
                    "idempotent-replayed",
                    "location",
                    "retry-after",
                    "x-correlation-id",
                    "x-ratelimit-limit",
                    "x-ratelimit-remaining",
                    "x-ratelimit-reset"),
            CORS,
            "The answer's headers a page may read.");
    public static final Key<Boolean> CORS_ALLOW_CREDENTIALS = sensitive(
            "cors.allow-credentials", new Bool(), false, CORS, "Whether a page may send cookies and credentials.");
    public static final Key<Duration> CORS_MAX_AGE = key(
            "cors.max-age",
            new Time(Duration.ZERO, ofDays(1), List.of()),
            ofMinutes(10),
            CORS,
            "How long a browser may keep a preflight's answer.");

    public static final Key<String> RATE_LIMIT_MODE = key(
            "rate-limit.mode",
            new Choice(List.of("enforce", "shadow", "off")),
            "enforce",
            RATE_LIMIT,
            "Whether limits refuse, are only counted, or are off.");
    public static final Key<Long> RATE_LIMIT_REQUESTS = key(
            "rate-limit.requests",
            new Whole(1, 1_000_000_000, "requests"),
            600L,
            RATE_LIMIT,
            "Requests a tenant may send in a period.");
    public static final Key<Duration> RATE_LIMIT_PERIOD = key(
            "rate-limit.period",
            new Time(ofSeconds(1), ofDays(1), List.of(ofSeconds(1), ofMinutes(1), ofHours(1), ofDays(1))),
            ofMinutes(1),
            RATE_LIMIT,
            "The period that requests are counted over.");
    public static final Key<OptionalLong> RATE_LIMIT_BURST = key(
            "rate-limit.burst",
            new OptionalWhole(new Whole(1, 1_000_000_000, "requests")),
            OptionalLong.empty(),
            RATE_LIMIT,
            "Requests that may come at once; none means as many as the period allows.");
    public static final Key<OptionalLong> RATE_LIMIT_ACTOR_REQUESTS = key(
            "rate-limit.actor-requests",
            new OptionalWhole(new Whole(1, 1_000_000_000, "requests")),
            OptionalLong.empty(),
            RATE_LIMIT,
            "Requests each actor of a tenant may send in the same period.");
    public static final Key<String> RATE_LIMIT_COUNTING = key(
            "rate-limit.counting",
            new Choice(List.of("per-gateway", "shared")),
            "per-gateway",
            RATE_LIMIT,
            "Whether each gateway counts alone or the whole fleet together.");
    public static final Key<String> RATE_LIMIT_WHEN_STORE_FAILS = key(
            "rate-limit.when-store-fails",
            new Choice(List.of("open", "closed")),
            "open",
            RATE_LIMIT,
            "Whether requests pass when the shared counters cannot be reached.");
    public static final Key<List<String>> RATE_LIMIT_SERVICE = key(
            "rate-limit.service",
            new SetType(BodyFormat.ENDPOINT, "addresses host:port", false, true, 20),
            List.of(),
            RATE_LIMIT,
            "Where the rate limit service is that counts for the whole fleet.");

    public static final Key<String> IDEMPOTENCY_MODE = key(
            "idempotency.mode",
            new Choice(List.of("off", "optional", "required")),
            "optional",
            IDEMPOTENCY,
            "Whether Idempotency-Key is ignored, honoured or required.");
    public static final Key<List<String>> IDEMPOTENCY_METHODS = key(
            "idempotency.methods",
            new SetType(METHOD, METHODS, false, false, 20),
            List.of("PATCH", "POST"),
            IDEMPOTENCY,
            "The methods it counts for.");
    public static final Key<Duration> IDEMPOTENCY_TTL = key(
            "idempotency.ttl",
            new Time(ofHours(24), ofHours(48), List.of()),
            ofHours(24),
            IDEMPOTENCY,
            "How long an answer is kept for replay.");
    public static final Key<String> IDEMPOTENCY_KEY_FORMAT = key(
            "idempotency.key-format",
            new Choice(List.of("any", "uuid", "time-ordered")),
            "any",
            IDEMPOTENCY,
            "The form a key must have; time-ordered is UUIDv7 or ULID.");
    public static final Key<String> IDEMPOTENCY_ON_CONFLICT = key(
            "idempotency.on-conflict",
            new Choice(List.of("reject", "wait")),
            "reject",
            IDEMPOTENCY,
            "What happens to a retry while the first request still runs.");
    public static final Key<Duration> IDEMPOTENCY_MAX_WAIT = key(
            "idempotency.max-wait",
            new Time(ofSeconds(1), ofSeconds(30), List.of()),
            ofSeconds(5),
            IDEMPOTENCY,
            "How long such a retry waits at most.");
    public static final Key<String> IDEMPOTENCY_ON_UNKNOWN = key(
            "idempotency.on-unknown",
            new Choice(List.of("fail", "takeover")),
            "fail",
            IDEMPOTENCY,
            "What a retry gets when nobody knows how the first request ended.");
    public static final Key<String> IDEMPOTENCY_ON_SERVER_ERROR = key(
            "idempotency.on-server-error",
            new Choice(List.of("unknown", "replay", "release")),
            "unknown",
            IDEMPOTENCY,
            "How an answer of 500 or above is kept.");
    public static final Key<String> IDEMPOTENCY_WHEN_STORE_FAILS = key(
            "idempotency.when-store-fails",
            new Choice(List.of("closed", "open")),
            "closed",
            IDEMPOTENCY,
            "Whether a request whose key cannot be looked up is refused, or sent on where keys are optional; then it may run twice.");
    public static final Key<Long> IDEMPOTENCY_BODY_LIMIT = key(
            "idempotency.body-limit",
            new Whole(1024, 4_194_304, "bytes"),
            262_144L,
            IDEMPOTENCY,
            "The largest answer body that is kept.");

    public static final Key<Optional<String>> IDEMPOTENCY_PROBE = key(
            "idempotency.probe",
            new OptionalText(
                    Pattern.compile("(?=[^{]{0,200}\\{)(?:/(?!\\.\\.?(?:/|$))[A-Za-z0-9._~-]+)*/\\{attempt\\}"
                            + "(?:/(?!\\.\\.?(?:/|$))[A-Za-z0-9._~-]+){0,4}"),
                    "a path with one segment {attempt}, such as /attempts/{attempt}"),
            Optional.empty(),
            IDEMPOTENCY,
            "Where the module's upstream says what became of an attempt whose outcome is unknown; only for a whole module or route.");
    public static final Key<Duration> IDEMPOTENCY_UPSTREAM_BOUND = key(
            "idempotency.upstream-bound",
            new Time(ofSeconds(1), ofDays(6), List.of()),
            ofDays(1),
            IDEMPOTENCY,
            "How long the module may still act on a request that nobody waits for any more; what it has not applied then may run again.");

    public static final Key<List<String>> GUARD_SERVICE = key(
            "guard.service",
            new SetType(
                    Pattern.compile("unix:/[!-~]{1,100}|" + BodyFormat.ENDPOINT.pattern()),
                    "addresses host:port, or unix: and the path of a socket",
                    false,
                    false,
                    4),
            List.of(),
            IDEMPOTENCY,
            "Where each Envoy finds the guard beside it; without one no key is honoured.");

    public static final Key<String> PRECONDITION_MODE = key(
            "precondition.mode",
            new Choice(List.of("off", "honour", "require")),
            "honour",
            PRECONDITION,
            "Whether If-Match is ignored, honoured or required.");
    public static final Key<List<String>> PRECONDITION_METHODS = key(
            "precondition.methods",
            new SetType(METHOD, METHODS, false, false, 20),
            List.of("DELETE", "PATCH", "PUT"),
            PRECONDITION,
            "The methods it is required for, and, with sole-writer, those that write a resource.");
    public static final Key<String> PRECONDITION_ETAG = key(
            "precondition.etag",
            new Choice(List.of("upstream", "digest", "auto")),
            "upstream",
            PRECONDITION,
            "Where entity tags come from; digest is SHA-256 of the representation, auto that where the upstream has none. Both read every answer to a GET.");
    public static final Key<String> PRECONDITION_IF_MATCH = key(
            "precondition.if-match",
            new Choice(List.of("forward", "sole-writer")),
            "forward",
            PRECONDITION,
            "Who compares If-Match: the upstream; or, where every writer passes the gateways, the gateway too, which then lets one write of a resource run at a time.");
    public static final Key<Duration> PRECONDITION_UPSTREAM_BOUND = key(
            "precondition.upstream-bound",
            new Time(ofSeconds(1), ofHours(24), List.of()),
            ofMinutes(15),
            PRECONDITION,
            "With sole-writer, how long after a lost answer the upstream may still work on the write: its own hard limit, which nobody but its operator knows.");

    public static final Key<String> CORRELATION_ACCEPT = key(
            "correlation.accept",
            new Choice(List.of("uuid-or-ulid", "never")),
            "uuid-or-ulid",
            CORRELATION,
            "Which correlation ids of a client are kept.");
    public static final Key<String> CORRELATION_GENERATE = key(
            "correlation.generate",
            new Choice(List.of("uuid", "ulid")),
            "uuid",
            CORRELATION,
            "The form of an id that the gateway makes.");

    public static final Key<List<String>> HEADERS_REQUIRED = key(
            "headers.required",
            new SetType(TOKEN, HEADER_NAMES, true, true, 50),
            List.of(),
            HEADERS,
            "Headers without which a request is refused.");
    public static final Key<Long> HEADERS_MAX_BYTES = key(
            "headers.max-bytes",
            new Whole(4096, 98_304, "bytes"),
            32_768L,
            HEADERS,
            "The largest sum of a request's headers.");
    public static final Key<Long> BODY_MAX_BYTES = key(
            "body.max-bytes",
            new Whole(0, 1_073_741_824, "bytes"),
            10_485_760L,
            HEADERS,
            "The largest body of a request.");

    private static final List<Key<?>> KEYS = List.copyOf(BY_NAME.values());

    private Catalog() {}

    /** All keys, in the order of the reference. */
    public static List<Key<?>> keys() {
        return KEYS;
    }

    /** The key of that name, or null. */
    public static @Nullable Key<?> find(String name) {
        return BY_NAME.get(name);
    }

    private static <T> Key<T> key(String name, ValueType<T> type, T defaultValue, Policy policy, String sentence) {
        return key(name, type, defaultValue, policy, sentence, false);
    }

    private static <T> Key<T> sensitive(
            String name, ValueType<T> type, T defaultValue, Policy policy, String sentence) {
        return key(name, type, defaultValue, policy, sentence, true);
    }

    private static <T> Key<T> key(
            String name, ValueType<T> type, T defaultValue, Policy policy, String sentence, boolean sensitive) {
        Key<T> key = new Key<>(BY_NAME.size(), name, type, defaultValue, policy, sentence, sensitive);
        BY_NAME.put(name, key);
        return key;
    }
}
