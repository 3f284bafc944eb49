package io.gatewright.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatewright.events.EventHistory.Change;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/** Readers in other languages: functions and a login of their own. */
final class TenantsIT extends OnDatabase {
    private static final String READ = "SELECT \"offset\", event FROM events.read('orders', 3)";

    private Connection reader() throws SQLException {
        return DriverManager.getConnection(database.url(), "reader_of_tenant_1", "reader");
    }

    private static List<String> column(Connection connection, String query, int column) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            List<String> values = new ArrayList<>();
            while (row.next()) {
                values.add(row.getString(column));
            }
            return values;
        }
    }

    @Test
    @DisplayName("42: a login reads its tenants' events, with their true offsets, and no others; the hint names none")
    void ownTenantOnly() throws Exception {
        database.tamper(
                "DROP ROLE IF EXISTS reader_of_tenant_1",
                "CREATE ROLE reader_of_tenant_1 LOGIN PASSWORD 'reader'",
                "GRANT USAGE ON SCHEMA events TO reader_of_tenant_1",
                "GRANT EXECUTE ON FUNCTION events.read, events.subscribe, events.acknowledge TO reader_of_tenant_1",
                "GRANT SELECT ON events.log, events.reader TO reader_of_tenant_1",
                "INSERT INTO events.reader VALUES ('reader_of_tenant_1', 'tenant-1')");
        try (Connection reader = reader();
                Connection listener = database.open();
                Statement listen = listener.createStatement();
                Statement statement = reader.createStatement()) {
            listen.execute("LISTEN " + Hints.CHANNEL);
            statement.execute("SELECT events.subscribe('orders', '{test.key}', true)");
            for (int i = 0; i < 20; i++) {
                append(Workload.event(new Change("key-" + i, 1)));
            }
            try (Sequencer sequencer = sequencer()) {
                Until.holds(() -> sequencer.status().head() == 20, sequencer::status);
            }
            for (var hint : listener.unwrap(PGConnection.class).getNotifications(10_000)) {
                assertThat(hint.getParameter()).doesNotContain("tenant-").contains("\"topics\":[\"test.key\"]");
            }

            List<String> offsets = new ArrayList<>();
            List<String> read = column(reader, READ, 1);
            while (!read.isEmpty()) {
                assertThat(column(reader, READ, 2))
                        .allSatisfy(text ->
                                assertThat(CloudEvent.parse(text).tenant()).isEqualTo("tenant-1"));
                offsets.addAll(read);
                statement.execute("SELECT events.acknowledge('orders', " + read.getLast() + ")");
                read = column(reader, READ, 1);
            }
            assertThat(offsets).containsExactly("1", "9", "17");
            assertThat(column(reader, "SELECT DISTINCT tenant FROM events.log", 1))
                    .containsExactly("tenant-1");

            listen.execute("SELECT events.subscribe('of-another', '{test.key}', true)");
            assertThatThrownBy(() -> column(reader, "SELECT * FROM events.read('of-another', 3)", 1))
                    .hasMessageContaining("There is no consumer of-another of the login reader_of_tenant_1");
            assertThatThrownBy(() -> statement.execute("SELECT events.acknowledge('of-another', 3)"))
                    .hasMessageContaining("There is no consumer");
            assertThatThrownBy(() -> statement.execute("SELECT events.append('{}')"))
                    .hasMessageContaining("permission denied");
        }
        assertThat(database.ask("SELECT string_agg(DISTINCT passed || '', ',') FROM events.cursor"
                        + " WHERE consumer = 'orders' AND part = events.partition_of('tenant-1', NULL)"))
                .isEqualTo("3");
        database.tamper(
                "DELETE FROM events.consumer", "DROP OWNED BY reader_of_tenant_1", "DROP ROLE reader_of_tenant_1");
    }
}
