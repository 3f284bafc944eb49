package io.gatewright.settings;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * A set of words, kept sorted and without repeats. Immutable.
 *
 * <p>A union set is joined over the scopes from broad to narrow; an entry {@code !word} takes the word out again. A set
 * that is no union is replaced as a whole by a narrower scope.
 *
 * @param form what each word must match
 * @param words what a word is, for messages
 * @param foldsCase whether words that differ only in case are the same; they are kept in lower case
 */
record SetType(Pattern form, String words, boolean union, boolean foldsCase, int limit)
        implements ValueType<List<String>> {
    @Override
    public List<String> read(JsonNode json) throws BadValue {
        if (!json.isArray()) {
            throw new BadValue("is not a list");
        }
        if (json.size() > limit) {
            throw new BadValue("has more than " + limit + " entries");
        }
        TreeSet<String> entries = new TreeSet<>();
        for (JsonNode entry : json) {
            String text = entry.isTextual() ? entry.textValue() : "";
            String word = union && text.startsWith("!") ? text.substring(1) : text;
            if (!form.matcher(word).matches()) {
                throw new BadValue("has the entry " + entry + ", which is not allowed");
            }
            entries.add(foldsCase ? text.toLowerCase(Locale.ROOT) : text);
        }
        return List.copyOf(entries);
    }

    @Override
    public JsonNode write(List<String> value) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        value.forEach(array::add);
        return array;
    }

    @Override
    public String describe() {
        return "a list of " + words + (union ? "; !entry takes one out that a broader scope put in" : "");
    }

    @Override
    public ObjectNode schema() {
        ObjectNode schema =
                JsonNodeFactory.instance.objectNode().put("type", "array").put("maxItems", limit);
        schema.putObject("items").put("type", "string");
        return schema.put("uniqueItems", true);
    }

    @Override
    public List<String> merge(List<String> broader, List<String> narrower) {
        if (!union) {
            return narrower;
        }
        TreeSet<String> joined = new TreeSet<>(broader);
        for (String entry : narrower) {
            if (entry.startsWith("!")) {
                joined.remove(entry.substring(1));
            } else {
                joined.add(entry);
            }
        }
        return Collections.unmodifiableList(new ArrayList<>(joined));
    }

    @Override
    public String mergeRule() {
        return union ? "union" : "replace";
    }
}
