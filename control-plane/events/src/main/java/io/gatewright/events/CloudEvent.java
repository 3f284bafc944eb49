package io.gatewright.events;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An event in the JSON format of CloudEvents 1.0.2, with its exact text. Immutable.
 *
 * <p>What is parsed is kept to the byte: number forms, order of members and white space reach every reader as the producer
 * wrote them. Two events are equal when their texts are.
 */
public final class CloudEvent {
    /** The most bytes an event may have in UTF-8; larger data goes by reference ({@code dataref}). */
    public static final int MAX_BYTES = 64 * 1024;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private final String text;
    private final ObjectNode json;

    private CloudEvent(String text, ObjectNode json) {
        this.text = text;
        this.json = json;
    }

    /**
     * Reads an event.
     *
     * @throws EventRefused of the kind MALFORMED, with all that is wrong
     */
    public static CloudEvent parse(byte[] utf8) {
        requireSize(utf8.length);
        try {
            return read(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString());
        } catch (CharacterCodingException e) {
            throw malformed(List.of("it is not valid UTF-8"), e);
        }
    }

    /** The same from text. */
    public static CloudEvent parse(String text) {
        requireSize(text.getBytes(StandardCharsets.UTF_8).length);
        return read(text);
    }

    private static CloudEvent read(String text) {
        try {
            if (!(JSON.readTree(text) instanceof ObjectNode json)) {
                throw malformed(List.of("it is not a JSON object"), null);
            }
            List<String> problems = Envelope.problems(json);
            if (!problems.isEmpty()) {
                throw malformed(problems, null);
            }
            return new CloudEvent(text, json);
        } catch (JsonProcessingException e) {
            throw malformed(List.of("it is not JSON: " + e.getOriginalMessage()), e);
        }
    }

    /** Whether a text attribute of an event may have this value. */
    public static boolean isAttribute(String value) {
        return !value.isEmpty() && Envelope.isText(value);
    }

    /** Starts an event: a new id, the time now as RFC 3339 in UTC, data in JSON. */
    public static Builder of(String type, String source) {
        return new Builder(type, source);
    }

    /** Exactly what the producer wrote. */
    public String text() {
        return text;
    }

    /** The text in UTF-8, at most {@link #MAX_BYTES}. */
    public byte[] bytes() {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    public String id() {
        return required("id");
    }

    /** A URI reference. With {@link #id} it names the event. */
    public String source() {
        return required("source");
    }

    /** {@code <domain>.<aggregate>.<event>.v<major>}. */
    public String type() {
        return required("type");
    }

    /** The first two parts of the type. */
    public String topic() {
        String type = type();
        int second = type.indexOf('.', type.indexOf('.') + 1);
        return type.substring(0, second);
    }

    /** The attribute {@code tenantid}; empty for an event of the platform itself. */
    public String tenant() {
        String tenant = attribute("tenantid");
        return tenant == null ? "" : tenant;
    }

    public @Nullable String org() {
        return attribute("orgid");
    }

    /** Events of one tenant, organisation and key are delivered in order: {@code partitionkey}, else {@code subject}, else empty. */
    public String key() {
        String key = attribute("partitionkey");
        key = key == null ? attribute("subject") : key;
        return key == null ? "" : key;
    }

    public int partition() {
        return Partition.of(tenant(), org());
    }

    /** A context attribute as text, also a Boolean or Integer; null when absent. */
    public @Nullable String attribute(String name) {
        JsonNode value = json.get(name);
        return value == null || value.isNull() ? null : value.asText();
    }

    /** The member {@code data}: null when absent, a {@code NullNode} when it is null. Do not change it. */
    public @Nullable JsonNode data() {
        return json.get("data");
    }

    /** The whole event as JSON, a copy. Floating numbers are decimals. */
    public ObjectNode json() {
        return json.deepCopy();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CloudEvent event && event.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** Names the event without its data, which may be personal. */
    @Override
    public String toString() {
        return "CloudEvent[" + type() + " " + source() + " " + id() + "]";
    }

    private String required(String name) {
        return json.path(name).asText();
    }

    private static void requireSize(int bytes) {
        if (bytes > MAX_BYTES) {
            throw malformed(
                    List.of("it has " + bytes + " bytes, at most " + MAX_BYTES
                            + " are allowed: put the data elsewhere and" + " refer to it by dataref"),
                    null);
        }
    }

    private static EventRefused malformed(List<String> problems, @Nullable Throwable cause) {
        EventRefused refused = new EventRefused(EventRefused.Kind.MALFORMED, problems);
        if (cause != null) {
            refused.initCause(cause);
        }
        return refused;
    }

    /** Puts an event together. One thread at a time. */
    public static final class Builder {
        private final ObjectNode json = JsonNodeFactory.instance.objectNode();

        private Builder(String type, String source) {
            json.put("specversion", "1.0")
                    .put("id", UUID.randomUUID().toString())
                    .put("source", source)
                    .put("type", type)
                    .put("time", Instant.now().toString());
        }

        /** Any context attribute; see {@link CloudEvent} for those that mean something here. */
        public Builder with(String name, String value) {
            json.put(name, value);
            return this;
        }

        public Builder id(String id) {
            return with("id", id);
        }

        public Builder tenant(String tenant) {
            return with("tenantid", tenant);
        }

        public Builder org(String org) {
            return with("orgid", org);
        }

        public Builder key(String key) {
            return with("partitionkey", key);
        }

        public Builder data(JsonNode data) {
            json.put("datacontenttype", "application/json").set("data", data);
            return this;
        }

        /**
         * Writes it.
         *
         * @throws EventRefused with all that is wrong
         */
        public CloudEvent build() {
            return parse(json.toString());
        }
    }
}
