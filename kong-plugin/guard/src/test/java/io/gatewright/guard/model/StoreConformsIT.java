package io.gatewright.guard.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.events.ScratchDatabase;
import io.gatewright.guard.model.World.Step;
import io.gatewright.guard.store.IdempotencyStore;
import io.gatewright.guard.store.Migrations;
import io.gatewright.guard.store.StoreUnavailable;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The store goes every way that the model goes: each step of each explored way is made on a real Postgres, and its row, its
 * fence and what it says must be the model's. Ends of processes at every step and leases that end at any moment are among them.
 */
final class StoreConformsIT {
    private static final int SOME = 400;

    private static ScratchDatabase database;
    private static IdempotencyStore store;

    @BeforeAll
    static void start() {
        database = ScratchDatabase.empty();
        Migrations.migrate(database.url(), ScratchDatabase.OWNER, "owner");
        store = new IdempotencyStore(
                database.service(), new IdempotencyStore.Options(Duration.ofSeconds(20), false, 0, null));
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    @Test
    void case23And24And25And28GoesEveryWayOfThePlainProtocol() throws Exception {
        List<List<World>> ways = ways(Variant.OURS);
        Set<String> steps = walk(Variant.OURS, ways);
        System.out.println("plain: " + ways.size() + " ways, steps " + steps);
        assertThat(steps)
                .contains(
                        "lease over",
                        "CLAIMED to CRASHED",
                        "DISPATCHED to CRASHED",
                        "ANSWERED to CRASHED",
                        "NEW to CLAIMED",
                        "CLAIMED to ENDED",
                        "ANSWERED to ENDED",
                        "LOST to ENDED");
    }

    @Test
    void case28GoesSomeWaysOfTakeovers() throws Exception {
        long seed = Long.getLong("gatewright.guard.seed", System.nanoTime());
        List<List<World>> ways = ways(Variant.OUR_TAKEOVER);
        int all = ways.size();
        Collections.shuffle(ways, new Random(seed));
        ways = ways.subList(0, Math.min(SOME, all));
        System.out.println("takeover: " + ways.size() + " of " + all + " ways, -Dgatewright.guard.seed=" + seed);
        walk(Variant.OUR_TAKEOVER, ways);
    }

    /** A shortest way to each state, and each step from there: every step that there is, at least once. */
    private static List<List<World>> ways(Variant variant) {
        Map<World, List<World>> shortest = new LinkedHashMap<>();
        Deque<World> open = new ArrayDeque<>();
        List<List<World>> ways = new ArrayList<>();
        shortest.put(World.initial(), List.of(World.initial()));
        open.add(World.initial());
        while (!open.isEmpty()) {
            World world = open.remove();
            for (World next : world.next(variant)) {
                List<World> way = new ArrayList<>(shortest.get(world));
                way.add(next);
                ways.add(way);
                if (shortest.putIfAbsent(next, way) == null) {
                    open.add(next);
                }
            }
        }
        return ways;
    }

    private static Set<String> walk(Variant variant, List<List<World>> ways) throws SQLException, StoreUnavailable {
        Set<String> steps = new TreeSet<>();
        try (Connection owner = database.owner()) {
            for (int way = 0; way < ways.size(); way++) {
                List<World> worlds = ways.get(way);
                Follower follower = new Follower(store, owner, variant, "way " + variant + way);
                for (int i = 1; i < worlds.size(); i++) {
                    steps.add(follower.step(worlds.get(i - 1), worlds.get(i)));
                }
            }
        }
        assertThat(steps).doesNotContain(Step.NEW + " to " + Step.NEW);
        return steps;
    }
}
