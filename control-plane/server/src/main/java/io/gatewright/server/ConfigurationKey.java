package io.gatewright.server;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * What can be configured: as a flag {@code --http-port=8080}, or in the environment as {@code GATEWRIGHT_HTTP_PORT}. A flag
 * wins. Immutable. The configuration reference is made from these constants.
 */
public enum ConfigurationKey {
    HTTP_HOST("127.0.0.1", "IP address", "Where the API listens. Without `--api-issuer` only loopback."),
    HTTP_PORT("8080", "port, 0 for any", "The port of the API."),
    XDS_HOST("127.0.0.1", "IP address", "Where Envoys connect. Without `--xds-certificate` only loopback."),
    XDS_PORT("18000", "port, 0 for any", "The port that Envoys connect to."),
    XDS_CERTIFICATE(
            "",
            "PEM file",
            "The certificate that the control plane shows to Envoys, with its chain; when empty, the stream is plain text."),
    XDS_KEY("", "PEM file, PKCS #8", "Its private key. Needed with a certificate."),
    XDS_AUTHORITIES(
            "",
            "PEM file",
            "Who signs the certificates of Envoys; those are asked for one, and for their node id in its alternative names."
                    + " Needed with a certificate."),
    XDS_NODES(
            "*",
            "node ids, separated by commas",
            "The Envoys that may connect by TLS; an id that ends in `*` stands for all that begin so."),
    KONG_NODES(
            "",
            "`name=URL`, with commas between, https unless on loopback; `name=URL|URL` with the proxy too",
            "The Admin APIs of the Kongs without a database that are kept at what the settings say. Where the proxy is named, its"
                    + " beacon is part of the proof."),
    KONG_PROFILE(
            "full",
            "full or native",
            "Who verifies tokens at Kongs: the plugins of Gatewright, or Kong's own, which is weaker (docs/kong.md)."),
    KONG_REDIS(
            "",
            "host:port",
            "The Redis in which Kongs count limits together where `rate-limit.counting` is `shared`; when empty, each Kong counts"
                    + " alone."),
    API_ISSUER(
            "",
            "URL, https unless on loopback",
            "The OpenID Connect issuer whose tokens open the API; when empty, a token that is made at each start does."),
    API_AUDIENCE("", "text", "What such a token must have in `aud`. Needed with an issuer."),
    API_ROLES_CLAIM(
            "realm_access.roles",
            "claim, or path with dots",
            "Where a token lists the roles of its caller; this default is Keycloak's."),
    API_ROLE_PREFIX(
            "gateway-", "text", "What stands before `viewer`, `editor`, `approver`, `auditor` in the names of roles."),
    API_ORGS_CLAIM(
            "gateway_orgs",
            "claim, or path with dots",
            "Where a token lists the orgs whose documents its caller may write, `*` for all; without the claim, none. When"
                    + " this is empty, callers are not limited to orgs."),
    API_NAME_CLAIM("preferred_username", "claim, or path with dots", "The caller's name in the history, for people."),
    API_REQUESTS("200", "requests a second, 1 to 100000", "How often one caller may call; twice as many at once."),
    API_BODY_LIMIT("16777216", "bytes, 1024 to 67108864", "The largest body of any request."),
    DB_URL(
            "",
            "JDBC URL",
            "The Postgres to use, 15 or newer; when empty, one is started and kept in the data directory."),
    DB_USER(
            "",
            "name",
            "The database role to log in as; it must be able to create schemas and roles on the first start."),
    DB_PASSWORD("", "secret", "Its password."),
    PEPPER(
            "",
            "secrets in base64, newest first, with commas between",
            "The sidecars' secrets, the same as theirs: with them the API finds what the guard keeps of a key, which it shows and"
                    + " settles (docs/guard-operations.md); when empty, it does not."),
    DB_POOL_SIZE("16", "connections, 2 to 200", "The most connections that are open at once, besides one for LISTEN."),
    DATA_DIR(
            "",
            "directory",
            "Where the started Postgres, the last good settings and the API's token are kept; default"
                    + " ~/.local/share/gatewright."),
    EPHEMERAL("false", "true or false", "Whether the started Postgres and its data are thrown away at the end."),
    REPLICA(
            "",
            "1 to 64 letters, digits, dots, hyphens",
            "The name of this process in the rows of syncs; default the host's name and the process id."),
    RECONCILE_INTERVAL(
            "PT5M",
            "ISO 8601 duration, PT1S to PT24H",
            "How often all gateways are compared with what they should run."),
    KEYS_INTERVAL("PT5M", "ISO 8601 duration, PT1S to PT24H", "How often issuers are asked for their signing keys."),
    KEYS_GRACE(
            "PT10M",
            "ISO 8601 duration, PT0S to PT24H",
            "How long a signing key is kept that its issuer no longer publishes; at least as long as a token lives."),
    KEYS_HOSTS(
            "",
            "host names, separated by commas",
            "Issuers' hosts that may have a private address or speak plain http. Without `--api-issuer` those on loopback"
                    + " need not be named."),
    EVENTS_TOPICS(
            "settings.revision,policy.applied,policy.rejected",
            "topics with commas between, or `*`",
            "The topics whose events the API serves to whoever may read; events of modules may be personal."),
    EVENTS_STREAMS("64", "streams, 1 to 1000", "How many clients may follow events at once."),
    EVENTS_KEEP(
            "P30D",
            "ISO 8601 duration, P1D to P3650D",
            "How long events are kept at least; longer while a consumer or a parked key needs one."),
    EVENTS_BOUND(
            "P90D",
            "ISO 8601 duration, P1D to P3650D",
            "How long they are kept at most, whoever needs them; not less than `--events-keep`."),
    LOG_FORMAT("text", "text or json", "The form of log lines.");

    private final String defaultValue;
    private final String form;
    private final String sentence;

    ConfigurationKey(String defaultValue, String form, String sentence) {
        this.defaultValue = defaultValue;
        this.form = form;
        this.sentence = sentence;
    }

    public String flag() {
        return "--" + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public String variable() {
        return "GATEWRIGHT_" + name();
    }

    public String defaultValue() {
        return defaultValue;
    }

    /** Type, unit and range in words. */
    public String form() {
        return form;
    }

    public String sentence() {
        return sentence;
    }

    static Optional<ConfigurationKey> ofFlag(String flag) {
        return Arrays.stream(values()).filter(key -> key.flag().equals(flag)).findFirst();
    }
}
