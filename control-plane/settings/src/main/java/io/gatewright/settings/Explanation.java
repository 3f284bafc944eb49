package io.gatewright.settings;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatewright.settings.Body.Setting;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why a key has its value: the scopes that were looked at, from broad to narrow. Immutable.
 *
 * @param defaultValue what counts when no scope says anything
 * @param effective what counts
 * @param clampedBy the scope whose bound moved the value, or null
 * @param lockedBy the scope that keeps narrower ones from counting, or null
 */
public record Explanation(
        Key<?> key,
        JsonNode defaultValue,
        List<Step> steps,
        JsonNode effective,
        @Nullable Scope clampedBy,
        @Nullable Scope lockedBy) {

    /** What a scope did to the value. */
    public enum Outcome {
        /** It says nothing. */
        UNSET,
        /** It sets no value, only bounds. */
        BOUNDS,
        /** It said something that a narrower scope replaced. */
        SHADOWED,
        /** It added to the value or took from it. */
        JOINED,
        /** Its value counts. */
        COUNTS,
        /** Its value would count, but a bound moved it. */
        CLAMPED,
        /** It does not count, since a broader scope locks the key. */
        LOCKED
    }

    /**
     * One scope of the chain.
     *
     * @param value what it sets, or null
     * @param locked whether it locks the key for narrower scopes
     * @param min its lower bound for narrower scopes, or null
     * @param max its upper bound, or null
     * @param revision the revision that said so, 0 when it says nothing
     * @param by the scope that clamped or locked it, or null
     */
    public record Step(
            Scope scope,
            @Nullable JsonNode value,
            boolean locked,
            @Nullable JsonNode min,
            @Nullable JsonNode max,
            long revision,
            Outcome outcome,
            @Nullable Scope by) {
        private Step as(Outcome other, @Nullable Scope cause) {
            return new Step(scope, value, locked, min, max, revision, other, cause);
        }
    }

    static Explanation of(Settings settings, List<Scope> chain, Key<?> key) {
        Resolving resolving = new Resolving(key);
        boolean union = key.type().mergeRule().equals("union");
        List<Step> steps = new ArrayList<>();
        int last = -1;
        for (Scope scope : chain) {
            Document document = settings.setting(scope, key);
            if (document == null || !(document.body() instanceof Setting setting)) {
                steps.add(new Step(scope, null, false, null, null, 0, Outcome.UNSET, null));
            } else if (!resolving.narrow(setting)) {
                steps.add(step(setting, document.version(), Outcome.UNSET).as(Outcome.LOCKED, resolving.lockedBy()));
            } else if (setting.value() == null) {
                steps.add(step(setting, document.version(), Outcome.BOUNDS));
            } else {
                last = steps.size();
                steps.add(step(setting, document.version(), union ? Outcome.JOINED : Outcome.SHADOWED));
            }
        }
        if (last >= 0 && !union) {
            Scope by = resolving.clampedBy();
            steps.set(last, steps.get(last).as(by == null ? Outcome.COUNTS : Outcome.CLAMPED, by));
        }
        return new Explanation(
                key,
                SettingFormat.write(key, key.defaultValue()),
                List.copyOf(steps),
                SettingFormat.write(key, resolving.value()),
                resolving.clampedBy(),
                resolving.lockedBy());
    }

    private static Step step(Setting setting, long revision, Outcome outcome) {
        Restriction restriction = setting.restriction();
        return new Step(
                setting.scope(),
                written(setting.key(), setting.value()),
                restriction.locked(),
                written(setting.key(), restriction.min()),
                written(setting.key(), restriction.max()),
                revision,
                outcome,
                null);
    }

    private static @Nullable JsonNode written(Key<?> key, @Nullable Object value) {
        return value == null ? null : SettingFormat.write(key, value);
    }
}
