package io.gatewright.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Processes that are killed or paused under load. The property {@code events.rounds} says how often, 1 unless given. */
final class KillIT extends OnDatabase {
    static final int ROUNDS = Integer.getInteger("events.rounds", 1);

    private ChildProcess child(Class<?> main) {
        return ChildProcess.start(main, database.url(), ScratchDatabase.OWNER, "owner");
    }

    private String leader() {
        return database.ask("SELECT coalesce(max(holder || ' ' || term), '') FROM events.leader");
    }

    private void awaitMore(int events) {
        int enough = Integer.parseInt(database.ask("SELECT count(*) FROM effect")) + events;
        awaitEffects("effect", enough);
    }

    @Test
    @DisplayName("kill -9 of the sequencer and of a consumer under load: everything once, in order, dense")
    void killed() throws Exception {
        effects("effect");
        List<ChildProcess> sequencers =
                new ArrayList<>(List.of(child(ChildSequencer.class), child(ChildSequencer.class)));
        List<ChildProcess> consumers = new ArrayList<>(List.of(child(ChildConsumer.class), child(ChildConsumer.class)));
        try (Workload load = Workload.start(database::open, log, history, 4, Integer.MAX_VALUE, seed())) {
            for (int round = 0; round < ROUNDS; round++) {
                awaitMore(20);
                String before = leader();
                sequencers.removeFirst().close();
                sequencers.add(child(ChildSequencer.class));
                consumers.removeFirst().close();
                consumers.add(child(ChildConsumer.class));
                awaitMore(20);
                assertThat(before).isNotEmpty();
            }
            sequencers.forEach(ChildProcess::close); // the leader is among them
            sequencers.clear();
            load.finish();
            try (Sequencer last = sequencer(ChildSequencer.OPTIONS)) {
                awaitEffects("effect", history.acknowledgedCount());
                Until.holds(() -> last.status().leading(), last::status);
            }
        } finally {
            sequencers.forEach(ChildProcess::close);
            consumers.forEach(ChildProcess::close);
        }
        try (Connection connection = database.open()) {
            Effects.existing("effect").readInto(connection, history);
        }
        assertThat(history.problemsOfParallelReaders()).isEmpty();
    }

    @Test
    @DisplayName("12: a leader that is paused for longer than its lease is replaced and stays so")
    void paused() throws Exception {
        try (Connection bystander = database.open();
                ChildProcess leader = child(ChildSequencer.class)) {
            Until.holds(() -> !leader().isEmpty(), this::leader);
            String first = leader();
            try (Sequencer other = sequencer(ChildSequencer.OPTIONS);
                    Workload load = Workload.start(database::open, log, history, 4, 150, seed())) {
                leader.signal("STOP");
                Until.holds(() -> other.status().leading(), this::leader);
                leader.signal("CONT");
                load.join();
                awaitTicked();
                Until.holds(() -> other.status().leading(), other::status);
                assertThat(leader()).isNotEqualTo(first).endsWith(" 2");
                assertThat(leader.alive()).isTrue();
                assertThat(bystander.isValid(5))
                        .as("only the leader's session was ended")
                        .isTrue();
            }
        }
        readAll(history, 1000);
        assertThat(history.problems()).isEmpty();
    }
}
