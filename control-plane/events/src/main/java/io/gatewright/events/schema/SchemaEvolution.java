package io.gatewright.events.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;

/**
 * Whether a schema only adds to an older revision of itself. Stateless.
 *
 * <p>What it accepts holds in both directions: an event that a producer of the old revision could write, a producer of the
 * new one could write too, so that old events can be replayed; and whatever a producer of the new revision writes, readers
 * of the old one can read. Both schemas must be in the {@link SchemaLanguage}. A change it refuses is a new type with the
 * next major version.
 *
 * <p>For the maintainer: the two readings ({@link Reading}) make this decidable by walking both trees side by side. Because
 * producers are closed, no old event carries a member that is declared only now; because consumers are open, an old reader
 * passes over it. Everything else has to be the same on both sides, except words of an enumeration whose readers were told
 * from the start to expect others. Revisions are compared with every older one, not only with the last: two small steps
 * could come to a break. SchemaEvolutionProofTest holds this against the validator.
 */
public final class SchemaEvolution {
    /** Keywords that stay as they are, and the rule that says so. */
    private static final Map<String, Rule> FIXED = fixed();

    private final List<Finding> findings = new ArrayList<>();

    private SchemaEvolution() {}

    /**
     * Everything in {@code newer} that breaks what {@code older} promised; empty when it only adds.
     *
     * @param older an earlier revision of the same type
     */
    public static List<Finding> check(JsonNode older, JsonNode newer) {
        SchemaEvolution evolution = new SchemaEvolution();
        evolution.identity(Place.top(older), Place.top(newer));
        evolution.compare(Place.top(older), Place.top(newer));
        return List.copyOf(new LinkedHashSet<>(evolution.findings));
    }

    private void identity(Place older, Place newer) {
        Matcher before = SchemaLanguage.ID.matcher(older.node().path("$id").asText());
        Matcher after = SchemaLanguage.ID.matcher(newer.node().path("$id").asText());
        if (!before.matches() || !after.matches()) {
            throw new IllegalArgumentException(
                    "This is no event schema: its $id is " + newer.node().path("$id"));
        }
        if (!before.group(1).equals(after.group(1))) {
            add(
                    newer.at("$id"),
                    Rule.IDENTITY,
                    "is " + after.group(1) + " and was " + before.group(1) + "; another type is another file");
            return;
        }
        int from = Integer.parseInt(before.group(2));
        int to = Integer.parseInt(after.group(2));
        if (to < from || (to == from && !older.node().equals(newer.node()))) {
            add(
                    newer.at("$id"),
                    Rule.REVISION,
                    "is revision " + to + " of a schema whose revision " + from + " says something else; end it with :"
                            + (from + 1));
        }
        same("x-key", older, newer, Rule.IDENTITY, "the partition key decides the order of events");
        if (older.node().has("x-alias")) {
            same("x-alias", older, newer, Rule.IDENTITY, "others know the type by it");
        }
    }

    private void compare(Place older, Place newer) {
        pii(older, newer);
        Place before = older.resolved();
        Place after = newer.resolved();
        boolean variants = before.node().has("oneOf");
        if (variants != after.node().has("oneOf")) {
            add(after, Rule.TYPE_CHANGED, "a single type and a choice of variants are different things");
        } else if (variants) {
            variants(before, after);
        } else if (sameType(before, after)) {
            FIXED.forEach(
                    (keyword, rule) -> same(keyword, before, after, rule, "old events and old readers count on it"));
            words(before, after);
            object(before, after);
            if (before.node().has("items")) {
                compare(before.at("items"), after.at("items"));
            }
        }
    }

    private boolean sameType(Place older, Place newer) {
        Set<String> before = types(older.node());
        Set<String> after = types(newer.node());
        boolean nullBefore = before.remove("null");
        if (nullBefore != after.remove("null")) {
            add(
                    newer.at("type"),
                    Rule.NULLABILITY_CHANGED,
                    nullBefore
                            ? "no longer allows null, which old events may hold"
                            : "allows null, which old readers do not expect");
        }
        if (!before.equals(after)) {
            add(
                    newer.at("type"),
                    Rule.TYPE_CHANGED,
                    "is " + String.join(", ", after) + " and was " + String.join(", ", before)
                            + "; add a member with another name");
            return false;
        }
        if (older.node().has("x-opaque") != newer.node().has("x-opaque")) {
            add(newer.at("x-opaque"), Rule.TYPE_CHANGED, "an object with and one without declared members differ");
            return false;
        }
        return true;
    }

    private static Set<String> types(JsonNode schema) {
        JsonNode type = schema.path("type");
        return new LinkedHashSet<>(type.isTextual() ? List.of(type.textValue()) : SchemaLanguage.strings(type));
    }

