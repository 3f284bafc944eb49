package io.gatewright.bench;

import java.util.Arrays;
import java.util.Locale;

/** Several measurements of the same: the middle one, the least and the greatest. One thread at a time. */
final class Spread {
    private final double[] values;
    private int size;

    Spread(int rounds) {
        values = new double[rounds];
    }

    void add(double value) {
        values[size++] = value;
    }

    double median() {
        return sorted()[size / 2];
    }

    /** {@code commits_per_s=5 commits_min_per_s=4 commits_max_per_s=6}: the unit ends each key. */
    String text(String name, String unit, int digits) {
        double[] sorted = sorted();
        String form =
                "%1$s_%2$s=%3$." + digits + "f %1$s_min_%2$s=%4$." + digits + "f %1$s_max_%2$s=%5$." + digits + "f";
        return String.format(Locale.ROOT, form, name, unit, median(), sorted[0], sorted[size - 1]);
    }

    private double[] sorted() {
        double[] sorted = Arrays.copyOf(values, size);
        Arrays.sort(sorted);
        return sorted;
    }
}
