package io.gatewright.envoy;

import com.google.protobuf.Struct;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLogFilter;
import io.envoyproxy.envoy.config.accesslog.v3.AndFilter;
import io.envoyproxy.envoy.config.accesslog.v3.ComparisonFilter;
import io.envoyproxy.envoy.config.accesslog.v3.ExtensionFilter;
import io.envoyproxy.envoy.config.accesslog.v3.HeaderFilter;
import io.envoyproxy.envoy.config.accesslog.v3.MetadataFilter;
import io.envoyproxy.envoy.config.accesslog.v3.OrFilter;
import io.envoyproxy.envoy.config.accesslog.v3.ResponseFlagFilter;
import io.envoyproxy.envoy.config.accesslog.v3.StatusCodeFilter;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.RuntimeUInt32;
import io.envoyproxy.envoy.config.core.v3.SubstitutionFormatString;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.LocalReplyConfig;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.ResponseMapper;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.envoyproxy.envoy.type.matcher.v3.ValueMatcher;

/**
 * Makes every answer of the gateway itself a problem document (RFC 9457) with the correlation id. The first mapper that
 * fits wins, so they stand from special to general. What went wrong inside stays inside.
 */
final class LocalReplies {
    private static final String BEARER = "Bearer";

    private LocalReplies() {}

    static LocalReplyConfig config() {
        return LocalReplyConfig.newBuilder()
                .addMappers(asTheGuardSays())
                .addMappers(notAccepted(Denial.ID_TOKEN, "This is an ID token; send an access token."))
                .addMappers(notAccepted(Denial.SEVERAL_TOKENS, "Send one Authorization header with one token."))
                .addMappers(unauthorized(and(denied(Denial.TOKEN_OF_TENANT), withoutToken())))
                .addMappers(unauthorized(and(noScope(), withoutAuthorization())))
                .addMappers(problem(
                        noScope(),
                        404,
                        "unknown-tenant",
                        "No such tenant",
                        "No tenant is served under this name or host."))
                .addMappers(
                        problem(
                                or(denied(Denial.TOKEN_OF_TENANT), denied(Denial.TENANT_MISMATCH)),
                                403,
                                "tenant-mismatch",
                                "Another tenant's token",
                                "The token, the x-tenant-id header and the listener must name the same tenant, and the tenant must accept the token's issuer."))
                .addMappers(problem(
                        denied(Denial.TENANT_SUSPENDED),
                        403,
                        "tenant-suspended",
                        "Tenant suspended",
                        "This tenant is suspended; its operator can say why."))
                .addMappers(problem(
                        denied(Denial.MISSING_HEADER),
                        400,
                        "missing-header",
                        "Required header missing",
                        "Send the header %REQ(X-GATEWRIGHT-MISSING)%."))
                .addMappers(guarded(
                        problem(
                                denied(Denial.KEY_REQUIRED),
                                400,
                                "key-required",
                                "Idempotency key required",
                                "Send an Idempotency-Key header with a value of your own for each new operation, and the same one when you repeat it."),
                        false))
                .addMappers(guarded(
                        problem(
                                denied(Denial.PRECONDITION_REQUIRED),
                                428,
                                "precondition-required",
                                "Condition required",
                                "Read the resource, then send its ETag in an If-Match header."),
                        false))
                .addMappers(storeUnavailable(denied(Denial.GUARD_AWAY), "No guard is there to run it only once."))
                .addMappers(storeUnavailable(
                        details("ext_proc_error"),
                        "Whether it has run cannot be told at the moment; repeat it with the same key."))
                .addMappers(problem(
                        status(401, 401),
                        0,
                        "invalid-token",
                        "Token not accepted",
                        "The token is malformed, expired, of an unknown issuer, or its signature does not hold."))
                .addMappers(problem(
                        details("jwt_authn_access_denied"),
                        0,
                        "invalid-token",
                        "Token not accepted",
                        "The token is meant for another audience."))
                .addMappers(
                        problem(status(404, 404), 0, "not-found", "Not found", "No module is served under this path."))
                .addMappers(problem(status(413, 413), 0, "body-too-large", "Body too large", "Send a smaller body."))
                .addMappers(problem(
                        status(429, 429),
                        0,
                        "rate-limited",
                        "Too many requests",
                        "The limit is used up; wait as long as Retry-After says."))
                .addMappers(problem(
                        status(431, 431),
                        0,
                        "headers-too-large",
                        "Headers too large",
                        "Send fewer or shorter headers."))
                .addMappers(problem(
                                details("rate_limiter_error"),
                                503,
                                "limit-unknown",
                                "Limit not known",
                                "Requests of this tenant are not let through uncounted, and nobody counts at the moment; try again.")
                        .toBuilder()
                        .addHeadersToAdd(Protos.header("retry-after", "1")))
                .addMappers(problem(
                        status(400, 499),
                        0,
                        "bad-request",
                        "Request refused",
                        "The request breaks the rules of HTTP or of this gateway."))
                .addMappers(problem(
                        status(500, 599),
                        0,
                        "unavailable",
                        "Service unavailable",
                        "The service behind this path did not answer; try again later."))
                .addMappers(beacon())
                .build();
    }

    private static ResponseMapper storeUnavailable(AccessLogFilter filter, String detail) {
        return guarded(problem(filter, 503, "store-unavailable", "Idempotency not available", detail), true).toBuilder()
                .addHeadersToAdd(Protos.header("retry-after", "1"))
                .build();
    }

    /** The guard's answers are whole already, replays among them. */
    private static ResponseMapper asTheGuardSays() {
        return ResponseMapper.newBuilder()
                .setFilter(details(GuardCall.ANSWERED))
                .setBodyFormatOverride(asItIs())
                .build();
    }

