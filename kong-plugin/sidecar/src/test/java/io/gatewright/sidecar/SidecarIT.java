package io.gatewright.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatewright.guard.Pepper;
import io.gatewright.guard.http.Octets;
import io.gatewright.registry.Change;
import io.gatewright.registry.Changeset;
import io.gatewright.registry.CommitResult;
import io.gatewright.registry.Registry;
import io.gatewright.settings.DocumentKey;
import io.gatewright.settings.Kind;
import io.gatewright.sidecar.probe.StubModule;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
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
    void asksAModuleWhatBecameOfALostAttempt() throws Exception {
        String attempt = "0d1f8c9e-4b7a-4e0e-9a55-6f2f1f3b7c11";
        try (StubModule module = new StubModule();
                EmbeddedPostgres server = EmbeddedPostgres.builder()
                        .setServerConfig("fsync", "on")
                        .start()) {
            module.says("/attempts/" + attempt, 200, "{'outcome':'applied','status':201}");
            String url = server.getJdbcUrl("postgres", "postgres").replaceFirst("\\?.*", "");
            io.gatewright.registry.Migrations.migrate(url, "postgres", "postgres");
            io.gatewright.guard.store.Migrations.migrate(url, "postgres", "postgres");
            Registry registry = new Registry(server.getPostgresDatabase(), Clock.systemUTC());
            assertThat(registry.commit(new Changeset(
                            "test",
                            "test",
                            null,
                            List.of(
                                    change(Kind.ORG, "acme", "{\"name\":\"Acme\"}"),
                                    change(Kind.TENANT, "acme-de", "{\"org\":\"acme\"}"),
                                    change(
                                            Kind.MODULE,
                                            "orders",
                                            "{\"prefix\":\"/orders\",\"upstream\":{\"endpoints\":[\""
                                                    + module.endpoint() + "\"]}}"),
                                    change(
                                            Kind.SETTING,
                                            "module=orders/idempotency.probe",
                                            "{\"value\":\"/attempts/{attempt}\"}")))))
                    .isInstanceOf(CommitResult.Committed.class);
            Sidecar sidecar = new Sidecar(options(url));
            try (Connection connection = server.getPostgresDatabase().getConnection();
                    Statement sql = connection.createStatement()) {
                await(sql, "SELECT count(*) = 1 FROM idempotency.probed");
                sql.execute("""
                        INSERT INTO idempotency.claim (tenant, kh, kh_tail, state, fp, attempt, fence, lease_until, created, expires,
                            ended, cause, route, correlation)
                        SELECT 'acme-de', gen_random_uuid(), gen_random_uuid(), 4, sha256('body'), '%s', 1, now, now,
                            now + interval '1 day', now, 'timeout', 'orders/', 'c' FROM clock_timestamp() now
                        """.formatted(attempt));
                await(sql, "SELECT state = 2 AND status = 201 FROM idempotency.claim");
            } finally {
                sidecar.stop();
            }
        }
    }

    private static Change change(Kind kind, String id, String body) throws IOException {
        return new Change(new DocumentKey(kind, id), null, new ObjectMapper().readTree(body));
    }

    /** Each question waits on the server; it is asked for two minutes at most. */
    private static void await(Statement sql, String question) throws SQLException {
        for (int i = 0; i < 1_200; i++) {
            try (ResultSet row = sql.executeQuery("SELECT (" + question + ") FROM pg_sleep(0.1)")) {
                row.next();
                if (row.getBoolean(1)) {
                    return;
                }
            }
        }
        throw new AssertionError("Never true: " + question);
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
