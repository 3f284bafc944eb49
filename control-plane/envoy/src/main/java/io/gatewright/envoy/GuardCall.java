package io.gatewright.envoy;

import com.github.xds.type.matcher.v3.Matcher.MatcherList.Predicate;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.common.mutation_rules.v3.HeaderMutationRules;
import io.envoyproxy.envoy.config.core.v3.GrpcService;
import io.envoyproxy.envoy.config.core.v3.GrpcService.EnvoyGrpc;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.RetryPolicy;
import io.envoyproxy.envoy.config.rbac.v3.Principal;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ExtProcOverrides;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ExtProcPerRoute;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode.BodySendMode;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode.HeaderSendMode;
import io.gatewright.settings.Catalog;
import io.gatewright.settings.Effective;
import io.gatewright.settings.Settings;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Asks the guard beside this gateway, which keeps keys and entity tags, about the requests that carry an {@code
 * Idempotency-Key} or a condition, or whose answers need an entity tag. No other request pays for it. Without an answer a
 * request does not pass.
 */
final class GuardCall {
    /** What the guard gives as the details of its answers. */
    static final String ANSWERED = "gatewright_guard";

    /** Set by the tenant's chain where the guard is asked about more than keys and conditions, and removed before the upstream. */
    static final String TAGS = "x-gatewright-tags";

    private static final String OF_READS = "1";
    private static final String LEDGER = "ledger";

    /** What only the guard says of an answer: a module's own are removed before the guard, and so also where it is not asked. */
    static final List<String> MARKS =
            List.of("idempotent-replayed", "idempotency-status", "idempotency-original-correlation-id");

    /** What a request may wait for another one with its key, and what the guard takes by itself. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(35);

    private static final Duration MESSAGE_TIMEOUT = Duration.ofSeconds(2);

    private GuardCall() {}

    /** Whether a guard stands beside the gateways. */
    static boolean available(Settings settings) {
        return !settings.global().get(Catalog.GUARD_SERVICE).isEmpty();
    }

    /** Whether these settings leave anything for the guard to do. */
    static boolean wanted(Effective effective) {
        return !effective.get(Catalog.IDEMPOTENCY_MODE).equals("off")
                || !effective.get(Catalog.PRECONDITION_MODE).equals("off");
    }

    /**
     * What {@link #TAGS} says: whether answers to reads shall get an entity tag that the upstream does not give, or every read
     * and write matters because resources have a ledger; or nothing.
     */
    static Optional<String> tags(Effective effective) {
        if (keepsLedger(effective)) {
            return Optional.of(LEDGER);
        }
        return effective.get(Catalog.PRECONDITION_MODE).equals("off")
                        || effective.get(Catalog.PRECONDITION_ETAG).equals("upstream")
                ? Optional.empty()
                : Optional.of(OF_READS);
    }

    private static boolean keepsLedger(Effective effective) {
        return !effective.get(Catalog.PRECONDITION_MODE).equals("off")
                && effective.get(Catalog.PRECONDITION_IF_MATCH).equals("sole-writer");
    }

    /**
     * What is refused without asking: a write without the key or the condition that it needs, and, while there is no guard,
     * every write that must not run without one.
     */
    static Map<String, Principal> denied(Effective effective, boolean available) {
        Map<String, Principal> denied = new HashMap<>();
        if (effective.get(Catalog.IDEMPOTENCY_MODE).equals("required")) {
            Principal write = method(effective.get(Catalog.IDEMPOTENCY_METHODS));
            denied.put(Denial.KEY_REQUIRED, Denial.all(write, Denial.not(Denial.headerPresent("idempotency-key"))));
            if (!available) {
                denied.put(Denial.GUARD_AWAY, write);
            }
        }
        if (keepsLedger(effective) && !available) {
            denied.merge(
                    Denial.GUARD_AWAY,
                    method(effective.get(Catalog.PRECONDITION_METHODS)),
                    (keyed, written) -> Denial.any(List.of(keyed, written)));
        }
        if (effective.get(Catalog.PRECONDITION_MODE).equals("require")) {
            Principal write = method(effective.get(Catalog.PRECONDITION_METHODS));
            Principal condition =
                    Denial.any(List.of(Denial.headerPresent("if-match"), Denial.headerPresent("if-none-match")));
            denied.put(Denial.PRECONDITION_REQUIRED, Denial.all(write, Denial.not(condition)));
        }
        return denied;
    }

