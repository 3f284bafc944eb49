package io.gatewright.events.schema;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import javax.lang.model.SourceVersion;

/**
 * The part of JSON Schema 2020-12 in which event schemas are written: small enough that {@link SchemaEvolution} can decide
 * about any two of them. Stateless.
 *
 * <p>Every schema has one {@code type}, is a {@code $ref} into {@code $defs}, or is a {@code oneOf} of objects told apart by
 * one constant. Objects say nothing about additional members, because {@link Reading} does. There is no
 * {@code patternProperties}, {@code not}, {@code if}, {@code anyOf}, {@code allOf}, no reference to another document and
 * none in a circle.
 */
public final class SchemaLanguage {
    static final String DIALECT = "https://json-schema.org/draft/2020-12/schema";

    /** {@code urn:gatewright:event:TYPE:REVISION}. */
    static final Pattern ID = Pattern.compile("urn:gatewright:event:([a-z0-9.-]+\\.v[1-9][0-9]*):([1-9][0-9]{0,5})");

    private static final Set<String> NOTES =
            Set.of("title", "description", "examples", "deprecated", "$comment", "x-pii");
    private static final Set<String> TOP = Set.of("$schema", "$id", "$defs", "x-publisher", "x-key", "x-alias");
    private static final Map<String, Set<String>> BY_TYPE = Map.of(
            "object", Set.of("properties", "required", "x-removed", "x-opaque"),
            "array", Set.of("items", "minItems", "maxItems", "uniqueItems"),
            "string", Set.of("enum", "x-open-enum", "const", "format", "pattern", "minLength", "maxLength"),
            "integer", Set.of("const", "minimum", "maximum"),
            "number", Set.of("minimum", "maximum"),
            "boolean", Set.of("const"));
    static final List<String> PII = List.of("none", "personal", "special");
    private static final Pattern NAME = Pattern.compile("[a-z][A-Za-z0-9]{0,63}");

    private final Set<Finding> findings = new LinkedHashSet<>();
    private final Set<JsonPointer> open = new HashSet<>();
    private final ScalarRules scalars = new ScalarRules(this::add);

    private SchemaLanguage() {}

    /** Everything in a schema that is outside the language; empty when it is inside. */
    public static List<Finding> check(JsonNode schema) {
        SchemaLanguage language = new SchemaLanguage();
        language.top(Place.top(schema));
        return List.copyOf(language.findings);
    }

    private void top(Place top) {
        if (!top.node().isObject()) {
            add(top, "is not an object; write an event's schema as one");
            return;
        }
        if (!top.node().path("$schema").asText().equals(DIALECT)) {
            add(top.at("$schema"), "is not " + DIALECT);
        }
        if (!ID.matcher(top.node().path("$id").asText()).matches()) {
            add(top.at("$id"), "is not urn:gatewright:event:TYPE:REVISION, such as urn:gatewright:event:a.b.c.v1:1");
        }
        for (String name : List.of("x-publisher", "x-key", "x-alias")) {
            if (top.node().has(name) && top.node().path(name).asText().isBlank()) {
                add(top.at(name), "is not a text");
            }
        }
        int before = findings.size();
        top.node()
                .path("$defs")
                .fieldNames()
                .forEachRemaining(name -> schema(top.at("$defs").at(name), Set.of()));
        if (!top.node().path("type").asText().equals("object")) {
            add(top.at("type"), "is not object; the data of an event are one");
        } else {
            schema(top, TOP);
        }
        if (findings.size() == before) {
            key(top);
        }
    }

    private void key(Place top) {
        String key = top.node().path("x-key").asText();
        if (key.startsWith("/")) {
            String member = key.substring(1);
            Place property = top.at("properties").at(member);
            boolean required = strings(top.node().path("required")).contains(member);
            if (!required || !property.resolved().node().path("type").asText().equals("string")) {
                add(top.at("x-key"), "points at '" + member + "', which is not a required text of the data");
            }
        }
    }

    private void schema(Place place, Set<String> also) {
        JsonNode node = place.node();
        if (!node.isObject()) {
            add(place, "is not a schema; write an object with a type");
            return;
        }
        if (node.has("x-pii") && !PII.contains(node.path("x-pii").asText())) {
            add(place.at("x-pii"), "is none of " + String.join(", ", PII));
        }
        if (place.isReference()) {
            only(place, Set.of("$ref"), "beside a $ref");
            reference(place);
        } else if (node.has("oneOf")) {
            only(place, Set.of("oneOf", "x-discriminator"), "beside a oneOf");
            variants(place);
        } else {
            typed(place, also);
        }
    }

