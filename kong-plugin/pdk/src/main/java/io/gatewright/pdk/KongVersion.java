package io.gatewright.pdk;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The version of Kong that a plugin is run under; what came later is refused in Java. Immutable.
 *
 * @param major 2 or 3 today
 * @param minor from 0
 */
public record KongVersion(int major, int minor) implements Comparable<KongVersion> {
    /** What is assumed unless said otherwise. */
    public static final KongVersion DEFAULT = new KongVersion(3, 9);

    private static final Pattern FORM = Pattern.compile("(\\d{1,3})\\.(\\d{1,3})(\\.\\d+)*");
    private static final Comparator<KongVersion> ORDER =
            Comparator.comparingInt(KongVersion::major).thenComparingInt(KongVersion::minor);

    /**
     * Reads {@code 3.9} or {@code 3.9.1}.
     *
     * @throws IllegalArgumentException if it is neither, or older than 2.8
     */
    public static KongVersion parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException("'" + text + "' is no version of Kong; write it like 3.9");
        }
        KongVersion version = new KongVersion(Integer.parseInt(form.group(1)), Integer.parseInt(form.group(2)));
        if (!version.isAtLeast(2, 8)) {
            throw new IllegalArgumentException("Kong " + version + " is not supported; 2.8 is the oldest that is");
        }
        return version;
    }

    /** Whether it is this version or newer. */
    public boolean isAtLeast(int otherMajor, int otherMinor) {
        return compareTo(new KongVersion(otherMajor, otherMinor)) >= 0;
    }

    @Override
    public int compareTo(KongVersion other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