    private static Principal method(List<String> methods) {
        return methods.isEmpty()
                ? Denial.not(Denial.everybody())
                : Denial.any(methods.stream()
                        .map(method -> Denial.headerIs(":method", method))
                        .toList());
    }

    /** Skipped unless a request has what the guard is for. */
    static Message filter() {
        Predicate read =
                Conditional.any(Conditional.headerIs(":method", "GET"), Conditional.headerIs(":method", "HEAD"));
        return Conditional.filter(
                "envoy.filters.http.ext_proc",
                processor(),
                Conditional.all(
                        Routes.notBeacon(),
                        Conditional.any(
                                Conditional.headerPresent("idempotency-key"),
                                Conditional.headerPresent("if-match"),
                                Conditional.headerPresent("if-none-match"),
                                Conditional.headerIs(TAGS, LEDGER),
                                Conditional.all(read, Conditional.headerPresent(TAGS)))));
    }

    private static ExternalProcessor processor() {
        return ExternalProcessor.newBuilder()
                .setStatPrefix("gatewright")
                .setGrpcService(GrpcService.newBuilder()
                        .setEnvoyGrpc(EnvoyGrpc.newBuilder()
                                .setClusterName(Clusters.GUARD)
                                .setRetryPolicy(RetryPolicy.newBuilder()
                                        .setNumRetries(Protos.uint32(3))
                                        .setRetryOn("connect-failure,refused-stream,reset-before-request")))
                        .setTimeout(Protos.duration(Duration.ZERO)))
                .setFailureModeAllow(false)
                .setProcessingMode(ProcessingMode.newBuilder()
                        .setRequestHeaderMode(HeaderSendMode.SEND)
                        .setRequestBodyMode(BodySendMode.NONE)
                        .setResponseHeaderMode(HeaderSendMode.SKIP)
                        .setResponseBodyMode(BodySendMode.NONE)
                        .setRequestTrailerMode(HeaderSendMode.SKIP)
                        .setResponseTrailerMode(HeaderSendMode.SKIP))
                .setAllowModeOverride(true)
                .setMessageTimeout(Protos.duration(MESSAGE_TIMEOUT))
                .setMaxMessageTimeout(Protos.duration(LONGEST_WAIT))
                .addRequestAttributes("request.id")
                .addResponseAttributes("response.code_details")
                .addResponseAttributes("response.flags")
                .addResponseAttributes("upstream.request_attempt_count")
                .setMutationRules(
                        HeaderMutationRules.newBuilder().setAllowEnvoy(com.google.protobuf.BoolValue.of(true)))
                .build();
    }

    /** Tells the guard whose request it is, where no client can write; or leaves it out. */
    static ExtProcPerRoute policy(String tenant, String org, Effective effective) {
        if (!wanted(effective)) {
            return nothing();
        }
        return ExtProcPerRoute.newBuilder()
                .setOverrides(ExtProcOverrides.newBuilder()
                        .addGrpcInitialMetadata(metadata("x-gatewright-tenant", tenant))
                        .addGrpcInitialMetadata(metadata("x-gatewright-org", org)))
                .build();
    }

    static ExtProcPerRoute nothing() {
        return ExtProcPerRoute.newBuilder().setDisabled(true).build();
    }

    private static HeaderValue metadata(String key, String value) {
        return HeaderValue.newBuilder().setKey(key).setValue(value).build();
    }
}
