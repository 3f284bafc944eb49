package io.gatewright.registry;

import static io.gatewright.registry.Samples.change;
import static io.gatewright.registry.Samples.limit;
import static io.gatewright.registry.Samples.org;
import static io.gatewright.registry.Samples.set;
import static io.gatewright.registry.Samples.tenant;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.registry.CommitResult.Committed;
import io.gatewright.registry.CommitResult.Deferred;
import io.gatewright.registry.CommitResult.Forbidden;
import io.gatewright.registry.Mandate.Extent;
import io.gatewright.settings.Problem;
import java.time.Clock;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may write what: by the check in the code, with the row policies of the database behind it. */
final class MandateIT {
    private static final Mandate OF_ACME = new Mandate(Set.of("acme"), Extent.ALL_BUT_SENSITIVE);

    private TestDatabase database;
    private Registry registry;

    @BeforeEach
    void open() {
        database = TestDatabase.migrated();
        registry = new Registry(database.service(), Clock.systemUTC());
        assertThat(registry.commit(set(
                        org("acme", "Acme"),
                        org("beta", "Beta"),
                        tenant("acme-de", "acme"),
                        tenant("beta-de", "beta"),
                        change("module/orders", Samples.ORDERS))))
                .isInstanceOf(Committed.class);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void letsAnEditorWriteTheDocumentsOfItsOrgs() {
        assertThat(registry.commit(
                        set(
                                limit("org=acme", 5),
                                limit("org=acme,module=orders", 6),
                                limit("tenant=acme-de,route=orders/create", 7),
                                org("acme", "Acme AG")),
                        OF_ACME))
                .isInstanceOf(Committed.class);
        assertThat(registry.commit(set(change("setting/org=acme/rate-limit.requests", null)), OF_ACME))
                .isInstanceOf(Committed.class);
    }

    @Test
    void letsAnEditorAddATenantTogetherWithItsSettings() {
        assertThat(registry.commit(set(limit("tenant=acme-at", 5), tenant("acme-at", "acme")), OF_ACME))
                .isInstanceOf(Committed.class);
    }

    @Test
    void letsAnEditorRemoveATenantTogetherWithItsSettings() {
        registry.commit(set(limit("tenant=acme-de", 5)), OF_ACME);

        assertThat(registry.commit(
                        set(change("tenant/acme-de", null), change("setting/tenant=acme-de/rate-limit.requests", null)),
                        OF_ACME))
                .isInstanceOf(Committed.class);
        assertThat(database.ask("SELECT count(*) FROM registry.document WHERE id LIKE '%acme-de%'"))
                .isEqualTo("0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "setting/global/rate-limit.requests",
                "setting/module=orders/rate-limit.requests",
                "setting/route=orders/create/rate-limit.requests",
                "setting/org=beta/rate-limit.requests",
                "setting/org=beta,module=orders/rate-limit.requests",
                "setting/tenant=beta-de/rate-limit.requests"
            })
    void refusesAnEditorWhatIsOfOthers(String key) {
        CommitResult result = registry.commit(set(limit("org=acme", 5), change(key, "{\"value\":5}")), OF_ACME);

        assertThat(result)
                .isEqualTo(new Forbidden(java.util.List.of(new Problem(
                        key, "is not of the orgs that you may write: acme", "ask somebody who may write it"))));
        assertThat(database.ask("SELECT max(number) FROM registry.revision")).isEqualTo("1");
    }

    @Test
    void refusesAnEditorToMoveATenantInOrOut() {
        assertThat(registry.commit(set(tenant("acme-de", "beta")), OF_ACME)).isInstanceOf(Forbidden.class);
        assertThat(registry.commit(set(tenant("beta-de", "acme")), OF_ACME)).isInstanceOf(Forbidden.class);
        assertThat(registry.commit(set(change("tenant/beta-de", null)), OF_ACME))
                .isInstanceOf(Forbidden.class);
        assertThat(registry.commit(set(org("gamma", "Gamma")), OF_ACME)).isInstanceOf(Forbidden.class);
    }

    @Test
    void refusesEverythingToAnEditorOfNoOrg() {
        assertThat(registry.commit(set(org("acme", "Acme AG")), new Mandate(Set.of(), Extent.ALL)))
                .isInstanceOf(Forbidden.class);
    }

    @Test
    void defersWhatNeedsASecondPersonButNotTheRest() {
        Change sensitive = change("setting/org=acme/oidc.required", "{\"value\":false}");

        CommitResult result = registry.commit(set(limit("org=acme", 5), sensitive), OF_ACME);

        assertThat(result).isInstanceOfSatisfying(Deferred.class, deferred -> {
            assertThat(deferred.sensitive()).containsExactly(sensitive.key());
            assertThat(deferred.changes()).hasSize(2);
        });
        assertThat(registry.commit(set(sensitive), Mandate.FULL)).isInstanceOf(Committed.class);
        assertThat(registry.commit(set(change("setting/org=acme/oidc.required", null)), OF_ACME))
                .as("to take it away again is a change too")
                .isInstanceOf(Deferred.class);
    }

    @Test
    void saysWhatIsWrongBeforeItDefers() {
        assertThat(registry.commit(
                        set(change("setting/tenant=nobody/oidc.required", "{\"value\":false}")),
                        new Mandate(null, Extent.NOTHING)))
                .isInstanceOf(CommitResult.Invalid.class);
    }
}
