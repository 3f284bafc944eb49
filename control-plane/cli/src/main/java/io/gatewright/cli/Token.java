package io.gatewright.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the bearer token to send: from a file that was named, from the environment, or the one that a control plane on this
 * machine left in its data directory. The last is never sent to another machine.
 */
final class Token {
    private static final String FILE = "api-token";

    private Token() {}

    /** What the file holds, whose name was typed. */
    static String in(Path file) throws IOException {
        return Files.readString(file).strip();
    }

    /** Without a named file. Empty: there is none, and the server says what it wants. */
    static Optional<String> find(URI server, Map<String, String> environment) {
        String given = environment.getOrDefault("GATEWRIGHT_TOKEN", "").strip();
        if (!given.isEmpty()) {
            return Optional.of(given);
        }
        Path file = dataDirectory(environment).resolve(FILE);
        try {
            return isHere(server) && Files.isReadable(file) ? Optional.of(in(file)) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // it went away with its control plane
        }
    }

    /** As the control plane chooses it. */
    private static Path dataDirectory(Map<String, String> environment) {
        String given = environment.getOrDefault("GATEWRIGHT_DATA_DIR", "");
        if (!given.isEmpty()) {
            return Path.of(given);
        }
        String home = environment.getOrDefault("HOME", System.getProperty("user.home", "."));
        return Path.of(environment.getOrDefault("XDG_DATA_HOME", home + "/.local/share"), "gatewright");
    }

    private static boolean isHere(URI server) {
        String host = server.getHost();
        try {
            return host.equals("localhost")
                    || (host.matches("[0-9.]+|\\[[0-9a-f:]+]")
                            && InetAddress.getByName(host).isLoopbackAddress());
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
