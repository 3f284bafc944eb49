package io.gatewright.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A revision and its event are in the database together, or neither is. */
final class RevisionEventIT {
    private TestDatabase database;
    private Registry registry;

    @BeforeEach
    void start() {
        database = TestDatabase.migrated();
        registry = new Registry(database.service(), Clock.systemUTC());
    }

    @AfterEach
    void stop() {
        database.close();
    }

    private String differences() {
        return database.ask("""
                SELECT count(*) FROM registry.revision r
                FULL JOIN events.log e ON e.id = encode(r.hash, 'hex') AND e.xid::xid = r.xmin
                    AND (e.body::json -> 'data' ->> 'revision')::bigint = r.number AND e.topic = 'settings.revision'
                WHERE r.number IS NULL OR e.id IS NULL""");
    }

    @Test
    void eachRevisionHasItsEventOfTheSameTransaction() {
        for (int i = 0; i < 5; i++) {
            registry.commit(Samples.set(Samples.org("acme", "Acme " + i), Samples.org("other-" + i, "Other")));
        }
        registry.commit(Samples.set(Samples.change("org/acme", null)));
        assertThat(differences()).isEqualTo("0");
        assertThat(database.ask("SELECT count(*) FROM events.log")).isEqualTo("6");
    }

    @Test
    void whatIsNotCommittedHasNone() throws Exception {
        registry.commit(Samples.set(Samples.tenant("acme-de", "nobody")));
        registry.commit(
                Samples.set(Samples.org("acme", "Acme")),
                Mandate.FULL,
                (connection, revision) -> new CommitResult.Unchanged(revision));
        assertThat(database.ask("SELECT count(*) FROM events.log")).isEqualTo("0");

        try (var owner = database.owner();
                var statement = owner.createStatement()) {
            statement.execute("ALTER TABLE events.log ADD CONSTRAINT none CHECK (false) NOT VALID");
        }
        assertThat(org.assertj.core.api.Assertions.catchThrowable(
                        () -> registry.commit(Samples.set(Samples.org("acme", "Acme")))))
                .isInstanceOf(RegistryException.class);
        assertThat(database.ask("SELECT count(*) FROM registry.revision")).isEqualTo("0");
    }
}
