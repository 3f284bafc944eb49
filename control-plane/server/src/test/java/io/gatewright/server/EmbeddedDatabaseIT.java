package io.gatewright.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Postgres that the process brings along, stopped by who started it or by who took it over. */
final class EmbeddedDatabaseIT {
    @TempDir
    private Path directory;

    @Test
    void stopsWhileSomebodyIsConnected() throws Exception {
        EmbeddedDatabase started = EmbeddedDatabase.start(directory, false);
        try (Connection guest = connect(started)) {
            assertThat(guest.isValid(1)).isTrue();
            started.close();
        }
        assertThat(pidFile()).doesNotExist();
    }

    @Test
    void stopsOneThatItTookOverWhileSomebodyIsConnected() throws Exception {
        try (EmbeddedDatabase started = EmbeddedDatabase.start(directory, false)) {
            EmbeddedDatabase takenOver = EmbeddedDatabase.start(directory, false);
            assertThat(takenOver.url()).isEqualTo(started.url());
            try (Connection guest = connect(takenOver)) {
                assertThat(guest.isValid(1)).isTrue();
                takenOver.close();
            }
            assertThat(pidFile()).doesNotExist();
        }
    }

    private Path pidFile() {
        return directory.resolve("postgres/postmaster.pid");
    }

    private static Connection connect(EmbeddedDatabase database) throws Exception {
        return DriverManager.getConnection(database.url(), database.user(), database.password());
    }
}
