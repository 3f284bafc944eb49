package io.gatewright.registry;

import static io.gatewright.registry.Samples.change;
import static io.gatewright.registry.Samples.org;
import static io.gatewright.registry.Samples.set;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.audit.AuditChain.Verdict;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AuditChainIT {
    private TestDatabase database;
    private History history;

    @BeforeEach
    void writeFourRevisions() {
        database = TestDatabase.migrated();
        history = new History(database.service());
        Registry registry = new Registry(database.service(), Clock.systemUTC());
        registry.commit(set(org("acme", "Acme"), org("beta", "Beta")));
        registry.commit(set(org("acme", "Ä\\u20acme \\\"1.0\\\""), org("beta", "B"), org("gamma", "G")));
        registry.commit(set(change("org/gamma", null)));
        registry.commit(
                set(
                        change(
                                "signing-keys/numbers",
                                "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"a\",\"x\":1.0,\"y\":1e21,\"z\":-0.0,\"n\":[0.000001,123456789012]}]}")));
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void findsAnUntouchedHistoryIntact() {
        assertThat(history.verify())
                .isEqualTo(new Verdict.Intact(
                        1, 4, history.revision(4).orElseThrow().header().hash()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE registry.revision SET number = 22 WHERE number = 2",
                "UPDATE registry.revision SET at = at + interval '1 microsecond' WHERE number = 2",
                "UPDATE registry.revision SET actor = actor || 'x' WHERE number = 2",
                "UPDATE registry.revision SET reason = reason || ' ' WHERE number = 2",
                "UPDATE registry.revision SET correlation_id = NULL WHERE number = 2",
                "UPDATE registry.revision SET previous_hash = set_byte(previous_hash, 0, 255 - get_byte(previous_hash, 0)) WHERE number = 2",
                "UPDATE registry.revision SET hash = set_byte(hash, 31, 255 - get_byte(hash, 31)) WHERE number = 2",
                "UPDATE registry.change SET position = 7 WHERE revision = 2 AND position = 0",
                "UPDATE registry.change SET kind = 'listener' WHERE revision = 2 AND position = 1",
                "UPDATE registry.change SET id = 'acmf' WHERE revision = 2 AND position = 0",
                "UPDATE registry.change SET old_version = 0 WHERE revision = 2 AND position = 0",
                "UPDATE registry.change SET old_body = '{\"name\":\"Acmf\"}' WHERE revision = 2 AND position = 0",
                "UPDATE registry.change SET new_body = '{\"name\":\"Acmf\"}' WHERE revision = 2 AND position = 0",
                "UPDATE registry.change SET new_body = NULL WHERE revision = 2 AND position = 0",
                "UPDATE registry.change SET revision = 3, position = 9 WHERE revision = 2 AND position = 1",
                "DELETE FROM registry.change WHERE revision = 2",
                "DELETE FROM registry.revision WHERE number = 2"
            })
    void namesTheFirstRevisionThatWasTouched(String tampering) {
        database.tamper(tampering);

        assertThat(history.verify())
                .isInstanceOfSatisfying(
                        Verdict.Altered.class,
                        altered -> assertThat(altered.revision()).isEqualTo(2));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE registry.document SET body = '{\"name\":\"B!\"}' WHERE id = 'beta'",
                "UPDATE registry.document SET version = 1 WHERE id = 'beta'",
                "UPDATE registry.document SET id = 'betb' WHERE id = 'beta'",
                "UPDATE registry.document SET kind = 'tenant' WHERE id = 'beta'",
                "DELETE FROM registry.document WHERE id = 'beta'",
                "INSERT INTO registry.document VALUES ('org', 'gamma', 3, '{\"name\":\"G\"}')"
            })
    void findsADocumentThatHistoryDoesNotExplain(String tampering) {
        assertThat(history.verify()).isInstanceOf(Verdict.Intact.class);
        database.tamper(tampering);

        assertThat(history.verify())
                .isInstanceOfSatisfying(
                        Verdict.Altered.class,
                        altered -> assertThat(altered.why()).contains("the document org/"));
    }
}
