package io.gatewright.envoybootstrap;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
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
        try (InputStream file = Bootstrap.class.getResourceAsStream("bootstrap.yaml")) {
            if (file == null) {
                throw new IllegalStateException("bootstrap.yaml is missing beside " + Bootstrap.class.getName());
            }
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The file that Envoy reads, in YAML. */
    public String yaml() {
        Map<String, String> values = Map.of(
                "node.id", nodeId,
                "node.cluster", cluster,
                "xds.host", xdsHost,
                "xds.port", Integer.toString(xdsPort),
                "admin.port", Integer.toString(adminPort));
        return PLACEHOLDER
                .matcher(template())
                .replaceAll(match -> Matcher.quoteReplacement(values.getOrDefault(match.group(1), match.group())));
    }
}
