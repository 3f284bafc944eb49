package io.gatewright.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.events.CloudEvent;
import io.gatewright.events.schema.CatalogCheck;
import io.gatewright.events.schema.SchemaCatalog;
import io.gatewright.xds.Acceptance;
import io.gatewright.xds.Rejection;
import io.gatewright.xds.ResourceKey;
import io.gatewright.xds.ResourceType;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class PolicyEventsTest {
    private static final CatalogCheck CHECK = new CatalogCheck(SchemaCatalog.load());
    private static final ResourceKey SCOPE = new ResourceKey(ResourceType.SCOPED_ROUTE, "tenant/acme-de");
    private static final Instant NOW = Instant.parse("2026-11-02T10:00:00Z");

    private static Rejection rejection(String version, String reason) {
        return new Rejection("edge 1", SCOPE, version, 43, reason, NOW, NOW, null);
    }

    @Test
    void areAsTheCatalogueSays() {
        CloudEvent applied = PolicyEvents.applied("acme-de", new Acceptance("edge 1", SCOPE, "5b1e", 42, NOW));
        assertThat(CHECK.problems(applied)).isEmpty();
        assertThat(applied.tenant()).isEqualTo("acme-de");
        assertThat(applied.key()).isEqualTo("acme-de");
        assertThat(applied.json().at("/data/revision").asLong()).isEqualTo(42);

        CloudEvent rejected = PolicyEvents.rejected("acme-de", rejection("77c0", "missing )"));
        assertThat(CHECK.problems(rejected)).isEmpty();
        assertThat(rejected.json().at("/data/resource").asText()).isEqualTo("tenant/acme-de");
    }

    @Test
    void nameNoTenantForWhatAllShareAndNoVersionForARemoval() {
        CloudEvent shared = PolicyEvents.rejected("*", rejection("", " "));
        assertThat(CHECK.problems(shared)).isEmpty();
        assertThat(shared.tenant()).isEmpty();
        assertThat(shared.json().at("/data").has("version")).isFalse();
    }
}
