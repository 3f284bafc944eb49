package io.gatewright.deploy;

import io.gatewright.envoybootstrap.EnvoyBinary;
import io.gatewright.envoybootstrap.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What stands in the containers' files, and what it is for plain processes on loopback: the one table by which {@link DeployIT}
 * differs from the containers. Immutable once made.
 */
final class OnThisMachine {
    private static final List<Integer> PORTS = List.of(8000, 8001, 8080, 9465, 9901, 10000, 18000);

    private final Map<String, String> table;
    private final Pattern known;

    /**
     * Makes the directories and picks the ports.
     *
     * @param issuer stands for Keycloak's realm
     */
    OnThisMachine(Path directory, String container, Containerfile images, int postgres, String issuer)
            throws IOException {
        table = new TreeMap<>(Map.ofEntries(
                Map.entry("/opt/java", directory.resolve("java").toString()),
                Map.entry(
                        "/opt/gatewright/sidecar/gatewright-sidecar.aot",
                        directory.resolve("sidecar.aot").toString()),
                Map.entry("/usr/local/bin/envoy", EnvoyBinary.find().toString()),
                Map.entry("/etc/envoy", directory.resolve("envoy").toString()),
                Map.entry("/run/gatewright", directory.resolve("run").toString()),
                Map.entry(
                        "/usr/local/share/gatewright",
                        directory.resolve("plugins").toString()),
                Map.entry("/var/lib/gatewright", directory.resolve(container).toString()),
                Map.entry("//postgres:5432", "//127.0.0.1:" + postgres),
                Map.entry("http://127.0.0.1:8180/realms/freshplan", issuer),
                Map.entry("0.0.0.0", "127.0.0.1")));
        for (String name : List.of("envoy", "run", "plugins", container)) {
            Files.createDirectories(directory.resolve(name));
        }
        Pattern copied = Pattern.compile("--from=build /src/(\\S+) (\\S+)");
        for (String stage : List.of("control-plane", "sidecar")) {
            for (String copy : images.stage(stage).all("COPY")) {
                Matcher words = copied.matcher(copy);
                if (words.matches()) {
                    table.put(
                            words.group(2),
                            DeployFile.ROOT.resolve(words.group(1)).toString());
                }
            }
        }
        PORTS.forEach(port -> table.put(port.toString(), Integer.toString(Ports.free())));
        known = known();
    }

    private OnThisMachine(OnThisMachine other, String from, String to) {
        table = new TreeMap<>(other.table);
        table.put(from, to);
        known = known();
    }

    /** The same but for the directory of one container. */
    OnThisMachine with(String from, Path to) throws IOException {
        Files.createDirectories(to);
        return new OnThisMachine(this, from, to.toString());
    }

    /** The longest first, numbers only as a whole. */
    private Pattern known() {
        return Pattern.compile(table.keySet().stream()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .map(text -> text.matches("[0-9]+") ? "(?<![0-9])" + text + "(?![0-9])" : Pattern.quote(text))
                .reduce((one, other) -> one + "|" + other)
                .orElseThrow());
    }

    /** A text of a file, in words of this machine. */
    String of(String text) {
        return known.matcher(text).replaceAll(match -> Matcher.quoteReplacement(table.get(match.group())));
    }

    List<String> of(List<String> words) {
        List<String> ours = new ArrayList<>(words);
        ours.replaceAll(this::of);
        return ours;
    }

    Map<String, String> of(Map<String, String> environment) {
        Map<String, String> ours = new TreeMap<>(environment);
        ours.replaceAll((name, value) -> of(value));
        return ours;
    }

    int port(int inTheFile) {
        return Integer.parseInt(of(Integer.toString(inTheFile)));
    }
}
