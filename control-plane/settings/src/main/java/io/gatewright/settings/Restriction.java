package io.gatewright.settings;

import org.jspecify.annotations.Nullable;

/**
 * What a setting allows narrower scopes. Immutable.
 *
 * @param locked whether narrower scopes cannot set the key at all
 * @param min the least value that counts below, of the key's type; null: any
 * @param max the greatest value that counts below, of the key's type; null: any
 */
public record Restriction(
        boolean locked, @Nullable Object min, @Nullable Object max) {
    /** Allows everything. */
    public static final Restriction NONE = new Restriction(false, null, null);

    /** Whether it leaves narrower scopes less than everything. */
    public boolean restricts() {
        return locked || bounds();
    }

    boolean bounds() {
        return min != null || max != null;
    }
}
