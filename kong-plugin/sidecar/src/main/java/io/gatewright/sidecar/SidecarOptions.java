package io.gatewright.sidecar;

import io.gatewright.guard.OtherVariables;
import io.gatewright.guard.Pepper;
import io.gatewright.guard.Secrets;
import io.gatewright.guard.http.Octets;
import io.gatewright.guard.store.Seal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the environment says. Immutable; prints no secret.
 *
 * @param envoySocket where Envoy finds the guard, or null for no such door
 * @param kongSocket where Kong finds the plugins, or null for no such door
 * @param peppers newest first
 * @param relaxed whether ends of requests may be lost when Postgres crashes
 * @param quota keys that a tenant may hold
 * @param drain how long requests that run are waited for at the end
 * @param status where health and metrics are, or null for nowhere
 */
record SidecarOptions(
        @Nullable Path envoySocket,
        @Nullable Path kongSocket,
        String databaseUrl,
        String databaseUser,
        String databasePassword,
        int poolSize,
        Pepper peppers,
        @Nullable Seal seal,
        boolean relaxed,
        long quota,
        Path dataDirectory,
        Duration drain,
        @Nullable InetSocketAddress status) {

    private static final Pattern ADDRESS = Pattern.compile("([0-9.]+|\\[[0-9a-fA-F:.]+\\]):([0-9]{1,5})");

    /** Thrown with all problems at once, a line each. */
    static final class Invalid extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Invalid(List<String> problems) {
            super(String.join("\n", problems));
        }
    }

    /**
     * Reads it.
     *
     * @throws Invalid with everything that is missing or wrong
     */
    static SidecarOptions read(Map<String, String> environment) {
        Reader reader = new Reader(environment, new ArrayList<>(), new TreeSet<>());
        Optional<Path> envoy = reader.path("GATEWRIGHT_GUARD_SOCKET");
        Optional<Path> kong = reader.path("GATEWRIGHT_KONG_SOCKET");
        if (envoy.isEmpty() && kong.isEmpty()) {
            reader.add(
                    "Set GATEWRIGHT_GUARD_SOCKET (for Envoy) or GATEWRIGHT_KONG_SOCKET (for Kong) to the path of a socket.");
        }
        String url = reader.required(
                "GATEWRIGHT_DB_URL", "a JDBC URL, such as jdbc:postgresql://db.internal:5432/gatewright");
        List<Octets> peppers = reader.secrets("GATEWRIGHT_PEPPER");
        if (peppers.isEmpty()) {
            reader.add("Set GATEWRIGHT_PEPPER to a secret from openssl rand -base64 32; the same for every sidecar.");
        }
        List<Octets> seals = reader.secrets("GATEWRIGHT_SEAL");
        int pool = reader.number("GATEWRIGHT_DB_POOL_SIZE", 16, 2, 200);
        int quota = reader.number("GATEWRIGHT_TENANT_KEYS", 10_000_000, 0, Integer.MAX_VALUE);
        int drain = reader.number("GATEWRIGHT_DRAIN_SECONDS", 65, 0, 3_600);
        Optional<InetSocketAddress> status = reader.address("GATEWRIGHT_STATUS_ADDRESS");
        String durability = reader.text("GATEWRIGHT_COMPLETION", "durable");
        if (!durability.equals("durable") && !durability.equals("relaxed")) {
            reader.add("GATEWRIGHT_COMPLETION is " + durability + "; use durable or relaxed.");
        }
        String user = reader.text("GATEWRIGHT_DB_USER", "gatewright");
        String password = reader.text("GATEWRIGHT_DB_PASSWORD", "");
        Path data = Path.of(reader.text("GATEWRIGHT_DATA_DIR", System.getProperty("java.io.tmpdir")));
        reader.refuseOthers();
        if (!reader.problems.isEmpty()) {
            throw new Invalid(reader.problems);
        }
        return new SidecarOptions(
                envoy.orElse(null),
                kong.orElse(null),
                url,
                user,
                password,
                pool,
                Pepper.of(peppers),
                seals.isEmpty() ? null : new Seal(seals.getFirst()),
                durability.equals("relaxed"),
                quota,
                data,
                Duration.ofSeconds(drain),
                status.orElse(null));
    }

    /** @param asked every name that was asked for so far */
    private record Reader(Map<String, String> environment, List<String> problems, Set<String> asked) {
        void add(String problem) {
            problems.add(problem);
        }

        String text(String name, String unset) {
            asked.add(name);
            return environment.getOrDefault(name, unset);
        }

        /** Once all was asked for: a name of ours that was not is a slip, and would be without effect. */
        void refuseOthers() {
            new TreeMap<>(environment).forEach((name, value) -> {
                if (name.startsWith("GATEWRIGHT_") && !asked.contains(name) && !OtherVariables.has(name, value)) {
                    add("The environment has " + name + ", which is not a setting of this process; did you mean "
                            + nearest(name) + "?");
                }
            });
        }

        /** The one that begins and ends most alike. */
        private String nearest(String name) {
            return Collections.max(asked, Comparator.comparingInt(known -> alike(name, known)));
        }

        private static int alike(String name, String known) {
            int shorter = Math.min(name.length(), known.length());
            int start = 0;
            while (start < shorter && name.charAt(start) == known.charAt(start)) {
                start++;
            }
            int end = 0;
            while (end < shorter - start
                    && name.charAt(name.length() - 1 - end) == known.charAt(known.length() - 1 - end)) {
                end++;
            }
            return start + end;
        }

        String required(String name, String what) {
            String value = text(name, "");
            if (value.isEmpty()) {
                add("Set " + name + " to " + what + ".");
            }
            return value;
        }

        Optional<Path> path(String name) {
            String value = text(name, "");
            if (value.length() > 80) {
                add(name + " has " + value.length() + " characters; the path of a socket may have at most 80 here.");
            }
            return value.isEmpty() ? Optional.empty() : Optional.of(Path.of(value));
        }

        /** An IP address and a port, IPv6 in brackets: a name would have to be looked up before anything can be said. */
        Optional<InetSocketAddress> address(String name) {
            String value = text(name, "");
            Matcher parts = ADDRESS.matcher(value);
            if (parts.matches() && Integer.parseInt(parts.group(2)) <= 65_535) {
                try {
                    return Optional.of(new InetSocketAddress(
                            InetAddress.ofLiteral(parts.group(1).replaceAll("[\\[\\]]", "")),
                            Integer.parseInt(parts.group(2))));
                } catch (IllegalArgumentException e) {
                    // said below
                }
            }
            if (!value.isEmpty()) {
                add(name + " is " + value + "; give an IP address and a port, such as 127.0.0.1:9465.");
            }
            return Optional.empty();
        }

        int number(String name, int unset, int least, int most) {
            String value = text(name, String.valueOf(unset));
            try {
                int number = Integer.parseInt(value);
                if (number >= least && number <= most) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // said below
            }
            add(name + " is no number from " + least + " to " + most + ".");
            return unset;
        }

        List<Octets> secrets(String name) {
            return Secrets.read(name, text(name, ""), problems::add);
        }
    }

    @Override
    public String toString() {
        return "SidecarOptions[envoy=" + envoySocket + ", kong=" + kongSocket + ", database=" + databaseUrl + "]";
    }
}
