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
 */
public record Explanation(Key<?> key, JsonNode defaultValue, List<Step> steps, JsonNode effective) {

    /** What a scope did to the value. */
    public enum Outcome {
        /** It says nothing. */
        UNSET,
        /** It said something that a narrower scope replaced. */
        SHADOWED,
        /** It added to the value or took from it. */
        JOINED,
        /** Its value counts. */
        COUNTS
    }

    /**
     * One scope of the chain.
     *
     * @param value what it says, or null
     * @param revision the revision that said so, 0 when it says nothing
     */
    public record Step(Scope scope, @Nullable JsonNode value, long revision, Outcome outcome) {}

    static Explanation of(Settings settings, List<Scope> chain, Key<?> key) {
        Effective.Builder effective = new Effective.Builder();
        int last = lastSet(settings, chain, key);
        boolean union = key.type().mergeRule().equals("union");
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < chain.size(); i++) {
            Document document = settings.setting(chain.get(i), key);
            if (document == null || !(document.body() instanceof Setting setting)) {
                steps.add(new Step(chain.get(i), null, 0, Outcome.UNSET));
                continue;
            }
            effective.narrow(key, setting.value());
            Outcome outcome = union ? Outcome.JOINED : i == last ? Outcome.COUNTS : Outcome.SHADOWED;
            steps.add(new Step(chain.get(i), SettingFormat.write(key, setting.value()), document.version(), outcome));
        }
        return new Explanation(
                key,
                SettingFormat.write(key, key.defaultValue()),
                List.copyOf(steps),
                SettingFormat.write(key, effective.build().get(key)));
    }

    private static int lastSet(Settings settings, List<Scope> chain, Key<?> key) {
        int last = chain.size() - 1;
        while (last >= 0 && settings.setting(chain.get(last), key) == null) {
            last--;
        }
        return last;
    }
}
