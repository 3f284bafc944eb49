package io.gatewright.server;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * What can be configured: as a flag {@code --http-port=8080}, or in the environment as {@code GATEWRIGHT_HTTP_PORT}. A flag
 * wins. Immutable. The configuration reference is made from these constants.
 */
public enum ConfigurationKey {
    HTTP_HOST("127.0.0.1", "IP address", "Where the API listens. Only loopback, as long as the API has no login."),
    HTTP_PORT("8080", "port, 0 for any", "The port of the API."),
    XDS_HOST("127.0.0.1", "IP address", "Where Envoys connect. Only loopback, as long as the stream is plain text."),
    XDS_PORT("18000", "port, 0 for any", "The port that Envoys connect to."),
    DB_URL(
            "",
            "JDBC URL",
            "The Postgres to use, 15 or newer; when empty, one is started and kept in the data directory."),
    DB_USER(
            "",
            "name",
            "The database role to log in as; it must be able to create schemas and roles on the first start."),
    DB_PASSWORD("", "secret", "Its password."),
    DB_POOL_SIZE("16", "connections, 2 to 200", "The most connections that are open at once, besides one for LISTEN."),
    DATA_DIR(
            "",
            "directory",
            "Where the started Postgres and the last good settings are kept; default ~/.local/share/gatewright."),
    EPHEMERAL("false", "true or false", "Whether the started Postgres and its data are thrown away at the end."),
    RECONCILE_INTERVAL(
            "PT5M",
            "ISO 8601 duration, PT1S to PT24H",
            "How often all gateways are compared with what they should run."),
    KEYS_INTERVAL("PT5M", "ISO 8601 duration, PT1S to PT24H", "How often issuers are asked for their signing keys."),
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
