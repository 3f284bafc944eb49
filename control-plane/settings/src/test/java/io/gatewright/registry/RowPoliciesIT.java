package io.gatewright.registry;

import static io.gatewright.registry.Samples.limit;
import static io.gatewright.registry.Samples.org;
import static io.gatewright.registry.Samples.set;
import static io.gatewright.registry.Samples.tenant;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatewright.settings.DocumentKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The second lock alone: the registry's own statements in the service's role, past every check in the code. */
final class RowPoliciesIT {
    private static TestDatabase database;

    @BeforeAll
    static void open() {
        database = TestDatabase.migrated();
        new Registry(database.service(), Clock.systemUTC())
                .commit(set(
                        org("acme", "Acme"),
                        org("beta", "Beta"),
                        tenant("acme-de", "acme"),
                        tenant("beta-de", "beta"),
                        limit("global", 1),
                        limit("org=acme", 1),
                        limit("org=beta", 1),
                        limit("tenant=acme-de", 1),
                        limit("tenant=beta-de", 1)));
    }

    @AfterAll
    static void close() {
        database.close();
    }

    private interface Work {
        int on(Connection connection) throws SQLException;
    }

    /** In the service's role, in a transaction with that value of {@code gatewright.orgs}, which is rolled back. */
    private static int as(@Nullable String orgs, Work work) throws SQLException {
        try (Connection connection = database.owner();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("SET ROLE gatewright_service");
            if (orgs != null) {
                statement.execute("SELECT set_config('gatewright.orgs', '" + orgs + "', true)");
            }
            int rows = work.on(connection);
            connection.rollback();
            return rows;
        }
    }

    private static DocumentChange of(String key, String body) {
        DocumentKey document = Samples.key(key);
        return new DocumentChange(document, 1L, Samples.json(body), Samples.json(body));
    }

    private static int write(Connection connection, String key, String body) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(DocumentTable.WRITE)) {
            DocumentTable.bindWrite(statement, 1, 1, List.of(of(key, body)));
            return statement.executeUpdate();
        }
    }

    private static int remove(Connection connection, String key) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(DocumentTable.REMOVE)) {
            DocumentTable.bindKeys(statement, 1, List.of(of(key, "{}")));
            return statement.executeUpdate();
        }
    }

    private static int record(Connection connection, String key, String body) throws SQLException {
        try (Statement revision = connection.createStatement();
                PreparedStatement statement = connection.prepareStatement(ChangeTable.INSERT)) {
            revision.execute("INSERT INTO registry.revision (number, actor, reason, previous_hash, hash)"
                    + " SELECT 2, 'a', 'r', hash, decode(repeat('01', 32), 'hex') FROM registry.revision");
            ChangeTable.bindInsert(statement, 1, 2, List.of(of(key, body)));
            return statement.executeUpdate();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                org/acme                                | {"name":"x"}
                tenant/acme-de                          | {"org":"acme","hosts":[]}
                setting/org=acme/rate-limit.requests    | {"value":2}
                setting/tenant=acme-de/rate-limit.requests | {"value":2}
                """)
    void letWhatIsOfTheOrg(String key, String body) throws SQLException {
        assertThat(as("gamma,acme", connection -> write(connection, key, body))).isEqualTo(1);
        assertThat(as("acme", connection -> record(connection, key, body))).isEqualTo(1);
        assertThat(as("acme", connection -> remove(connection, key))).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                org/beta                                | {"name":"x"}
                org/new                                 | {"name":"x"}
                tenant/beta-de                          | {"org":"beta","hosts":[]}
                tenant/beta-de                          | {"org":"acme","hosts":[]}
                tenant/acme-de                          | {"org":"beta","hosts":[]}
                setting/global/rate-limit.requests      | {"value":2}
                setting/org=beta/rate-limit.requests    | {"value":2}
                setting/org=beta,module=m/rate-limit.requests | {"value":2}
                setting/tenant=beta-de/rate-limit.requests | {"value":2}
                setting/tenant=beta-de,route=m/r/rate-limit.requests | {"value":2}
                setting/module=acme/rate-limit.requests | {"value":2}
                module/acme                             | {"prefix":"/x"}
                issuer/acme                             | {"tenant":"acme-de"}
                """)
    void refuseWhatIsOfOthers(String key, String body) {
        assertThatThrownBy(() -> as("acme", connection -> write(connection, key, body)))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"))
                .hasMessageContaining("row-level security");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "org/beta",
                "tenant/beta-de",
                "setting/global/rate-limit.requests",
                "setting/org=beta/rate-limit.requests",
                "setting/tenant=beta-de/rate-limit.requests"
            })
    void keepWhatIsOfOthersFromBeingRemovedAndRecorded(String key) throws SQLException {
        assertThat(as("acme", connection -> remove(connection, key))).isZero();
        assertThatThrownBy(() -> as("acme", connection -> record(connection, key, "{\"org\":\"beta\"}")))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "acm", "acme-de"})
    void letNothingPassWithoutAnOrg(@Nullable String orgs) {
        assertThatThrownBy(() -> as(orgs, connection -> write(connection, "org/acme", "{\"name\":\"x\"}")))
                .hasMessageContaining("row-level security");
    }
}
