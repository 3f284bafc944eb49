package io.gatewright.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A consumer that is sent back. */
final class ReplayIT extends OnDatabase {
    private static CloudEvent event(String key, int version) {
        return Workload.event(new EventHistory.Change(key, version));
    }

    private static Consumer.Builder consumer(String name, Handler handler) {
        return Consumer.named(name, List.of(Workload.TOPIC), handler)
                .fromFirst()
                .poll(Duration.ofMillis(20));
    }

    @Test
    @DisplayName("38: a past time is replayed to one consumer alone, older versions as the one it knows")
    void replaysAPastTime() throws Exception {
        Effects one = effects("one");
        Effects other = effects("other");
        try (Sequencer sequencer = sequencer();
                Subscription first = Subscription.start(
                        database::open,
                        null,
                        consumer("one", one).upcast(ReplayIT::toSecondVersion).build());
                Subscription second = Subscription.start(
                        database::open, null, consumer("other", other).build())) {
            append(event("key-1", 1));
            awaitEffects("one", 1);
            awaitEffects("other", 1);
            Instant noon = Instant.parse(database.ask(
                    "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"));
            append(event("key-1", 2));
            append(event("key-1", 3));
            awaitEffects("one", 3);
            awaitEffects("other", 3);

            assertThat(new Consumers(database.service()).rewind("one", noon)).isTrue();
            awaitEffects("one", 5);
            assertThat(first.partitions() + second.partitions()).isEqualTo(128);
            Until.holds(() -> sequencer.status().head() == 3, sequencer::status);
        }
        assertThat(database.ask("SELECT string_agg(position::text, ',' ORDER BY nth) FROM one"))
                .isEqualTo("0,1,2,1,2");
        assertThat(database.ask("SELECT string_agg(position::text, ',' ORDER BY nth) FROM other"))
                .isEqualTo("0,1,2");
        assertThat(database.ask("SELECT count(*) FROM one WHERE body LIKE '%changed.v2%'"))
                .isEqualTo("5");
        assertThat(database.ask(
                        "SELECT string_agg(DISTINCT c.consumer || ' ' || (c.passed = 3), ',') FROM events.cursor c"
                                + " WHERE c.passed > 0"))
                .isEqualTo("one true,other true");
    }

    private static CloudEvent toSecondVersion(CloudEvent old) {
        return CloudEvent.parse(old.json()
                .put("type", "test.key.changed.v2")
                .set("data", JsonNodeFactory.instance.objectNode().set("was", old.data()))
                .toString());
    }
}
