package io.gatewright.server.preview;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whom a finding concerns: how many, and the first few. One thread at a time.
 *
 * @param <F> what was found; equal findings are counted together
 */
public final class Counted<F> {
    Counted() {}

    private static final int EXAMPLES = 5;

    private final Map<F, List<String>> examples = new LinkedHashMap<>();
    private final Map<F, Integer> counts = new LinkedHashMap<>();
    private final Map<F, String> last = new HashMap<>();

    /**
     * A finding.
     *
     * @param concerned how many it concerns
     * @param examples the first of them, at most 5
     */
    public record Group<F>(F finding, int concerned, List<String> examples) {}

    /** One that is told of the same finding again in a row counts once. */
    void add(F finding, String concerned) {
        if (concerned.equals(last.put(finding, concerned))) {
            return;
        }
        counts.merge(finding, 1, Integer::sum);
        List<String> first = examples.computeIfAbsent(finding, f -> new ArrayList<>(1));
        if (first.size() < EXAMPLES) {
            first.add(concerned);
        }
    }

    int size() {
        return counts.size();
    }

    /** The findings in the order in which they were first met, at most so many. */
    List<Group<F>> groups(int most) {
        return counts.entrySet().stream()
                .limit(most)
                .map(entry -> new Group<>(
                        entry.getKey(),
                        entry.getValue(),
                        List.copyOf(examples.getOrDefault(entry.getKey(), List.of()))))
                .toList();
    }
}
