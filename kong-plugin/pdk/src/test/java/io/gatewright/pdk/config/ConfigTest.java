package io.gatewright.pdk.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatewright.pdk.KongField;
import io.gatewright.pdk.KongVersion;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Config records: what Kong is told of them and what they are read from; the numbers are those of the conformance cases. */
final class ConfigTest {
    enum Mode {
        STRICT,
        LAX
    }

    record Inner(@KongField(defaultValue = "10") int size, Optional<String> hint) {}

    record Everything(
            @KongField(description = "What to greet the client with", defaultValue = "hello", lenMax = 80)
            String greeting,

            @KongField(oneOf = {"a", "b"}) String letter,

            @KongField(
                    between = {1, 65535},
                    defaultValue = "80")
            int port,

            long count,
            @KongField(between = {0.5, 1}) double ratio,
            boolean dryRun,
            @KongField(defaultValue = "lax") Mode mode,

            @KongField(referenceable = true, encrypted = true)
            Optional<String> secret,

            @KongField(lenMin = 1, match = "^%a+$") List<String> names,
            Set<Mode> modes,
            Map<String, Integer> weights,
            Inner inner,
            @KongField(name = "other-inner") Optional<Inner> otherInner) {}

    private static final ConfigRecord<Everything> RECORD = ConfigRecord.of(Everything.class);

    private static final String SCHEMA = """
            {"name": "every", "fields": [
              {"protocols": {"type": "set", "required": true, "default": ["http", "https"],
                "elements": {"type": "string", "one_of": ["http", "https"]}}},
              {"config": {"type": "record", "fields": [
                {"greeting": {"type": "string", "required": true, "default": "hello", "len_max": 80,
                  "description": "What to greet the client with"}},
                {"letter": {"type": "string", "one_of": ["a", "b"], "required": true}},
                {"port": {"type": "integer", "between": [1, 65535], "required": true, "default": 80}},
                {"count": {"type": "integer", "between": [-9007199254740992, 9007199254740992], "required": true}},
                {"ratio": {"type": "number", "between": [0.5, 1.0], "required": true}},
                {"dry_run": {"type": "boolean", "required": true}},
                {"mode": {"type": "string", "one_of": ["strict", "lax"], "required": true, "default": "lax"}},
                {"secret": {"type": "string", "referenceable": true, "encrypted": true, "required": false}},
                {"names": {"type": "array", "elements": {"type": "string", "match": "^%a+$"}, "required": true, "len_min": 1}},
                {"modes": {"type": "set", "elements": {"type": "string", "one_of": ["strict", "lax"]}, "required": false}},
                {"weights": {"type": "map", "keys": {"type": "string"},
                  "values": {"type": "integer", "between": [-2147483648, 2147483647]}, "required": false}},
                {"inner": {"type": "record", "required": true, "fields": [
                  {"size": {"type": "integer", "between": [-2147483648, 2147483647], "required": true, "default": 10}},
                  {"hint": {"type": "string", "required": false}}]}},
                {"other-inner": {"type": "record", "required": false, "fields": [
                  {"size": {"type": "integer", "between": [-2147483648, 2147483647], "required": true, "default": 10}},
                  {"hint": {"type": "string", "required": false}}]}}
              ]}}
            ]}
            """;

    private static final String LEAST = """
            {"letter": "a", "count": 1e+15, "ratio": 1, "dry_run": true, "names": ["x"]}
            """;

    @Test
    void aRecordIsASchema() throws Exception {
        JsonNode schema = new SchemaWriter(new KongVersion(3, 9)).plugin("every", RECORD, Set.of("https", "http"));
        assertThat(new ObjectMapper().readTree(schema.toString())).isEqualTo(new ObjectMapper().readTree(SCHEMA));
    }

    @Test
    @DisplayName("K52 the schema has what each version of Kong takes and nothing else")
    void everyVersionTakesItsSchema() {
        for (String version : List.of("2.8", "3.0", "3.3", "3.4", "3.9")) {
            KongVersion target = KongVersion.parse(version);
            JsonNode schema = new SchemaWriter(target).plugin("every", RECORD, Set.of());
            MetaSchema.accept(schema, target);
            assertThat(schema.toString().contains("description")).isEqualTo(target.isAtLeast(3, 4));
        }
    }

