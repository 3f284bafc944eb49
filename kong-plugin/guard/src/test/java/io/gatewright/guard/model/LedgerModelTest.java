package io.gatewright.guard.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * The ledger as a model, explored whole: three writers of one resource, two of whom have read its first version and one its
 * second, before an upstream that compares nothing. Any of them may be lost at any step, while the upstream goes on.
 */
final class LedgerModelTest {
    private static final List<Integer> READ = List.of(0, 0, 1);

    /** How the gateway lets writers through. */
    private enum Way {
        /** Compares with the last tag that it saw. */
        PLAIN_CHECK,
        /** One at a time, until the lease is over. */
        EXPIRING_LEASE,
        /** One at a time; a lost one is followed by a read at any time. */
        UNBOUNDED_READ,
        /** One at a time; a lost one is followed by a read when the upstream does not work on it any more. */
        OURS
    }

    private enum Step {
        NEW,
        SENT,
        APPLIED,
        ENDED
    }

    /** @param made the version that its write became */
    private record Writer(Step step, boolean watched, int made) {}

    /**
     * One state of everything.
     *
     * @param version that the upstream has
     * @param known that the ledger has
     * @param owner of the lease, or -1
     * @param lost whether a write was applied to another version than its writer had read
     */
    private record World(int version, int known, int owner, boolean quarantined, boolean lost, List<Writer> writers) {
        static World initial() {
            return new World(
                    0,
                    0,
                    -1,
                    false,
                    false,
                    READ.stream().map(read -> new Writer(Step.NEW, true, 0)).toList());
        }

        List<World> next(Way way) {
            List<World> next = new ArrayList<>();
            for (int i = 0; i < writers.size(); i++) {
                step(next, way, i, writers.get(i));
            }
            if (quarantined && (way == Way.UNBOUNDED_READ || writers.get(owner).step != Step.SENT)) {
                next.add(new World(version, version, -1, false, lost, writers));
            }
            return next;
        }

        private void step(List<World> next, Way way, int i, Writer writer) {
            switch (writer.step) {
                case NEW -> {
                    boolean free = owner < 0 || way == Way.PLAIN_CHECK;
                    boolean may = free && known == READ.get(i);
                    next.add(new World(version, known, may ? i : owner, quarantined, lost, writers)
                            .with(i, new Writer(may ? Step.SENT : Step.ENDED, true, 0)));
                }
                case SENT -> {
                    next.add(new World(version + 1, known, owner, quarantined, lost || version != READ.get(i), writers)
                            .with(i, new Writer(Step.APPLIED, writer.watched, version + 1)));
                    lose(next, way, i, writer);
                }
                case APPLIED -> {
                    if (owner == i || way == Way.PLAIN_CHECK) { // a late answer counts as long as the lease is its own
                        next.add(new World(version, writer.made, -1, false, lost, writers)
                                .with(i, new Writer(Step.ENDED, false, 0)));
                    }
                    lose(next, way, i, writer);
                }
                case ENDED -> {}
            }
        }

        private void lose(List<World> next, Way way, int i, Writer writer) {
            if (!writer.watched) {
                return;
            }
            boolean expires = way == Way.EXPIRING_LEASE && owner == i;
            boolean quarantines = way == Way.OURS || way == Way.UNBOUNDED_READ;
            next.add(new World(version, known, expires ? -1 : owner, quarantines, lost, writers)
                    .with(i, new Writer(writer.step, false, writer.made)));
        }

        private World with(int i, Writer writer) {
            List<Writer> changed = new ArrayList<>(writers);
            changed.set(i, writer);
            return new World(version, known, owner, quarantined, lost, List.copyOf(changed));
        }
    }

    private static Set<World> explore(Way way) {
        Set<World> seen = new HashSet<>(Set.of(World.initial()));
        Deque<World> open = new ArrayDeque<>(seen);
        while (!open.isEmpty()) {
            for (World next : open.remove().next(way)) {
                if (seen.add(next)) {
                    open.add(next);
                }
            }
        }
        return seen;
    }

    @Test
    void losesNoUpdate() {
        Set<World> ours = explore(Way.OURS);
        assertThat(ours).hasSizeGreaterThan(30).noneMatch(World::lost);
        assertThat(ours).as("two writes in turn").anyMatch(world -> world.version == 2);
        assertThat(ours).anyMatch(World::quarantined);
    }

    @Test
    void findsTheLostUpdateOfEachWeakerWay() {
        for (Way way : List.of(Way.PLAIN_CHECK, Way.EXPIRING_LEASE, Way.UNBOUNDED_READ)) {
            assertThat(explore(way)).as(way.name()).anyMatch(World::lost);
        }
    }
}
