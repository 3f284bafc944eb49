package io.gatewright.events;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What must have arrived, and whether it did. Every event carries a key and a version taken under a row lock; the writer
 * keeps what was acknowledged to it. Thread-safe.
 *
 * <p>Then: delivered = acknowledged (+ some of the indeterminate), versions per key consecutive, offsets dense.
 */
final class EventHistory {
    /** The version of a key. */
    record Change(String key, long version) {}

    private final Set<Change> acknowledged = new HashSet<>();
    private final Set<Change> indeterminate = new HashSet<>();
    private final List<Event> delivered = new ArrayList<>();

    synchronized void acknowledged(Change change) {
        acknowledged.add(change);
    }

    /** The commit failed; whether it took effect is unknown. */
    synchronized void indeterminate(Change change) {
        indeterminate.add(change);
    }

    synchronized void delivered(Event event) {
        delivered.add(event);
    }

    synchronized int acknowledgedCount() {
        return acknowledged.size();
    }

    synchronized int deliveredCount() {
        return delivered.size();
    }

    synchronized List<Event> delivered() {
        return List.copyOf(delivered);
    }

    static Change change(Event event) {
        JsonNode data = event.cloudEvent().data();
        if (data == null) {
            throw new AssertionError("an event without data: " + event);
        }
        return new Change(data.path("key").asText(), data.path("version").asLong());
    }

    /** Everything that is wrong with what one reader got in the order of offsets; empty when the log kept its promises. */
    List<String> problems() {
        List<String> problems = problemsOfParallelReaders();
        long previous = -1;
        for (Event event : delivered()) {
            if (event.offset() != previous + 1) {
                problems.add("offset " + event.offset() + " after " + previous);
            }
            previous = event.offset();
        }
        return problems;
    }

    /** The same of readers that shared the partitions: in order within a partition only. */
    synchronized List<String> problemsOfParallelReaders() {
        List<String> problems = new ArrayList<>();
        Map<Change, Integer> times = new HashMap<>();
        Map<String, Long> last = new HashMap<>();
        TreeSet<Long> offsets = new TreeSet<>();
        Map<Integer, Long> perPartition = new TreeMap<>();
        for (Event event : delivered) {
            Change change = change(event);
            if (times.merge(change, 1, Integer::sum) > 1) {
                problems.add("twice: " + change);
            }
            long before = last.getOrDefault(change.key(), 0L);
            if (change.version() != before + 1) {
                problems.add("order of " + change.key() + ": " + change.version() + " after " + before);
            }
            last.put(change.key(), change.version());
            if (!offsets.add(event.offset())) {
                problems.add("two events with the offset " + event.offset());
            }
            long dense = perPartition.getOrDefault(event.partition(), -1L) + 1;
            if (event.partitionOffset() != dense) {
                problems.add("partition " + event.partition() + ": " + event.partitionOffset() + " and not " + dense);
            }
            perPartition.put(event.partition(), event.partitionOffset());
        }
        if (!delivered.isEmpty() && offsets.size() != offsets.last() + 1) {
            problems.add(offsets.size() + " offsets up to " + offsets.last());
        }
        acknowledged.stream()
                .filter(change -> !times.containsKey(change))
                .forEach(change -> problems.add("lost: " + change));
        times.keySet().stream()
                .filter(change -> !acknowledged.contains(change) && !indeterminate.contains(change))
                .forEach(change -> problems.add("never committed: " + change));
        return problems;
    }
}
