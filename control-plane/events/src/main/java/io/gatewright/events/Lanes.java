package io.gatewright.events;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The lanes that stand still, as this member knows them, and when each is tried again. One thread at a time. */
final class Lanes {
    private record Standing(Parked parked, long due) {}

    private final Map<Lane, Standing> standing = new HashMap<>();

    boolean none() {
        return standing.isEmpty();
    }

    boolean blocked(Lane lane) {
        return standing.containsKey(lane);
    }

    /** Takes over what the table says; delays that run go on, what an operator freed is due at once. */
    void load(List<Parked> parked, Set<Integer> partitions) {
        Map<Lane, Standing> before = new HashMap<>(standing);
        standing.clear();
        for (Parked entry : parked) {
            if (partitions.contains(entry.lane().partition())) {
                Standing known = before.get(entry.lane());
                long due = known != null
                                && known.parked().attempts() == entry.attempts()
                                && known.parked().dead() == entry.dead()
                        ? known.due()
                        : System.nanoTime();
                standing.put(entry.lane(), new Standing(entry, due));
            }
        }
    }

    void put(Parked parked, long due) {
        standing.put(parked.lane(), new Standing(parked, due));
    }

    void free(Lane lane) {
        standing.remove(lane);
    }

    /** Those to try now. */
    List<Parked> due() {
        long now = System.nanoTime();
        List<Parked> due = new ArrayList<>();
        for (Standing entry : standing.values()) {
            if (!entry.parked().dead() && now - entry.due() >= 0) {
                due.add(entry.parked());
            }
        }
        return due;
    }

    /** Until the next is due, in nanoseconds; {@code most} when there is none. */
    long untilDue(long most) {
        long now = System.nanoTime();
        long least = most;
        for (Standing entry : standing.values()) {
            if (!entry.parked().dead()) {
                least = Math.min(least, entry.due() - now);
            }
        }
        return Math.max(0, least);
    }
}
