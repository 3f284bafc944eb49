package io.gatewright.pdk;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The 74 methods that Kong offers to an external plugin, and where each works. Immutable.
 *
 * <p>The letters are the phases: certificate, Rewrite as W, access, response, preread, log. In log, which runs in a timer after
 * the request, {@code L} works from Kong 3.0 and {@code l} everywhere. A call elsewhere makes Kong end the event: the client gets a
 * 500, and after one that happened in log later events of the same worker may see that request's data (seen on Kong 3.9). So
 * Java refuses first.
 */
@SuppressWarnings("ImmutableEnumChecker") // Nobody changes the bytes, and they do not leave the package.
public enum Method {
    CLIENT_GET_IP("kong.client.get_ip", "WARP"),
    CLIENT_GET_FORWARDED_IP("kong.client.get_forwarded_ip", "WARP"),
    CLIENT_GET_PORT("kong.client.get_port", "WARP"),
    CLIENT_GET_FORWARDED_PORT("kong.client.get_forwarded_port", "WARP"),
    CLIENT_GET_CREDENTIAL("kong.client.get_credential", "ARL"),
    CLIENT_LOAD_CONSUMER("kong.client.load_consumer", "ARL"),
    CLIENT_GET_CONSUMER("kong.client.get_consumer", "ARL"),
    CLIENT_AUTHENTICATE("kong.client.authenticate", "A"),
    CLIENT_GET_PROTOCOL("kong.client.get_protocol", "AR"),
    CTX_SHARED_SET("kong.ctx.shared.set", "CWARPl"),
    CTX_SHARED_GET("kong.ctx.shared.get", "CWARPl"),
    IP_IS_TRUSTED("kong.ip.is_trusted", "CWARPl"),
    LOG_ALERT("kong.log.alert", "CWARPl"),
    LOG_CRIT("kong.log.crit", "CWARPl"),
    LOG_ERR("kong.log.err", "CWARPl"),
    LOG_WARN("kong.log.warn", "CWARPl"),
    LOG_NOTICE("kong.log.notice", "CWARPl"),
    LOG_INFO("kong.log.info", "CWARPl"),
    LOG_DEBUG("kong.log.debug", "CWARPl"),
    LOG_SET_SERIALIZE_VALUE("kong.log.set_serialize_value", "WAR"),
    LOG_SERIALIZE("kong.log.serialize", "l", true),
    NGINX_GET_VAR("kong.nginx.get_var", "WARP"),
    NGINX_GET_TLS1_VERSION_STR("kong.nginx.get_tls1_version_str", "CWAR"),
    NGINX_SET_CTX("kong.nginx.set_ctx", "CWARPl"),
    NGINX_GET_CTX("kong.nginx.get_ctx", "CWARPl", true),
    NGINX_REQ_START_TIME("kong.nginx.req_start_time", "WARL"),
    NGINX_GET_SUBSYSTEM("kong.nginx.get_subsystem", "CWARPL"),
    NODE_GET_ID("kong.node.get_id", "CWARPL"),
    NODE_GET_MEMORY_STATS("kong.node.get_memory_stats", "CWARPL"),
    REQUEST_GET_SCHEME("kong.request.get_scheme", "WAR"),
    REQUEST_GET_HOST("kong.request.get_host", "WAR"),
    REQUEST_GET_PORT("kong.request.get_port", "WAR"),
    REQUEST_GET_FORWARDED_SCHEME("kong.request.get_forwarded_scheme", "WAR"),
    REQUEST_GET_FORWARDED_HOST("kong.request.get_forwarded_host", "WAR"),
    REQUEST_GET_FORWARDED_PORT("kong.request.get_forwarded_port", "WAR"),
    REQUEST_GET_HTTP_VERSION("kong.request.get_http_version", "WAR"),
    REQUEST_GET_METHOD("kong.request.get_method", "WAR"),
    REQUEST_GET_PATH("kong.request.get_path", "WAR"),
    REQUEST_GET_PATH_WITH_QUERY("kong.request.get_path_with_query", "WAR"),
    REQUEST_GET_RAW_QUERY("kong.request.get_raw_query", "WAR"),
    REQUEST_GET_QUERY_ARG("kong.request.get_query_arg", "WAR"),
    REQUEST_GET_QUERY("kong.request.get_query", "WAR", new KongVersion(3, 0)),
    REQUEST_GET_HEADER("kong.request.get_header", "WARl"),
    REQUEST_GET_HEADERS("kong.request.get_headers", "WARl", new KongVersion(3, 0)),
    REQUEST_GET_RAW_BODY("kong.request.get_raw_body", "WAR", true),
    REQUEST_GET_URI_CAPTURES("kong.request.get_uri_captures", "WARL", new KongVersion(3, 1)),
    RESPONSE_GET_STATUS("kong.response.get_status", "Rl"),
    RESPONSE_GET_HEADER("kong.response.get_header", "Rl"),
    RESPONSE_GET_HEADERS("kong.response.get_headers", "Rl", new KongVersion(3, 0)),
    RESPONSE_GET_SOURCE("kong.response.get_source", "Rl"),
    RESPONSE_SET_STATUS("kong.response.set_status", "WAR"),
    RESPONSE_SET_HEADER("kong.response.set_header", "WAR"),
    RESPONSE_ADD_HEADER("kong.response.add_header", "WAR"),
    RESPONSE_CLEAR_HEADER("kong.response.clear_header", "WAR"),
    RESPONSE_SET_HEADERS("kong.response.set_headers", "WAR"),
    RESPONSE_EXIT("kong.response.exit", "WARP"),
    ROUTER_GET_ROUTE("kong.router.get_route", "ARL"),
    ROUTER_GET_SERVICE("kong.router.get_service", "ARL"),
    SERVICE_SET_UPSTREAM("kong.service.set_upstream", "A", new KongVersion(3, 7)),
    SERVICE_SET_TARGET("kong.service.set_target", "WAP"),
    SERVICE_REQUEST_SET_SCHEME("kong.service.request.set_scheme", "WA"),
    SERVICE_REQUEST_SET_PATH("kong.service.request.set_path", "WA"),
    SERVICE_REQUEST_SET_RAW_QUERY("kong.service.request.set_raw_query", "WA"),
    SERVICE_REQUEST_SET_METHOD("kong.service.request.set_method", "WA"),
    SERVICE_REQUEST_SET_QUERY("kong.service.request.set_query", "WA"),
    SERVICE_REQUEST_SET_HEADER("kong.service.request.set_header", "WA"),
    SERVICE_REQUEST_ADD_HEADER("kong.service.request.add_header", "WA"),
    SERVICE_REQUEST_CLEAR_HEADER("kong.service.request.clear_header", "WA"),
    SERVICE_REQUEST_SET_HEADERS("kong.service.request.set_headers", "WA"),
    SERVICE_REQUEST_SET_RAW_BODY("kong.service.request.set_raw_body", "WA"),
    SERVICE_RESPONSE_GET_STATUS("kong.service.response.get_status", "R"),
    SERVICE_RESPONSE_GET_HEADER("kong.service.response.get_header", "R"),
    SERVICE_RESPONSE_GET_HEADERS("kong.service.response.get_headers", "R", new KongVersion(3, 0)),
    SERVICE_RESPONSE_GET_RAW_BODY("kong.service.response.get_raw_body", "R", true);

