package io.gatewright.envoybootstrap;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an Envoy is started with. Immutable.
 *
 * @param nodeId names this Envoy in its fleet
 * @param cluster names the fleet
 * @param xdsHost host name or address of the control plane's xDS server
 * @param xdsPort its port
 * @param adminPort port of Envoy's administration on 127.0.0.1; 0: any free one
 */
public record Bootstrap(String nodeId, String cluster, String xdsHost, int xdsPort, int adminPort) {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._:-]{1,253}");
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([a-z.]+)}");

    /** @throws IllegalArgumentException when a name has characters that would need quoting in YAML */
    public Bootstrap {
        for (String text : new String[] {nodeId, cluster, xdsHost}) {
            if (!PLAIN.matcher(text).matches()) {
                throw new IllegalArgumentException(
                        "'" + text + "' cannot stand in a bootstrap: use letters, digits, dots, hyphens and colons");
            }
        }
    }

    /** A gateway of the fleet {@code gatewright} beside a control plane on this machine. */
    public static Bootstrap local(String nodeId, int xdsPort) {
        return new Bootstrap(nodeId, "gatewright", "127.0.0.1", xdsPort, 0);
    }

    /** The bootstrap file that operators copy, with its <code>${placeholders}</code>. */
    public static String template() {
        return template("bootstrap.yaml");
    }

    /**
     * One of the files that operators copy.
     *
     * @param name {@code bootstrap.yaml}, {@code bootstrap-mtls.yaml}, {@code bootstrap-fleet.yaml}, {@code sds-node.yaml} or
     *     {@code sds-authorities.yaml}
     */
    public static String template(String name) {
        try (InputStream file = Bootstrap.class.getResourceAsStream(name)) {
            if (file == null) {
                throw new IllegalStateException(name + " is missing beside " + Bootstrap.class.getName());
            }
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The file that Envoy reads, in YAML. */
    public String yaml() {
        return filled(template(), values());
    }

    /**
     * The same for an Envoy that comes by TLS, and writes what else that needs.
     *
     * @param directory of Envoy's machine with {@code tls.crt}, {@code tls.key} and {@code ca.crt}; gets the files of secrets
     */
    public String yamlWithTls(Path directory) throws IOException {
        Map<String, String> values = new HashMap<>(values());
        values.put("tls.directory", directory.toString());
        for (String secret : List.of("sds-node.yaml", "sds-authorities.yaml")) {
            Files.writeString(directory.resolve(secret), filled(template(secret), values));
        }
        return filled(template("bootstrap-mtls.yaml"), values);
    }

    /**
     * The same for one of a fleet with two control planes.
     *
     * @param other host name or address of the second one; it answers at the same port, under the name of the first
     * @param heapBytes the most memory that it may use
     */
    public String yamlOfFleet(Path directory, String other, String region, String zone, long heapBytes)
            throws IOException {
        yamlWithTls(directory);
        Map<String, String> values = new HashMap<>(values());
        values.put("tls.directory", directory.toString());
        values.put("xds.other", other);
        values.put("node.region", region);
        values.put("node.zone", zone);
        values.put("heap.bytes", Long.toString(heapBytes));
        return filled(template("bootstrap-fleet.yaml"), values);
    }

    private static String filled(String template, Map<String, String> values) {
        return PLACEHOLDER
                .matcher(template)
                .replaceAll(match -> Matcher.quoteReplacement(values.getOrDefault(match.group(1), match.group())));
    }

    private Map<String, String> values() {
        return Map.of(
                "node.id", nodeId,
                "node.cluster", cluster,
                "xds.host", xdsHost,
                "xds.port", Integer.toString(xdsPort),
                "admin.port", Integer.toString(adminPort));
    }
}