    @Test
    @DisplayName("K7 Kong's own keys are passed over, an empty list may be an object, an integer may have an exponent")
    void readsWhatKongSends() throws Exception {
        Everything read = read("""
                {"__key__": "k", "__seq__": 3, "__plugin_id": "p", "__ws_id": "w", "$refs": {"secret": "{vault://x}"},
                 "route_id": "r", "unknown": [1], "greeting": "hi", "letter": "b", "port": 8e+1, "count": 1e+15, "ratio": 0.75,
                 "dry_run": false, "mode": "strict", "secret": "", "names": {}, "modes": ["lax", "lax"], "weights": [],
                 "inner": {"size": 2, "hint": null}, "other-inner": {}}
                """);
        assertThat(read)
                .isEqualTo(new Everything(
                        "hi",
                        "b",
                        80,
                        1_000_000_000_000_000L,
                        0.75,
                        false,
                        Mode.STRICT,
                        Optional.of(""),
                        List.of(),
                        Set.of(Mode.LAX),
                        Map.of(),
                        new Inner(2, Optional.empty()),
                        Optional.of(new Inner(10, Optional.empty()))));
    }

    @Test
    void whatKongLeavesOutHasItsDefault() throws Exception {
        Everything read = read(LEAST);
        assertThat(read.greeting()).isEqualTo("hello");
        assertThat(read.port()).isEqualTo(80);
        assertThat(read.mode()).isEqualTo(Mode.LAX);
        assertThat(read.inner().size()).isEqualTo(10);
        assertThat(read.otherInner()).isEmpty();
        assertThat(read.secret()).isEmpty();
        assertThat(read.modes()).isEmpty();
    }

    @Test
    @DisplayName("K6 a value of another type is refused by name")
    void refusesByName() {
        Map<String, String> wrong = Map.of(
                "{}",
                "letter is missing",
                "[1]",
                "The config has to be an object",
                "{",
                "The config is no JSON",
                LEAST.replace("\"a\"", "1"),
                "letter has to be a text",
                LEAST.replace("1e+15", "1.5"),
                "count has to be a whole number",
                LEAST.replace("true", "1"),
                "dry_run has to be true or false",
                LEAST.replace("[\"x\"]", "[\"x\", 2]"),
                "names[1] has to be a text",
                LEAST.replace("}", ", \"port\": 3000000000}"),
                "port has to be a whole number from -2147483648",
                LEAST.replace("}", ", \"mode\": \"LAX\"}"),
                "mode has to be one of [strict, lax]",
                LEAST.replace("}", ", \"inner\": {\"size\": \"1\"}}"),
                "inner.size has to be a whole number");
        wrong.forEach((json, message) -> assertThatThrownBy(() -> read(json))
                .as(json)
                .isInstanceOf(ConfigProblem.class)
                .hasMessageStartingWith(message));
    }

    record Thing(Object anything) {}

    record ShortDescription(
            @KongField(description = "short") String a) {}

    record BadDefault(@KongField(defaultValue = "ten") int size) {}

    record BadBetween(@KongField(between = 1) int size) {}

    record TextBetween(@KongField(between = {1, 2}) String size) {}

    record NumberChoice(@KongField(oneOf = "1") int size) {}

    record Twice(@KongField(name = "b") int a, int b) {}

    record Refusing(int size) {
        Refusing {
            if (size > 5) {
                throw new IllegalArgumentException("size is over 5");
            }
        }
    }

    @Test
    void recordsThatKongCouldNotHaveAreRefusedAtOnce() {
        Map<Class<? extends Record>, String> wrong = Map.of(
                Thing.class, "Thing: anything is a java.lang.Object; Kong has String",
                ShortDescription.class, "a has a description of 5 characters; Kong wants 10 to 500",
                BadDefault.class, "size has the default 'ten'",
                BadBetween.class, "size has a between that is not {least, greatest}",
                TextBetween.class, "size is no number",
                NumberChoice.class, "size is no text",
                Twice.class, "two components of one name in Kong: [b, b]");
        wrong.forEach((record, message) -> assertThatThrownBy(() -> ConfigRecord.of(record))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message));
    }

    @Test
    void whatTheRecordItselfRefusesIsAProblemOfTheConfig() {
        assertThatThrownBy(() -> ConfigRecord.of(Refusing.class).read("{\"size\":6}".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(ConfigProblem.class)
                .hasMessageContaining("size is over 5");
    }

    private static Everything read(String json) throws ConfigProblem {
        return RECORD.read(json.getBytes(StandardCharsets.UTF_8));
    }
}
