package io.gatewright.envoybootstrap;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The directory that Gatewright was built in. Stateless. */
public final class Checkout {
    private Checkout() {}

    /**
     * The directory that holds the launcher: the system property {@code gatewright.home}, which the launcher sets, else
     * the nearest one at or above the working directory.
     *
     * @throws EnvoyUnavailable when there is none
     */
    public static Path directory() {
        @Nullable String home = System.getProperty("gatewright.home");
        if (home != null) {
            return Path.of(home);
        }
        return Stream.iterate(Path.of("").toAbsolutePath(), p -> p != null, Path::getParent)
                .filter(p ->
                        Files.isExecutable(p.resolve("gatewright")) && Files.isDirectory(p.resolve("envoy-bootstrap")))
                .findFirst()
                .orElseThrow(() -> new EnvoyUnavailable(
                        "the checkout of Gatewright was not found: start by ./gatewright, or set -Dgatewright.home"));
    }
}
