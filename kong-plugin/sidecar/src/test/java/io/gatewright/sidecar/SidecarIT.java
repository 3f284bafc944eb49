package io.gatewright.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.guard.Pepper;
import io.gatewright.guard.http.Octets;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole process on a Postgres that keeps what it is given. */
final class SidecarIT {
    @TempDir
    Path directory;

    private SidecarOptions options(String url) {
        return new SidecarOptions(
                directory.resolve("guard.sock"),
                directory.resolve("kong.sock"),
                url,
                "postgres",
                "postgres",
                4,
                Pepper.of(List.of(Octets.of("a pepper of thirty-two octets ok"))),
                null,
                false,
                0,
                directory,
                Duration.ofSeconds(1),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @Test
    void opensBothDoorsAndLeavesNoSocketBehind() throws Exception {
        try (EmbeddedPostgres server =
                EmbeddedPostgres.builder().setServerConfig("fsync", "on").start()) {
            String url = server.getJdbcUrl("postgres", "postgres").replaceFirst("\\?.*", "");
            io.gatewright.registry.Migrations.migrate(url, "postgres", "postgres");
            io.gatewright.guard.store.Migrations.migrate(url, "postgres", "postgres");
            Sidecar sidecar = new Sidecar(options(url));
            assertThat(Files.isSymbolicLink(directory.resolve("guard.sock"))).isTrue();
            assertThat(directory.resolve("kong.sock")).exists();
            sidecar.stop();
            try (var files = Files.list(directory)) {
                assertThat(files.map(file -> file.getFileName().toString()).filter(name -> name.contains("sock")))
                        .isEmpty();
            }
        }
    }

    @Test
    void describesItsPluginsToKongWithoutAnything() throws Exception {
        Main.main(new String[] {"dump-to", directory.toString()});
        try (var files = Files.list(directory)) {
            List<Path> dumps =
                    files.filter(file -> file.toString().endsWith(".json")).toList();
            assertThat(dumps).isNotEmpty();
            StringBuilder all = new StringBuilder();
            for (Path dump : dumps) {
                all.append(Files.readString(dump));
            }
            assertThat(all.toString()).contains("gatewright-guard", "gatewright-idempotency", "\"response\"");
        }
    }
}
