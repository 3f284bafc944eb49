package io.gatewright.registry;

import static io.gatewright.registry.Samples.org;
import static io.gatewright.registry.Samples.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatewright.audit.AuditChain.Verdict;
import io.gatewright.audit.AuditFile;
import io.gatewright.settings.Kind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is done to something else than documents is told in the same chain, or is not done. */
final class TellingIT {
    private static final Changeset TOLD = Changeset.telling("ann", "released a key: not in the books");

    private TestDatabase database;
    private Registry registry;
    private History history;

    @BeforeEach
    void start() throws SQLException {
        database = TestDatabase.migrated();
        registry = new Registry(database.service(), Clock.systemUTC());
        history = new History(database.service());
        sql("CREATE TABLE registry.deed (n integer CHECK (n < 9)); GRANT ALL ON registry.deed TO gatewright_service");
        registry.commit(set(org("acme", "Acme")));
    }

    @AfterEach
    void stop() {
        database.close();
    }

    private void sql(String statement) throws SQLException {
        try (Connection owner = database.owner();
                Statement sql = owner.createStatement()) {
            sql.execute(statement);
        }
    }

    private static Registry.Deed writing(int number) {
        return transaction -> {
            try (Statement sql = transaction.createStatement()) {
                return sql.executeUpdate("INSERT INTO registry.deed VALUES (" + number + ")") == 1;
            }
        };
    }

    private String done() {
        return database.ask("SELECT count(*) FROM registry.deed");
    }

    @Test
    void aDeedIsARevisionWithoutChanges() throws IOException {
        assertThat(registry.tell(TOLD, writing(1))).isTrue();

        Revision revision = history.revision(2).orElseThrow();
        assertThat(revision.changes()).isEmpty();
        assertThat(revision.header().actor()).isEqualTo("ann");
        assertThat(revision.header().reason()).isEqualTo("released a key: not in the books");
        assertThat(done()).isEqualTo("1");
        assertThat(history.verify())
                .isEqualTo(new Verdict.Intact(1, 2, revision.header().hash()));
        ByteArrayOutputStream export = new ByteArrayOutputStream();
        history.export(1, 2, export);
        assertThat(AuditFile.verify(new ByteArrayInputStream(export.toByteArray()), null))
                .isInstanceOf(Verdict.Intact.class);
        database.tamper("UPDATE registry.revision SET reason = 'released another' WHERE number = 2");
        assertThat(history.verify())
                .isInstanceOfSatisfying(
                        Verdict.Altered.class,
                        altered -> assertThat(altered.revision()).isEqualTo(2));
    }

    @Test
    void whatIsNotDoneIsNotTold() {
        assertThat(registry.tell(TOLD, transaction -> false)).isFalse();
        assertThatThrownBy(() -> registry.tell(TOLD, writing(9))).isInstanceOf(RegistryException.class);
        assertThatThrownBy(() -> registry.tell(Changeset.telling("ann", " "), writing(1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> registry.tell(set(org("beta", "Beta")), writing(1)))
                .isInstanceOf(IllegalArgumentException.class);

        assertThat(history.newest()).isEqualTo(1);
        assertThat(done()).isEqualTo("0");
    }

    @Test
    void whatCannotBeToldIsNotDone() throws SQLException {
        sql("ALTER TABLE registry.revision ADD CONSTRAINT none CHECK (reason !~ 'released') NOT VALID");

        assertThatThrownBy(() -> registry.tell(TOLD, writing(1))).isInstanceOf(RegistryException.class);

        assertThat(done()).isEqualTo("0");
        assertThat(registry.commit(set(org("acme", "A")))).isInstanceOf(CommitResult.Committed.class);
    }

    @Test
    void writersAndReadersOfEveryProcessGoOnBehindIt() throws InterruptedException {
        Registry other = new Registry(database.service(), Clock.systemUTC());
        other.commit(set(org("beta", "Beta")));
        try (SettingsFeed feed = new SettingsFeed(
                database::listener, database.service(), null, Duration.ofMillis(50), Clock.systemUTC())) {
            feed.start();
            assertThat(registry.tell(TOLD, writing(1))).isTrue();
            feed.look();
            assertThat(feed.current().revision()).isEqualTo(3);
            assertThat(other.commit(set(org("beta", "B"))))
                    .isInstanceOfSatisfying(
                            CommitResult.Committed.class,
                            committed -> assertThat(committed.revision()).isEqualTo(4));
            feed.look();
            assertThat(feed.current().ids(Kind.ORG)).containsExactlyInAnyOrder("acme", "beta");
        }
        assertThat(history.changesBackTo(2, 4)).hasSize(1);
        assertThat(history.differences(2, 3)).isEmpty();
        assertThat(history.verify()).isInstanceOf(Verdict.Intact.class);
        assertThat(database.ask("SELECT count(*) FROM events.log")).isEqualTo("3");
    }
}
