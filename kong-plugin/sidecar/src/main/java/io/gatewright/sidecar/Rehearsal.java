package io.gatewright.sidecar;

import io.gatewright.guard.Guard;
import io.gatewright.guard.Pepper;
import io.gatewright.guard.http.Octets;
import io.gatewright.guard.store.IdempotencyStore;
import io.gatewright.pdk.KongPlugin;
import io.gatewright.pdk.server.KongPluginServer;
import io.gatewright.settings.Settings;
import io.gatewright.sidecar.policy.Policies;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The process with nothing behind it: for descriptions of the plugins, and for a JVM that remembers what it loaded (JEP 483,
 * JEP 514), so that the next start need not look for it. One thread at a time.
 */
final class Rehearsal {
    /** Nobody listens at the first port. */
    private static final String NOWHERE = "jdbc:postgresql://127.0.0.1:1/nothing";

    private static final Pepper PEPPER = Pepper.of(List.of(Octets.of(new byte[32])));

    private Rehearsal() {}

    /** Writes what Kong's {@code query_cmd} prints. */
    static void describe(String directory) {
        withPlugins("--dump-to", directory);
    }

    /** Opens and closes both doors, which try themselves, then plays the plugins' handlers. */
    static void play() throws Exception {
        Path directory = Files.createTempDirectory("gatewright-rehearsal");
        try {
            InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            new Sidecar(new SidecarOptions(
                            directory.resolve("guard.sock"),
                            directory.resolve("kong.sock"),
                            NOWHERE,
                            "nobody",
                            "",
                            2,
                            PEPPER,
                            null,
                            false,
                            0,
                            directory,
                            Duration.ZERO,
                            anyPort))
                    .stop();
        } finally {
            try (var files = Files.list(directory)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(directory);
        }
        withPlugins("--rehearse", "{\"module\":\"rehearsal\"}");
    }

    private static void withPlugins(String... arguments) {
        IdempotencyStore store = new IdempotencyStore(new PGSimpleDataSource(), IdempotencyStore.Options.DEFAULT);
        try (Guard guard = new Guard(store, PEPPER, Clock.systemUTC())) {
            KongPlugin<?>[] plugins = Sidecar.plugins(() -> Settings.EMPTY, guard, new Policies(() -> Settings.EMPTY));
            KongPluginServer.run(arguments, plugins);
        }
    }
}
