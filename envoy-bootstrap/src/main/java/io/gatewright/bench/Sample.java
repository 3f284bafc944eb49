package io.gatewright.bench;

import java.util.Arrays;
import java.util.Locale;

/** Measured values in nanoseconds. One thread at a time. */
final class Sample {
    private long[] values = new long[1024];
    private int size;

    void add(long nanos) {
        if (size == values.length) {
            values = Arrays.copyOf(values, size * 2);
        }
        values[size++] = nanos;
    }

    int size() {
        return size;
    }

    /** The value that this share of all values does not exceed, in milliseconds with three digits. */
    String percentileMillis(double share) {
        return String.format(Locale.ROOT, "%.3f", percentileNanos(share) / 1e6);
    }

    double percentileNanos(double share) {
        long[] sorted = Arrays.copyOf(values, size);
        Arrays.sort(sorted);
        return sorted[Math.clamp((long) Math.ceil(share * size) - 1, 0, size - 1)];
    }
}
