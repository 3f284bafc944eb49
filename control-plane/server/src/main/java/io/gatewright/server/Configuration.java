package io.gatewright.server;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How this process runs. Immutable; see {@link ConfigurationKey} for meaning, units and defaults.
 *
 * @param dbUrl empty: start a Postgres
 */
public record Configuration(
        String httpHost,
        int httpPort,
        String xdsHost,
        int xdsPort,
        String dbUrl,
        String dbUser,
        Secret dbPassword,
        int dbPoolSize,
        Path dataDir,
        boolean ephemeral,
        Duration reconcileInterval,
        Duration keysInterval,
        boolean jsonLogs) {

    /** What the launcher and the command line read from the environment. */
    private static final Set<String> OF_OTHERS = Set.of("GATEWRIGHT_NO_BUILD", "GATEWRIGHT_URL");

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
                values.loopback(ConfigurationKey.HTTP_HOST),
                values.number(ConfigurationKey.HTTP_PORT, 0, 65535),
                values.loopback(ConfigurationKey.XDS_HOST),
                values.number(ConfigurationKey.XDS_PORT, 0, 65535),
                values.text(ConfigurationKey.DB_URL),
                values.text(ConfigurationKey.DB_USER),
                new Secret(values.text(ConfigurationKey.DB_PASSWORD)),
                values.number(ConfigurationKey.DB_POOL_SIZE, 2, 200),
                dataDir(values.text(ConfigurationKey.DATA_DIR), environment),
                values.choice(ConfigurationKey.EPHEMERAL, "true", "false"),
                values.interval(ConfigurationKey.RECONCILE_INTERVAL),
                values.interval(ConfigurationKey.KEYS_INTERVAL),
                values.choice(ConfigurationKey.LOG_FORMAT, "json", "text"));
        if (!configuration.dbUrl.isEmpty() && !configuration.dbUrl.startsWith("jdbc:postgresql:")) {
            problems.add("--db-url is not a JDBC URL of Postgres; write jdbc:postgresql://host:5432/name");
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
        for (String name : environment.keySet()) {
            if (name.startsWith("GATEWRIGHT_") && !known(name)) {
                problems.add("The environment has " + name
                        + ", which is not a setting of this process; see docs/configuration.md");
            }
        }
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
        return OF_OTHERS.contains(variable)
                || Arrays.stream(ConfigurationKey.values())
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

    private record Values(Map<ConfigurationKey, String> given, List<String> problems) {
        String text(ConfigurationKey key) {
            return given.getOrDefault(key, key.defaultValue());
        }

        int number(ConfigurationKey key, int min, int max) {
            try {
                int value = Integer.parseInt(text(key));
                if (value >= min && value <= max) {
                    return value;
                }
            } catch (NumberFormatException e) {
                // falls to the problem below
            }
            wrong(key);
            return min;
        }

        boolean choice(ConfigurationKey key, String yes, String no) {
            if (!text(key).equals(yes) && !text(key).equals(no)) {
                wrong(key);
            }
            return text(key).equals(yes);
        }

        Duration interval(ConfigurationKey key) {
            try {
                Duration value = Duration.parse(text(key));
                if (value.compareTo(Duration.ofSeconds(1)) >= 0 && value.compareTo(Duration.ofHours(24)) <= 0) {
                    return value;
                }
            } catch (DateTimeParseException e) {
                // falls to the problem below
            }
            wrong(key);
            return Duration.ofMinutes(5);
        }

        String loopback(ConfigurationKey key) {
            String host = text(key);
            try {
                if (host.matches("[0-9.]+|[0-9a-f:]+")
                        && InetAddress.getByName(host).isLoopbackAddress()) {
                    return host;
                }
            } catch (UnknownHostException e) {
                // falls to the problem below
            }
            problems.add(key.flag() + " is " + host + ", which is not a loopback address; write 127.0.0.1");
            return "127.0.0.1";
        }

        private void wrong(ConfigurationKey key) {
            problems.add(key.flag() + " is " + text(key) + "; write " + key.form());
        }
    }
}
