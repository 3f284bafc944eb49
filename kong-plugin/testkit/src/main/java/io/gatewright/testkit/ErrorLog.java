package io.gatewright.testkit;

import java.util.ArrayList;
import java.util.List;

/** Kong's error log, the latest 10,000 lines. Thread-safe. */
final class ErrorLog {
    private static final int MOST_LINES = 10_000;

    private final List<String> lines = new ArrayList<>(); // guarded by this

    synchronized void write(String line) {
        if (lines.size() == MOST_LINES) {
            lines.removeFirst();
        }
        lines.add(line);
    }

    synchronized List<String> lines() {
        return List.copyOf(lines);
    }
}
