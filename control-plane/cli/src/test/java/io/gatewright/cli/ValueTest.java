package io.gatewright.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ValueTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "integer | 1200 | 1200",
                "boolean | true | true",
                "string | PT1M | \"PT1M\"",
                "string | 5 | \"5\"",
                "string | \"quoted\" | \"quoted\"",
                "array | a,b | [\"a\",\"b\"]",
                "array | https://a.example | [\"https://a.example\"]",
                "array | [\"a\"] | [\"a\"]",
                "array | [] | []",
                " | none | \"none\"",
                " | 7 | 7"
            })
    void becomesWhatTheSchemaAsksFor(String type, String typed, String json) {
        assertThat(Value.read(List.of(typed), schema(type))).hasToString(json);
    }

    @Test
    void joinsSeveralWordsToAList() {
        assertThat(Value.read(List.of("a,b", "c"), schema("array"))).hasToString("[\"a\",\"b\",\"c\"]");
    }

    @Test
    void refusesSeveralWordsForASingleValue() {
        assertThatThrownBy(() -> Value.read(List.of("1", "2"), schema("integer")))
                .hasMessage("this key takes one value, not 2");
    }

    private static JsonNode schema(String type) {
        return type == null
                ? MissingNode.getInstance()
                : JsonNodeFactory.instance.objectNode().put("type", type);
    }
}
