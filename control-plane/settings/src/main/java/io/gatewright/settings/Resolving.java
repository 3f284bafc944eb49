package io.gatewright.settings;

import io.gatewright.settings.Body.Setting;
import org.jspecify.annotations.Nullable;

/**
 * What one key comes to, scope by scope from broad to narrow. One thread at a time.
 *
 * <p>A lock ends it: what comes after does not count. Bounds only ever get closer: a narrower scope's bound is itself moved
 * into the bounds so far, so that the broader scope has the last word even when the two exclude each other. The value is
 * moved into the bounds at the end, wherever it came from.
 */
final class Resolving {
    private final Key<?> key;
    private Object value;
    private @Nullable Object min;
    private @Nullable Object max;
    private @Nullable Scope minFrom;
    private @Nullable Scope maxFrom;
    private @Nullable Scope lockedBy;

    Resolving(Key<?> key) {
        this.key = key;
        this.value = key.defaultValue();
    }

    /** Takes in the next scope's setting, and says whether it counts or is kept out by a lock. */
    boolean narrow(Setting setting) {
        if (lockedBy != null) {
            return false;
        }
        if (setting.value() != null) {
            value = key.merge(value, setting.value());
        }
        Restriction restriction = setting.restriction();
        Object nextMin = restriction.min() == null ? min : within(restriction.min());
        Object nextMax = restriction.max() == null ? max : within(restriction.max());
        minFrom = restriction.min() == null ? minFrom : setting.scope();
        maxFrom = restriction.max() == null ? maxFrom : setting.scope();
        min = nextMin;
        max = nextMax;
        lockedBy = restriction.locked() ? setting.scope() : null;
        return true;
    }

    private Object within(Object bound) {
        if (min != null && key.compare(bound, min) < 0) {
            return min;
        }
        return max != null && key.compare(bound, max) > 0 ? max : bound;
    }

    /** The value that counts. */
    Object value() {
        return within(value);
    }

    /** Whose bound moved the value; null when it counts as it was set. */
    @Nullable
    Scope clampedBy() {
        if (min != null && key.compare(value, min) < 0) {
            return minFrom;
        }
        return max != null && key.compare(value, max) > 0 ? maxFrom : null;
    }

    /** Who keeps narrower scopes from counting, or null. */
    @Nullable
    Scope lockedBy() {
        return lockedBy;
    }
}
