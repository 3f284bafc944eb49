package io.gatewright.server;

import io.gatewright.guard.Pepper;
import io.gatewright.guard.Secrets;
import io.gatewright.guard.http.Octets;
import io.gatewright.settings.Body;
import io.gatewright.xds.AdsTls;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads what was given for each key, and notes what is wrong. One thread at a time.
 *
 * @param problems gets one line for each
 */
record Values(Map<ConfigurationKey, String> given, List<String> problems) {
    private static final Pattern KONG =
            Pattern.compile("(?<name>[A-Za-z0-9][A-Za-z0-9._-]{0,62})=(?<admin>[^|]+)(\\|(?<proxy>[^|]+))?");

    String text(ConfigurationKey key) {
        return given.getOrDefault(key, key.defaultValue());
    }

    String name(ConfigurationKey key, String otherwise) {
        String name = text(key).isEmpty() ? otherwise : text(key);
        if (!name.matches("[A-Za-z0-9.-]{1,64}")) {
            wrong(key);
        }
        return name;
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
        return duration(key, Duration.ofSeconds(1), Duration.ofHours(24));
    }

    Duration days(ConfigurationKey key) {
        return duration(key, Duration.ofDays(1), Duration.ofDays(3650));
    }

    Duration duration(ConfigurationKey key, Duration least, Duration most) {
        try {
            Duration value = Duration.parse(text(key));
            if (value.compareTo(least) >= 0 && value.compareTo(most) <= 0) {
                return value;
            }
        } catch (DateTimeParseException e) {
            // falls to the problem below
        }
        wrong(key);
        return least;
    }

    List<String> topics(ConfigurationKey key) {
        List<String> topics = List.of(text(key).split(",", -1));
        if (!topics.equals(Configuration.Events.ALL_TOPICS)
                && !topics.stream().allMatch(topic -> topic.matches("[a-z][a-z0-9-]*\\.[a-z][a-z0-9-]*"))) {
            wrong(key);
        }
        return topics;
    }

    /** Host names or addresses, in lower case. */
    Set<String> names(ConfigurationKey key) {
        Set<String> names = new TreeSet<>();
        for (String name : text(key).split(",", -1)) {
            String trimmed = name.strip().toLowerCase(Locale.ROOT);
            if (trimmed.matches("[a-z0-9.:-]{1,253}")) {
                names.add(trimmed);
            } else if (!trimmed.isEmpty()) {
                wrong(key);
            }
        }
        return Set.copyOf(names);
    }

    String loopback(ConfigurationKey key, String fix) {
        String host = text(key);
        if (!isLoopback(host)) {
            problems.add(key.flag() + " is " + host + ", which is not a loopback address; " + fix);
        }
        return host;
    }

    String address(ConfigurationKey key) {
        if (!isAddress(text(key))) {
            wrong(key);
        }
        return text(key);
    }

    /** The three files belong together. Null when none is given. */
    @Nullable
    AdsTls xdsTls() {
        List<ConfigurationKey> files =
                List.of(ConfigurationKey.XDS_CERTIFICATE, ConfigurationKey.XDS_KEY, ConfigurationKey.XDS_AUTHORITIES);
        List<Path> given = files.stream()
                .filter(key -> !text(key).isEmpty())
                .map(key -> readable(key))
                .toList();
        List<String> nodes = nodes();
        if (given.isEmpty()) {
            return null;
        }
        if (given.size() < files.size()) {
            problems.add("--xds-certificate, --xds-key and --xds-authorities belong together; set all, or none");
            return null;
        }
        return new AdsTls(given.get(0), given.get(1), given.get(2), nodes);
    }

    private Path readable(ConfigurationKey key) {
        Path file = Path.of(text(key)).toAbsolutePath();
        if (!Files.isReadable(file) || Files.isDirectory(file)) {
            problems.add(key.flag() + " is " + file + ", which is no file that this process can read");
        }
        return file;
    }

    private List<String> nodes() {
        List<String> nodes = Arrays.stream(text(ConfigurationKey.XDS_NODES).split(",", -1))
                .map(String::strip)
                .toList();
        if (!nodes.stream().allMatch(node -> node.matches("[A-Za-z0-9._:/-]{0,252}[A-Za-z0-9._:/*-]"))) {
            wrong(ConfigurationKey.XDS_NODES);
        }
        return nodes;
    }

    /** Also says when its audience is missing, or is there without it. */
    String issuer() {
        String issuer = text(ConfigurationKey.API_ISSUER);
        if (issuer.isEmpty() != text(ConfigurationKey.API_AUDIENCE).isEmpty()) {
            problems.add("--api-issuer and --api-audience belong together; set both, or neither");
        }
        if (!issuer.isEmpty() && !isServer(issuer)) {
            wrong(ConfigurationKey.API_ISSUER);
        }
        return issuer;
    }

    /** The Kongs by their names, which are told apart. */
    List<Configuration.KongAddress> kongs() {
        String all = text(ConfigurationKey.KONG_NODES);
        List<Configuration.KongAddress> kongs = new ArrayList<>();
        for (String one : all.isEmpty() ? new String[0] : all.split(",", -1)) {
            Matcher parts = KONG.matcher(one.strip());
            if (!parts.matches()
                    || !isServer(parts.group("admin"))
                    || (parts.group("proxy") != null && !isServer(parts.group("proxy")))) {
                wrong(ConfigurationKey.KONG_NODES);
                return List.of();
            }
            String proxy = parts.group("proxy");
            kongs.add(new Configuration.KongAddress(
                    parts.group("name"), URI.create(parts.group("admin")), proxy == null ? null : URI.create(proxy)));
        }
        if (kongs.stream().map(Configuration.KongAddress::name).distinct().count() < kongs.size()) {
            problems.add("--kong-nodes names a Kong twice; give each its own name");
        }
        return List.copyOf(kongs);
    }

    /** Null when there is none. */
    Body.@Nullable Endpoint endpoint(ConfigurationKey key) {
        if (text(key).isEmpty()) {
            return null;
        }
        if (!text(key).matches("[A-Za-z0-9.-]{1,253}:[1-9][0-9]{0,4}")
                || Body.Endpoint.parse(text(key)).port() > 65_535) {
            wrong(key);
            return null;
        }
        return Body.Endpoint.parse(text(key));
    }

    /** Null when there is none, or no good one. */
    @Nullable
    Pepper pepper() {
        int before = problems.size();
        List<Octets> secrets =
                Secrets.read(ConfigurationKey.PEPPER.flag(), text(ConfigurationKey.PEPPER), problems::add);
        return secrets.isEmpty() || problems.size() > before ? null : Pepper.of(secrets);
    }

    private static boolean isServer(String text) {
        try {
            URI uri = URI.create(text);
            String host = uri.getHost();
            boolean plain = uri.getRawQuery() == null && uri.getRawFragment() == null && uri.getRawUserInfo() == null;
            return host != null
                    && plain
                    && ("https".equals(uri.getScheme()) || ("http".equals(uri.getScheme()) && isHere(host)));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isHere(String host) {
        return host.equals("localhost") || isLoopback(host.replaceAll("[\\[\\]]", ""));
    }

    private static boolean isAddress(String host) {
        return host.matches("[0-9.]+|[0-9a-f:]+");
    }

    private static boolean isLoopback(String host) {
        try {
            return isAddress(host) && InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private void wrong(ConfigurationKey key) {
        problems.add(key.flag() + " is " + text(key) + "; write " + key.form());
    }
}
