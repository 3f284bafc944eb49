package io.gatewright.pdk.config;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.pdk.KongField;
import io.gatewright.pdk.KongVersion;
import java.util.Collection;
import java.util.List;

/**
 * Writes Kong's schema of a plugin (Kong's {@code db/schema/metaschema.lua}): every list entry an object with one key. Leaves out what the
 * target version would refuse. Immutable.
 */
public final class SchemaWriter {
    private static final KongVersion DESCRIPTIONS = new KongVersion(3, 4);

    private final KongVersion target;

    /** For Kong of this version. */
    public SchemaWriter(KongVersion target) {
        this.target = target;
    }

    /**
     * The schema of a plugin.
     *
     * @param protocols to which it is restricted; none means those that Kong assumes
     */
    public ObjectNode plugin(String name, ConfigRecord<?> config, Collection<String> protocols) {
        ObjectNode schema = object().put("name", name);
        ArrayNode fields = schema.putArray("fields");
        if (!protocols.isEmpty()) {
            List<String> sorted = protocols.stream().sorted().toList();
            ObjectNode set =
                    fields.addObject().putObject("protocols").put("type", "set").put("required", true);
            sorted.forEach(set.putArray("default")::add);
            sorted.forEach(set.putObject("elements").put("type", "string").putArray("one_of")::add);
        }
        ObjectNode record = fields.addObject().putObject("config").put("type", "record");
        record.set("fields", fields(config));
        return schema;
    }

    private ArrayNode fields(ConfigRecord<?> config) {
        ArrayNode fields = JsonNodeFactory.instance.arrayNode();
        for (Field field : config.fields()) {
            fields.addObject().set(field.name(), field(field));
        }
        return fields;
    }

    private ObjectNode field(Field field) {
        KongField traits = field.traits();
        ObjectNode json = type(field.type(), traits);
        json.put("required", field.isRequired());
        if (field.defaultValue() != null) {
            json.set("default", field.defaultValue());
        }
        if (traits.lenMin() >= 0) {
            json.put("len_min", traits.lenMin());
        }
        if (traits.lenMax() >= 0) {
            json.put("len_max", traits.lenMax());
        }
        if (!traits.description().isEmpty() && target.compareTo(DESCRIPTIONS) >= 0) {
            json.put("description", traits.description());
        }
        return json;
    }

    private ObjectNode type(FieldType type, KongField traits) {
        return switch (type) {
            case FieldType.Text() -> text(traits);
            case FieldType.Truth() -> object().put("type", "boolean");
            case FieldType.Int() -> whole(Integer.MIN_VALUE, Integer.MAX_VALUE, traits);
            case FieldType.LongInt() -> whole(-FieldType.LongInt.LARGEST, FieldType.LongInt.LARGEST, traits);
            case FieldType.Decimal() -> {
                ObjectNode json = object().put("type", "number");
                if (traits.between().length > 0) {
                    json.putArray("between").add(traits.between()[0]).add(traits.between()[1]);
                }
                yield json;
            }
            case FieldType.Choice(List<Enum<?>> constants) -> {
                ObjectNode json = object().put("type", "string");
                constants.stream().map(FieldType.Choice::name).forEach(json.putArray("one_of")::add);
                yield json;
            }
            case FieldType.Items(FieldType element, boolean unique) -> {
                ObjectNode json = object().put("type", unique ? "set" : "array");
                json.set("elements", type(element, traits));
                yield json;
            }
            case FieldType.Entries(FieldType value) -> {
                ObjectNode json = object().put("type", "map");
                json.putObject("keys").put("type", "string");
                json.set("values", type(value, traits));
                yield json;
            }
            case FieldType.Nested(ConfigRecord<?> config) -> {
                ObjectNode json = object().put("type", "record");
                json.set("fields", fields(config));
                yield json;
            }
        };
    }

    private static ObjectNode text(KongField traits) {
        ObjectNode json = object().put("type", "string");
        if (traits.oneOf().length > 0) {
            List.of(traits.oneOf()).forEach(json.putArray("one_of")::add);
        }
        if (!traits.match().isEmpty()) {
            json.put("match", traits.match());
        }
        if (traits.referenceable()) {
            json.put("referenceable", true);
        }
        if (traits.encrypted()) {
            json.put("encrypted", true);
        }
        return json;
    }

    /** An integer that Kong keeps in the range that Java has for it. */
    private static ObjectNode whole(long least, long greatest, KongField traits) {
        double[] between = traits.between();
        ObjectNode json = object().put("type", "integer");
        json.putArray("between")
                .add(between.length == 0 ? least : Math.max(least, (long) between[0]))
                .add(between.length == 0 ? greatest : Math.min(greatest, (long) between[1]));
        return json;
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
