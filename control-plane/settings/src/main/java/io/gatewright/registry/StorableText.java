package io.gatewright.registry;

import com.fasterxml.jackson.databind.JsonNode;

/** Text that Postgres can keep in UTF-8: neither NUL nor half of a surrogate pair. Stateless. */
public final class StorableText {
    static final String MESSAGE = "holds a character that cannot be stored";
    static final String FIX = "take out \\u0000 and unpaired surrogates";

    private StorableText() {}

    /** Whether it can be kept. */
    public static boolean is(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean pair = Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1));
            if (pair) {
                i++;
            } else if (c == 0 || Character.isSurrogate(c)) {
                return false;
            }
        }
        return true;
    }

    /** Whether every text and field name in it can be kept. */
    static boolean isThroughout(JsonNode json) {
        if (json.isTextual()) {
            return is(json.textValue());
        }
        for (var field : json.properties()) {
            if (!is(field.getKey())) {
                return false;
            }
        }
        for (JsonNode child : json) {
            if (!isThroughout(child)) {
                return false;
            }
        }
        return true;
    }
}
