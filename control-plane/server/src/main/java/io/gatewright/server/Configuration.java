package io.gatewright.server;

import io.gatewright.guard.OtherVariables;
import io.gatewright.guard.Pepper;
import io.gatewright.kong.Profile;
import io.gatewright.kong.Target;
import io.gatewright.server.access.Claims;
import io.gatewright.server.keys.AllowedAddresses;
import io.gatewright.server.keys.SigningKeyJob.Times;
import io.gatewright.xds.AdsTls;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How this process runs. Immutable; see {@link ConfigurationKey} for meaning, units and defaults.
 *
 * @param xdsTls null: plain text
 * @param dbUrl empty: start a Postgres
 * @param pepper null: what the guard keeps of a key cannot be found
 */
public record Configuration(
        String httpHost,
        int httpPort,
        Api api,
        String xdsHost,
        int xdsPort,
        @Nullable AdsTls xdsTls,
        Kong kong,
        String dbUrl,
        String dbUser,
        Secret dbPassword,
        int dbPoolSize,
        @Nullable Pepper pepper,
        Path dataDir,
        boolean ephemeral,
        String replica,
        Duration reconcileInterval,
        Keys keys,
        Events events,
        boolean jsonLogs) {

    /**
     * Who may call the API, and how much.
     *
     * @param issuer empty: a token made at each start opens it
     * @param requests a second, of one caller
     */
    public record Api(String issuer, String audience, Claims claims, int requests, int bodyLimitBytes) {}

    /**
     * The Kongs without a database, and what is made for Kongs.
     *
     * @param nodes none: no Kong is posted to
     */
    public record Kong(List<KongAddress> nodes, Target target) {}

    /**
     * Where a Kong is.
     *
     * @param proxy null: not asked for the beacon
     */
    public record KongAddress(
            String name, URI admin, @Nullable URI proxy) {}

    /** How issuers are asked for their signing keys, and whom. */
    public record Keys(Times times, AllowedAddresses allowed) {}

    /**
     * What is served of the event log, and kept.
     *
     * @param streams that may be open at once
     */
    public record Events(List<String> topics, int streams, Duration keep, Duration bound) {
        /** The topics when all are served. */
        public static final List<String> ALL_TOPICS = List.of("*");
    }

    /** A value that never prints. */
    public record Secret(String value) {
        @Override
        public String toString() {
            return "redacted";
        }
    }

    /** Everything that is wrong with a configuration, at once. */
    public static final class Invalid extends Exception {
        private static final long serialVersionUID = 1;

        Invalid(List<String> problems) {
            super(String.join("\n", problems));
        }
    }

    /**
     * Reads flags and environment.
     *
     * @throws Invalid with one line for each problem
     */
    public static Configuration read(List<String> args, Map<String, String> environment) throws Invalid {
        List<String> problems = new ArrayList<>();
        Values values = new Values(collect(args, environment, problems), problems);
        Configuration configuration = new Configuration(
                values.text(ConfigurationKey.API_ISSUER).isEmpty()
                        ? values.loopback(
                                ConfigurationKey.HTTP_HOST, "write 127.0.0.1, or name an issuer with --api-issuer")
                        : values.address(ConfigurationKey.HTTP_HOST),
                values.number(ConfigurationKey.HTTP_PORT, 0, 65535),
                new Api(
                        values.issuer(),
                        values.text(ConfigurationKey.API_AUDIENCE),
                        new Claims(
                                values.text(ConfigurationKey.API_ROLES_CLAIM),
                                values.text(ConfigurationKey.API_ROLE_PREFIX),
                                values.text(ConfigurationKey.API_ORGS_CLAIM),
                                values.text(ConfigurationKey.API_NAME_CLAIM)),
                        values.number(ConfigurationKey.API_REQUESTS, 1, 100_000),
                        values.number(ConfigurationKey.API_BODY_LIMIT, 1024, 67_108_864)),
                values.text(ConfigurationKey.XDS_CERTIFICATE).isEmpty()
                        ? values.loopback(
                                ConfigurationKey.XDS_HOST,
                                "write 127.0.0.1, or let Envoys come by TLS with --xds-certificate")
                        : values.address(ConfigurationKey.XDS_HOST),
                values.number(ConfigurationKey.XDS_PORT, 0, 65535),
                values.xdsTls(),
                new Kong(
                        values.kongs(),
                        new Target(
                                values.choice(ConfigurationKey.KONG_PROFILE, "native", "full")
                                        ? Profile.NATIVE
                                        : Profile.FULL,
                                values.endpoint(ConfigurationKey.KONG_REDIS))),
                values.text(ConfigurationKey.DB_URL),
                values.text(ConfigurationKey.DB_USER),
                new Secret(values.text(ConfigurationKey.DB_PASSWORD)),
                values.number(ConfigurationKey.DB_POOL_SIZE, 2, 200),
                values.pepper(),
                dataDir(values.text(ConfigurationKey.DATA_DIR), environment),
                values.choice(ConfigurationKey.EPHEMERAL, "true", "false"),
                values.name(ConfigurationKey.REPLICA, defaultReplica(environment)),
                values.interval(ConfigurationKey.RECONCILE_INTERVAL),
                new Keys(
                        new Times(
                                values.interval(ConfigurationKey.KEYS_INTERVAL),
                                values.duration(ConfigurationKey.KEYS_GRACE, Duration.ZERO, Duration.ofHours(24))),
                        new AllowedAddresses(
                                values.text(ConfigurationKey.API_ISSUER).isEmpty(),
                                values.names(ConfigurationKey.KEYS_HOSTS))),
                new Events(
                        values.topics(ConfigurationKey.EVENTS_TOPICS),
                        values.number(ConfigurationKey.EVENTS_STREAMS, 1, 1000),
                        values.days(ConfigurationKey.EVENTS_KEEP),
                        values.days(ConfigurationKey.EVENTS_BOUND)),
                values.choice(ConfigurationKey.LOG_FORMAT, "json", "text"));
        if (!configuration.dbUrl.isEmpty() && !configuration.dbUrl.startsWith("jdbc:postgresql:")) {
            problems.add("--db-url is not a JDBC URL of Postgres; write jdbc:postgresql://host:5432/name");
        }
        if (configuration.events.bound().compareTo(configuration.events.keep()) < 0) {
            problems.add("--events-bound is less than --events-keep; write at least " + configuration.events.keep());
        }
        if (!problems.isEmpty()) {
            throw new Invalid(problems);
        }
        return configuration;
    }

    private static Map<ConfigurationKey, String> collect(
            List<String> args, Map<String, String> environment, List<String> problems) {
        Map<ConfigurationKey, String> given = new EnumMap<>(ConfigurationKey.class);
        for (ConfigurationKey key : ConfigurationKey.values()) {
            given.put(key, environment.getOrDefault(key.variable(), key.defaultValue()));
        }
        environment.forEach((name, value) -> {
            if (name.startsWith("GATEWRIGHT_") && !known(name) && !OtherVariables.has(name, value)) {
                problems.add("The environment has " + name
                        + ", which is not a setting of this process; see docs/configuration.md");
            }
        });
        for (int i = 0; i < args.size(); i++) {
            String[] parts = args.get(i).split("=", 2);
            ConfigurationKey key = ConfigurationKey.ofFlag(parts[0]).orElse(null);
            if (key == null) {
                problems.add(parts[0] + " is not a flag of this process; see docs/configuration.md");
            } else if (parts.length == 2) {
                given.put(key, parts[1]);
            } else if (key == ConfigurationKey.EPHEMERAL) {
                given.put(key, "true");
            } else if (i + 1 < args.size()) {
                given.put(key, args.get(++i));
            } else {
                problems.add(parts[0] + " needs a value: " + key.form());
            }
        }
        return given;
    }

    private static boolean known(String variable) {
        return Arrays.stream(ConfigurationKey.values())
                .anyMatch(key -> key.variable().equals(variable));
    }

    private static Path dataDir(String given, Map<String, String> environment) {
        if (!given.isEmpty()) {
            return Path.of(given).toAbsolutePath();
        }
        String home = environment.getOrDefault("HOME", System.getProperty("user.home", "."));
        String share = environment.getOrDefault("XDG_DATA_HOME", home + "/.local/share");
        return Path.of(share, "gatewright").toAbsolutePath();
    }

    private static String defaultReplica(Map<String, String> environment) {
        String host = environment.getOrDefault("HOSTNAME", "").replaceAll("[^A-Za-z0-9.-]", "");
        long pid = ProcessHandle.current().pid();
        return (host.isEmpty() ? "control-plane" : host.substring(0, Math.min(host.length(), 50))) + "-" + pid;
    }
}