    /** What is left at the beacon's path is its own answer. */
    private static ResponseMapper beacon() {
        return ResponseMapper.newBuilder()
                .setFilter(AccessLogFilter.newBuilder()
                        .setHeaderFilter(HeaderFilter.newBuilder()
                                .setHeader(HeaderMatcher.newBuilder()
                                        .setName(":path")
                                        .setStringMatch(
                                                StringMatcher.newBuilder().setPrefix(Routes.BEACON_PATH)))))
                .setBodyFormatOverride(asItIs().setContentType("application/json"))
                .build();
    }

    private static SubstitutionFormatString.Builder asItIs() {
        return SubstitutionFormatString.newBuilder()
                .setTextFormatSource(DataSource.newBuilder().setInlineString("%LOCAL_REPLY_BODY%"));
    }

    /** As the guard itself refuses. */
    private static ResponseMapper guarded(ResponseMapper problem, boolean retryable) {
        ResponseMapper.Builder mapper = problem.toBuilder().addHeadersToAdd(Protos.header("cache-control", "no-store"));
        mapper.getBodyFormatOverrideBuilder()
                .getJsonFormatBuilder()
                .putFields(
                        "retryable", Value.newBuilder().setBoolValue(retryable).build());
        return mapper.build();
    }

    private static ResponseMapper notAccepted(String policy, String detail) {
        return problem(denied(policy), 401, "invalid-token", "Token not accepted", detail).toBuilder()
                .addHeadersToAdd(Protos.header("www-authenticate", BEARER + " error=\"invalid_token\""))
                .build();
    }

    private static ResponseMapper unauthorized(AccessLogFilter filter) {
        return problem(
                        filter,
                        401,
                        "token-required",
                        "Token required",
                        "Send a bearer token in the Authorization header.")
                .toBuilder()
                .addHeadersToAdd(Protos.header("www-authenticate", BEARER))
                .build();
    }

    /** @param status the status to answer with, or 0 to keep it */
    private static ResponseMapper problem(
            AccessLogFilter filter, int status, String type, String title, String detail) {
        Struct.Builder body = Struct.newBuilder()
                .putFields("type", text("urn:gatewright:problem:" + type))
                .putFields("title", text(title))
                .putFields("status", text("%RESPONSE_CODE%"))
                .putFields("detail", text(detail))
                .putFields("correlationId", text(Correlation.VALUE));
        ResponseMapper.Builder mapper = ResponseMapper.newBuilder()
                .setFilter(filter)
                .addHeadersToAdd(Protos.header(Correlation.HEADER, Correlation.VALUE))
                .setBodyFormatOverride(SubstitutionFormatString.newBuilder()
                        .setContentType("application/problem+json")
                        .setJsonFormat(body));
        if (status != 0) {
            mapper.setStatusCode(UInt32Value.of(status));
        }
        return mapper.build();
    }

    private static Value text(String text) {
        return Value.newBuilder().setStringValue(text).build();
    }

    private static AccessLogFilter denied(String policy) {
        return details("rbac_access_denied_matched_policy[" + policy + "]");
    }

    private static AccessLogFilter details(String part) {
        ExpressionFilter expression = ExpressionFilter.newBuilder()
                .setExpression("response.code_details.contains('" + part + "')")
                .build();
        return AccessLogFilter.newBuilder()
                .setExtensionFilter(ExtensionFilter.newBuilder().setName("cel").setTypedConfig(Protos.any(expression)))
                .build();
    }

    /** Scoped routes have no default: an unknown scope is a request without a route. */
    private static AccessLogFilter noScope() {
        return AccessLogFilter.newBuilder()
                .setResponseFlagFilter(ResponseFlagFilter.newBuilder().addFlags("NR"))
                .build();
    }

    private static AccessLogFilter withoutAuthorization() {
        return AccessLogFilter.newBuilder()
                .setHeaderFilter(HeaderFilter.newBuilder()
                        .setHeader(HeaderMatcher.newBuilder()
                                .setName("authorization")
                                .setPresentMatch(true)
                                .setInvertMatch(true)))
                .build();
    }

    /** The filter is true of a claim that is not there, and otherwise of one that is null, which an issuer never is. */
    private static AccessLogFilter withoutToken() {
        ValueMatcher isNull = ValueMatcher.newBuilder()
                .setNullMatch(ValueMatcher.NullMatch.getDefaultInstance())
                .build();
        return AccessLogFilter.newBuilder()
                .setMetadataFilter(MetadataFilter.newBuilder().setMatcher(Denial.claimMatcher("iss", isNull)))
                .build();
    }

    private static AccessLogFilter status(int from, int to) {
        return from == to
                ? compare(ComparisonFilter.Op.EQ, from)
                : and(compare(ComparisonFilter.Op.GE, from), compare(ComparisonFilter.Op.LE, to));
    }

    private static AccessLogFilter compare(ComparisonFilter.Op op, int status) {
        return AccessLogFilter.newBuilder()
                .setStatusCodeFilter(StatusCodeFilter.newBuilder()
                        .setComparison(ComparisonFilter.newBuilder()
                                .setOp(op)
                                .setValue(RuntimeUInt32.newBuilder()
                                        .setDefaultValue(status)
                                        .setRuntimeKey("gatewright.unused"))))
                .build();
    }

    private static AccessLogFilter and(AccessLogFilter one, AccessLogFilter other) {
        return AccessLogFilter.newBuilder()
                .setAndFilter(AndFilter.newBuilder().addFilters(one).addFilters(other))
                .build();
    }

    private static AccessLogFilter or(AccessLogFilter one, AccessLogFilter other) {
        return AccessLogFilter.newBuilder()
                .setOrFilter(OrFilter.newBuilder().addFilters(one).addFilters(other))
                .build();
    }
}
