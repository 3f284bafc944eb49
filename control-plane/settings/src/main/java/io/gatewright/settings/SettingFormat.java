package io.gatewright.settings;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.settings.Body.Setting;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The JSON form of settings: the id is {@code <scope>/<key>}, the body holds the value. */
final class SettingFormat {
    private SettingFormat() {}

    static @Nullable Setting read(String id, JsonNode json, List<Problem> problems) {
        int slash = id.lastIndexOf('/');
        Optional<Scope> scope = Scope.parse(slash < 0 ? "" : id.substring(0, slash));
        String name = id.substring(slash + 1);
        Key<?> key = Catalog.find(name);
        if (scope.isEmpty()) {
            problems.add(new Problem("scope", "is not a scope", "write " + Scope.FORMS));
        }
        if (key == null) {
            problems.add(new Problem("key", name + " is not a key", "did you mean " + nearest(name) + "?"));
        }
        if (key == null || scope.isEmpty()) {
            return null;
        }
        Fields fields = new Fields(json, "", problems);
        JsonNode value = fields.any("value");
        fields.done();
        try {
            return new Setting(scope.get(), key, key.type().read(value));
        } catch (ValueType.BadValue e) {
            problems.add(
                    new Problem("value", e.getMessage(), "write " + key.type().describe()));
            return null;
        }
    }

    static void write(Setting setting, ObjectNode json) {
        json.set("value", write(setting.key(), setting.value()));
    }

    @SuppressWarnings("unchecked") // a setting's value was made by its key's type
    static <T> JsonNode write(Key<T> key, Object value) {
        return key.type().write((T) value);
    }

    private static String nearest(String name) {
        return Catalog.keys().stream()
                .map(Key::name)
                .min(java.util.Comparator.comparingInt(candidate -> distance(name, candidate)))
                .orElseThrow();
    }

    /** Levenshtein distance. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