    private void object(Place older, Place newer) {
        Place before = older.at("properties");
        Place after = newer.at("properties");
        List<String> neededBefore = SchemaLanguage.strings(older.node().path("required"));
        List<String> neededAfter = SchemaLanguage.strings(newer.node().path("required"));
        List<String> removed = SchemaLanguage.strings(older.node().path("x-removed"));
        before.node().fieldNames().forEachRemaining(name -> {
            if (!after.node().has(name)) {
                add(
                        before.at(name),
                        Rule.PROPERTY_REMOVED,
                        "'" + name + "' is gone or has another name; keep it and mark it deprecated");
                return;
            }
            if (neededBefore.contains(name) != neededAfter.contains(name)) {
                add(
                        newer.at("required"),
                        Rule.REQUIRED_CHANGED,
                        neededBefore.contains(name)
                                ? "'" + name + "' became optional, and old readers count on it"
                                : "'" + name + "' became required, and old events may lack it");
            }
            compare(before.at(name), after.at(name));
        });
        after.node().fieldNames().forEachRemaining(name -> {
            if (before.node().has(name)) {
                return;
            }
            if (removed.contains(name)) {
                add(after.at(name), Rule.TOMBSTONE_REUSED, "'" + name + "' was taken out once; take another name");
            }
            if (neededAfter.contains(name)) {
                add(
                        newer.at("required"),
                        Rule.PROPERTY_REQUIRED,
                        "'" + name + "' is new and required, and old events lack it; make it optional");
            }
        });
        List<String> listed = SchemaLanguage.strings(newer.node().path("x-removed"));
        for (String name : removed) {
            if (!listed.contains(name)) {
                add(newer.at("x-removed"), Rule.TOMBSTONE_LOST, "no longer lists '" + name + "'; it stays taken");
            }
        }
    }

    private void words(Place older, Place newer) {
        boolean open = isOpen(older);
        if (open != isOpen(newer)) {
            add(newer.at("x-open-enum"), Rule.OPEN_ENUM_CHANGED, "is decided when the member is new");
        }
        Place list = newer.at("enum");
        if (older.node().has("enum") != newer.node().has("enum")) {
            add(
                    list,
                    newer.node().has("enum") ? Rule.ENUM_NARROWED : Rule.ENUM_WIDENED,
                    newer.node().has("enum")
                            ? "is new, and old events may hold other words"
                            : "is gone, and old readers know its words only");
            return;
        }
        List<String> before = SchemaLanguage.strings(older.node().path("enum"));
        List<String> after = SchemaLanguage.strings(list.node());
        for (String word : before) {
            if (!after.contains(word)) {
                add(list, Rule.ENUM_NARROWED, "lacks '" + word + "', which old events may hold");
            }
        }
        for (String word : after) {
            if (!before.contains(word) && !open) {
                add(
                        list,
                        Rule.ENUM_WIDENED,
                        "has the new word '" + word
                                + "', which old readers do not know; only x-open-enum allows that, from the start");
            }
        }
    }

    private static boolean isOpen(Place place) {
        return place.node().path("x-open-enum").booleanValue();
    }

    private void variants(Place older, Place newer) {
        same("x-discriminator", older, newer, Rule.VARIANTS_CHANGED, "it tells the variants apart");
        Map<String, Place> before = byWord(older);
        Map<String, Place> after = byWord(newer);
        before.forEach((word, variant) -> {
            Place same = after.get(word);
            if (same == null) {
                add(variant, Rule.VARIANTS_CHANGED, "the variant '" + word + "' is gone, and old events may hold it");
            } else {
                compare(variant, same);
            }
        });
        after.forEach((word, variant) -> {
            if (!before.containsKey(word)) {
                add(
                        variant,
                        Rule.VARIANTS_CHANGED,
                        "the variant '" + word + "' is new, and old readers do not know it");
            }
        });
    }

    private static Map<String, Place> byWord(Place choice) {
        String discriminator = choice.node().path("x-discriminator").asText();
        Map<String, Place> variants = new LinkedHashMap<>();
        for (int i = 0; i < choice.node().path("oneOf").size(); i++) {
            Place variant = choice.at("oneOf").at(i);
            JsonNode properties = variant.resolved().node().path("properties");
            variants.put(properties.path(discriminator).path("const").asText(), variant);
        }
        return variants;
    }

    private void pii(Place older, Place newer) {
        if (sensitivity(newer) < sensitivity(older)) {
            add(newer.at("x-pii"), Rule.PII_LOWERED, "is lower than it was; what was personal in old events stays so");
        }
    }

    private static int sensitivity(Place place) {
        return SchemaLanguage.PII.indexOf(place.resolved().node().path("x-pii").asText("none"));
    }

    private void same(String keyword, Place older, Place newer, Rule rule, String why) {
        JsonNode before = older.node().path(keyword);
        JsonNode after = newer.node().path(keyword);
        boolean equal = (before.isNumber() && after.isNumber())
                ? before.decimalValue().compareTo(after.decimalValue()) == 0
                : Objects.equals(before, after);
        if (!equal) {
            add(newer.at(keyword), rule, "is " + shown(after) + " and was " + shown(before) + "; " + why);
        }
    }

    private static String shown(JsonNode value) {
        return value.isMissingNode() ? "absent" : value.toString();
    }

    private static Map<String, Rule> fixed() {
        Map<String, Rule> rules = new LinkedHashMap<>();
        for (String keyword :
                List.of("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "uniqueItems")) {
            rules.put(keyword, Rule.BOUNDS_CHANGED);
        }
        rules.put("pattern", Rule.PATTERN_CHANGED);
        rules.put("format", Rule.FORMAT_CHANGED);
        rules.put("const", Rule.CONST_CHANGED);
        return rules;
    }

    private void add(Place place, Rule rule, String message) {
        findings.add(Finding.at(place.pointer(), rule, message));
    }
}
