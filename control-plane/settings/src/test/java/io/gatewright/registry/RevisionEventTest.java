package io.gatewright.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatewright.audit.AuditChain;
import io.gatewright.events.CloudEvent;
import io.gatewright.events.schema.CatalogCheck;
import io.gatewright.events.schema.SchemaCatalog;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RevisionEventTest {
    private static final CatalogCheck CHECK = new CatalogCheck(SchemaCatalog.load());
    private static final int MANY = 500;
    private static final JsonNode BODY = Samples.json("{}");

    private static CloudEvent event(String actor, String reason, String correlationId, List<DocumentChange> changes) {
        Changeset changeset = new Changeset(actor, reason, correlationId, List.of());
        Revision revision =
                Revision.after(AuditChain.GENESIS, 7, Instant.parse("2026-11-02T10:00:00Z"), changeset, changes);
        CloudEvent event = RevisionEvent.of(revision);
        assertThat(CHECK.problems(event)).isEmpty();
        return event;
    }

    @Test
    void saysWhatHappenedToEachDocumentAndNotWhatItHolds() {
        CloudEvent event = event(
                "ann",
                "why",
                "c-1",
                List.of(
                        new DocumentChange(Samples.key("org/new"), null, null, Samples.json("{\"name\":\"secret\"}")),
                        new DocumentChange(Samples.key("org/other"), 3L, BODY, BODY),
                        new DocumentChange(Samples.key("org/gone"), 3L, BODY, null)));
        assertThat(event.json().at("/data/changes"))
                .extracting(JsonNode::toString)
                .containsExactly(
                        "{\"kind\":\"org\",\"id\":\"new\",\"change\":\"created\"}",
                        "{\"kind\":\"org\",\"id\":\"other\",\"change\":\"replaced\"}",
                        "{\"kind\":\"org\",\"id\":\"gone\",\"change\":\"removed\"}");
        assertThat(event.text()).doesNotContain("secret");
        assertThat(event.attribute("correlationid")).isEqualTo("c-1");
        assertThat(event.id()).isEqualTo(event.json().at("/data/hash").asText());
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u0001\u0002", "\"\\", "\uFFFE", "\uD83D\uDE00", "ü", "\n"})
    void whateverTheRegistryTakesMakesAnEvent(String text) {
        String longest = text.repeat(4_000);
        List<DocumentChange> changes = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            changes.add(new DocumentChange(
                    Samples.key("setting/tenant=%s/rate-limit.requests".formatted("t".repeat(300) + i)),
                    null,
                    null,
                    BODY));
        }
        CloudEvent event = event(longest, longest, longest, changes);
        assertThat(event.json().at("/data/changeCount").asInt()).isEqualTo(MANY);
        assertThat(event.json().at("/data/changes").size()).isBetween(20, 200);
    }
}