    private void reference(Place place) {
        String target = place.node().path("$ref").asText();
        String name = target.startsWith(Place.DEFS) ? target.substring(Place.DEFS.length()) : "";
        if (name.isEmpty() || !place.root().path("$defs").has(name)) {
            add(place.at("$ref"), "'" + target + "' is not one of this schema's $defs; write #/$defs/NAME");
            return;
        }
        JsonPointer pointer = Place.top(place.root()).at("$defs").at(name).pointer();
        if (!open.add(pointer)) {
            add(place.at("$ref"), "leads back to itself; write the levels out");
            return;
        }
        schema(new Place(place.root(), place.root().at(pointer), pointer), Set.of());
        open.remove(pointer);
    }

    private void variants(Place place) {
        String discriminator = place.node().path("x-discriminator").asText();
        if (discriminator.isEmpty() || place.node().path("oneOf").isEmpty()) {
            add(place, "needs x-discriminator, the member that tells the variants apart, and at least one variant");
            return;
        }
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < place.node().path("oneOf").size(); i++) {
            Place branch = place.at("oneOf").at(i);
            int before = findings.size();
            schema(branch, Set.of());
            if (findings.size() > before) {
                continue;
            }
            JsonNode variant = branch.resolved().node();
            JsonNode constant = variant.path("properties").path(discriminator).path("const");
            if (!constant.isTextual() || !strings(variant.path("required")).contains(discriminator)) {
                add(branch, "has no required member '" + discriminator + "' with a const text");
            } else if (!seen.add(constant.textValue())) {
                add(branch, "has the same '" + discriminator + "' as another variant");
            }
        }
    }

    private void typed(Place place, Set<String> also) {
        JsonNode type = place.node().path("type");
        boolean nullable =
                type.isArray() && type.size() == 2 && type.path(1).asText().equals("null");
        String name = nullable ? type.path(0).asText() : type.isTextual() ? type.textValue() : "";
        Set<String> keywords = BY_TYPE.get(name);
        if (keywords == null) {
            add(
                    place.at("type"),
                    "is none of " + String.join(", ", new TreeSet<>(BY_TYPE.keySet()))
                            + ", or one of them with \"null\"");
            return;
        }
        Set<String> allowed = new HashSet<>(keywords);
        allowed.addAll(also);
        allowed.add("type");
        only(place, allowed, "of type " + name);
        if (nullable && (place.node().has("enum") || place.node().has("const"))) {
            add(place.at("type"), "with null has an enum or const; make the member optional instead");
        }
        switch (name) {
            case "object" -> object(place);
            case "array" -> {
                scalars.counts(place, "minItems", "maxItems");
                if (place.node().has("uniqueItems")
                        && !place.node().path("uniqueItems").isBoolean()) {
                    add(place.at("uniqueItems"), "is not true or false");
                }
                schema(place.at("items"), Set.of());
            }
            case "string" -> {
                names(place.at("enum"));
                scalars.text(place);
            }
            default -> scalars.number(place, name);
        }
    }

    private void object(Place place) {
        JsonNode node = place.node();
        if (node.has("x-opaque")) {
            if (!node.path("x-opaque").isBoolean() || !node.path("x-opaque").booleanValue() || node.has("properties")) {
                add(place.at("x-opaque"), "is true, and then there are no properties, or it is absent");
            }
            return;
        }
        if (!node.path("properties").isObject()) {
            add(place.at("properties"), "are missing; declare every member");
        }
        Set<String> removed = names(place.at("x-removed"));
        for (String name :
                node.path("properties").propertyStream().map(Map.Entry::getKey).toList()) {
            Place property = place.at("properties").at(name);
            if (!NAME.matcher(name).matches() || SourceVersion.isKeyword(name)) {
                add(property, "'" + name + "' is not a name in camelCase that Java takes too");
            }
            if (removed.contains(name)) {
                findings.add(Finding.at(
                        property.pointer(),
                        Rule.TOMBSTONE_REUSED,
                        "'" + name + "' was taken out once; take another name"));
            }
            schema(property, Set.of());
        }
        for (String name : names(place.at("required"))) {
            if (!node.path("properties").has(name)) {
                add(place.at("required"), "names '" + name + "', which is not among the properties");
            }
        }
    }

    private void only(Place place, Set<String> allowed, String where) {
        place.node().fieldNames().forEachRemaining(keyword -> {
            if (!allowed.contains(keyword) && !NOTES.contains(keyword)) {
                add(place.at(keyword), "'" + keyword + "' is outside the language " + where + "; leave it out");
            }
        });
    }

    /** The words of a list of different ones. */
    private Set<String> names(Place list) {
        List<String> words = strings(list.node());
        Set<String> names = new TreeSet<>(words);
        if (!list.node().isMissingNode()
                && (!list.node().isArray() || names.size() != list.node().size())) {
            add(list, "is not a list of different texts");
        }
        return names;
    }

    static List<String> strings(JsonNode list) {
        List<String> words = new ArrayList<>();
        list.forEach(word -> {
            if (word.isTextual()) {
                words.add(word.textValue());
            }
        });
        return words;
    }

    private void add(Place place, String message) {
        findings.add(Finding.at(place.pointer(), Rule.LANGUAGE, message));
    }
}
