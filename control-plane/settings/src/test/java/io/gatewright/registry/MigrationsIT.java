package io.gatewright.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MigrationsIT {
    private static TestDatabase database;

    @BeforeAll
    static void migrateAndWrite() {
        database = TestDatabase.migrated();
        new Registry(database.service(), Clock.systemUTC()).commit(Samples.set(Samples.org("acme", "Acme")));
    }

    @AfterAll
    static void close() {
        database.close();
    }

    @Test
    void migratesTwiceWithoutHarm() {
        Migrations.migrate(database.url(), TestDatabase.OWNER, "owner");

        assertThat(database.ask("SELECT count(*) FROM registry.revision")).isEqualTo("1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE registry.revision SET reason = 'other'",
                "DELETE FROM registry.revision",
                "TRUNCATE registry.revision CASCADE",
                "UPDATE registry.change SET new_body = '{}'",
                "DELETE FROM registry.change",
                "TRUNCATE registry.change",
                "INSERT INTO registry.change SELECT * FROM registry.change ON CONFLICT (revision, position) DO UPDATE SET id = 'x'",
                "MERGE INTO registry.change c USING registry.change o ON c.id = o.id WHEN MATCHED THEN DELETE"
            })
    void refusesToRewriteHistoryToServiceAndOwner(String sql) {
        assertThatThrownBy(() -> run(database.owner(), "SET ROLE gatewright_service", sql))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"))
                .hasMessageContaining("permission denied");
        assertThatThrownBy(() -> run(database.owner(), sql))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("cannot be rewritten");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE TABLE registry.x ()",
                "DROP TRIGGER history_stays ON registry.change",
                "ALTER TABLE registry.revision DISABLE TRIGGER history_stays",
                "DROP TABLE registry.change",
                "SET session_replication_role = replica"
            })
    void keepsTheServiceFromGettingAroundIt(String sql) {
        assertThatThrownBy(() -> run(database.owner(), "SET ROLE gatewright_service", sql))
                .isInstanceOf(SQLException.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a gap | 3, 'a', 'r', decode(repeat('00', 32), 'hex')",
                "a wrong previous hash | 2, 'a', 'r', decode(repeat('00', 32), 'hex')",
                "a second first | 1, 'a', 'r', decode(repeat('00', 32), 'hex')",
                "a blank reason | 2, 'a', ' ', (SELECT hash FROM registry.revision WHERE number = 1)",
                "a blank actor | 2, '', 'r', (SELECT hash FROM registry.revision WHERE number = 1)"
            })
    void refusesARevisionWith(String fault, String values) {
        String insert = "INSERT INTO registry.revision (number, actor, reason, previous_hash, hash) SELECT " + values
                + ", decode(repeat('01', 32), 'hex')";

        assertThatThrownBy(() -> run(database.owner(), "SET ROLE gatewright_service", insert))
                .as(fault)
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).startsWith("23"));
    }

    @Test
    void saysWhatToDoWhenTheUserIsRefused() {
        assertThatThrownBy(() -> Migrations.migrate(database.url(), "nobody-here", "x"))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("refuses the user nobody-here; correct the user or its password");
    }

    @Test
    void saysWhatToDoWhenNobodyListens() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        assertThatThrownBy(() -> Migrations.migrate("jdbc:postgresql://127.0.0.1:" + free + "/x", "u", "p"))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("start it or correct host and port");
    }

    @Test
    void saysWhatToDoWhenTheDatabaseIsMissing() {
        assertThatThrownBy(() -> Migrations.migrate(database.url() + "x", TestDatabase.OWNER, "owner"))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("does not exist; create it");
    }

    @Test
    void refusesAnOldServer() {
        assertThatThrownBy(() -> Migrations.requireServer(140_011, "jdbc:x"))
                .hasMessage("The Postgres at jdbc:x is version 14; use version 15 or newer");
        Migrations.requireServer(150_000, "jdbc:x");
    }

    private static void run(Connection opened, String... statements) throws SQLException {
        try (Connection connection = opened;
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
