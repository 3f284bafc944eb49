package io.gatewright.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.events.EventHistory.Change;
import io.gatewright.events.EventPages.Page;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Reading by offset, and appending what has no transaction. */
final class EventPagesIT extends OnDatabase {
    private static final List<String> OTHER = List.of("test.other");

    private void appendAndTick(CloudEvent... events) throws SQLException {
        try (Sequencer sequencer = sequencer()) {
            Until.holds(() -> sequencer.status().leading(), sequencer::status);
            try (Connection connection = database.open()) {
                log.append(connection, List.of(events));
            }
            awaitTicked();
            assertThat(sequencer.status().errors()).isZero();
        }
    }

    private static CloudEvent key(int version) {
        return Workload.event(new Change("key-1", version));
    }

    private static CloudEvent other() {
        return CloudEvent.of("test.other.made.v1", "/test").build();
    }

    private static List<Long> offsets(Page page) {
        return page.events().stream().map(Event::offset).toList();
    }

    @Test
    void pagesJoinWithoutGapAndSaySoWhenOthersWereOfOtherTopics() throws Exception {
        EventPages pages = new EventPages(database.service());
        assertThat(pages.bounds()).isEqualTo(new EventPages.Bounds(0, 0, 0));
        assertThat(pages.after(EventPlace.BEGINNING, 10, null).seen()).isEqualTo(EventPlace.BEGINNING);

        appendAndTick(key(1), other(), key(2), other(), other(), key(3), key(4));
        Page first = pages.after(EventPlace.BEGINNING, 3, null);
        assertThat(offsets(first)).containsExactly(0L, 1L, 2L);
        assertThat(first.seen()).hasToString("1-2");
        Page second = pages.after(first.seen(), 1000, null);
        assertThat(offsets(second)).containsExactly(3L, 4L, 5L, 6L);
        assertThat(pages.after(second.seen(), 1000, null).events()).isEmpty();

        Page filtered = pages.after(EventPlace.BEGINNING, 2, OTHER);
        assertThat(offsets(filtered)).containsExactly(1L, 3L);
        Page rest = pages.after(filtered.seen(), 10, OTHER);
        assertThat(offsets(rest)).containsExactly(4L);
        assertThat(rest.seen()).hasToString("1-6");
        assertThat(offsets(pages.after(EventPlace.parse("4").orElseThrow(), 10, null)))
                .containsExactly(5L, 6L);
    }

    @Test
    void whoSawWhatARestoreDidNotKeepGoesOnWhereTheNextEpochBegins() throws Exception {
        EventPages pages = new EventPages(database.service());
        appendAndTick(key(1), key(2), key(3));
        database.tamper("UPDATE events.epoch SET system = system + 1"); // as after a restore into another cluster
        appendAndTick(key(4), key(5));

        assertThat(offsets(pages.after(new EventPlace(1, 1), 10, null))).containsExactly(2L, 3L, 4L);
        Page after = pages.after(new EventPlace(1, 40), 10, null);
        assertThat(offsets(after)).containsExactly(3L, 4L);
        assertThat(after.events()).allSatisfy(event -> assertThat(event.epoch()).isEqualTo(2));
        assertThat(after.seen())
                .isEqualTo(new EventPlace(2, 4))
                .isEqualTo(pages.bounds().end());
    }

    @Test
    void whoComesForWhatIsNotKeptIsToldAndWhoComesForTheFirstGetsTheFirstThatIs() throws Exception {
        EventPages pages = new EventPages(database.service());
        appendAndTick(key(1), key(2));
        appendAndTick(key(3));
        database.tamper("UPDATE events.kept SET position = 2", "DELETE FROM events.tick WHERE base < 2");

        Page missed = pages.after(new EventPlace(1, 0), 10, null);
        assertThat(missed.missed()).isTrue();
        assertThat(missed.events()).isEmpty();
        assertThat(missed.bounds().kept()).isEqualTo(2);
        assertThat(offsets(pages.after(EventPlace.BEGINNING, 10, null))).containsExactly(2L);
        assertThat(pages.after(new EventPlace(1, 1), 10, null).missed()).isFalse();
    }

    @Test
    void whatWasSeenIsAppendedAndOneThatIsRefusedTakesNoOtherWithIt() throws Exception {
        EventLog strict = new EventLog(
                event -> event.topic().equals("test.other") ? List.of("/type is not wanted") : List.of(), null);
        List<Supplier<CloudEvent>> seen = new ArrayList<>();
        for (int version = 1; version <= 700; version++) {
            int number = version;
            seen.add(() -> key(number));
        }
        seen.add(300, EventPagesIT::other);
        seen.add(400, () -> {
            throw new IllegalArgumentException("cannot be told");
        });
        try (Observations observations = new Observations(database.service(), strict)) {
            seen.forEach(observations::offer);
            Until.holds(
                    () -> database.ask("SELECT count(*) FROM events.log").equals("700"),
                    () -> database.ask("SELECT count(*) FROM events.log"));
            Until.holds(() -> observations.lost() == 2, observations::lost);
            assertThat(observations.waiting()).isZero();
        }
        assertThat(database.ask("SELECT string_agg(body::json -> 'data' ->> 'version', ',' ORDER BY seq) = (SELECT"
                        + " string_agg(i::text, ',' ORDER BY i) FROM generate_series(1, 700) AS i) FROM events.log"))
                .isEqualTo("t");
    }
}