    private static final KongVersion OLDEST = new KongVersion(2, 8);
    private static final KongVersion LOG_RESTORED = new KongVersion(3, 0);
    private static final KongVersion START_TIME_IN_LOG = new KongVersion(3, 1);
    private static final KongVersion TARGET_IN_PREREAD = new KongVersion(3, 4);

    private final String wireName;
    private final byte[] bytes;
    private final Set<Phase> phases;
    private final boolean logEverywhere;
    private final KongVersion since;
    private final boolean large;

    Method(String wireName, String phases) {
        this(wireName, phases, new KongVersion(2, 8), false);
    }

    Method(String wireName, String phases, boolean large) {
        this(wireName, phases, new KongVersion(2, 8), large);
    }

    Method(String wireName, String phases, KongVersion since) {
        this(wireName, phases, since, false);
    }

    Method(String wireName, String phases, KongVersion since, boolean large) {
        this.wireName = wireName;
        this.bytes = wireName.getBytes(StandardCharsets.US_ASCII);
        this.phases = phases.chars().mapToObj(Method::phase).collect(Collectors.toUnmodifiableSet());
        this.logEverywhere = phases.indexOf('l') >= 0;
        this.since = since;
        this.large = large;
    }

    /** The name in Kong, such as {@code kong.request.get_header}. */
    public String wireName() {
        return wireName;
    }

    /** Whether the answer can be of any size. */
    public boolean isLarge() {
        return large;
    }

    /** Whether Kong of this version runs it in this phase. */
    public boolean isAllowed(Phase phase, KongVersion version) {
        return phases.contains(phase) && version.compareTo(since(phase)) >= 0;
    }

    /**
     * Refuses what Kong would.
     *
     * @throws KongException that names phase or version, and where the method works
     */
    void require(Phase phase, KongVersion version) {
        if (isAllowed(phase, version)) {
            return;
        }
        if (!phases.contains(phase)) {
            throw new KongException("%s does not work in the %s phase, only in %s"
                    .formatted(
                            wireName,
                            phase.wireName(),
                            Stream.of(Phase.values())
                                    .filter(phases::contains)
                                    .map(Phase::wireName)
                                    .collect(Collectors.joining(", "))));
        }
        throw new KongException(
                "%s works in the %s phase from Kong %s on, and this server runs for Kong %s (--target-kong)"
                        .formatted(wireName, phase.wireName(), since(phase), version));
    }

    byte[] bytes() {
        return bytes;
    }

    private KongVersion since(Phase phase) {
        if (phase == Phase.PREREAD && this == SERVICE_SET_TARGET) {
            return TARGET_IN_PREREAD;
        }
        if (phase == Phase.LOG && this == NGINX_REQ_START_TIME) {
            return START_TIME_IN_LOG;
        }
        boolean later = phase == Phase.LOG && !logEverywhere && since.equals(OLDEST);
        return later ? LOG_RESTORED : since;
    }

    private static Phase phase(int letter) {
        return switch (letter) {
            case 'C' -> Phase.CERTIFICATE;
            case 'W' -> Phase.REWRITE;
            case 'A' -> Phase.ACCESS;
            case 'R' -> Phase.RESPONSE;
            case 'P' -> Phase.PREREAD;
            default -> Phase.LOG;
        };
    }
}
