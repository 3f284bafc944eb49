package io.gatewright.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CloudEventTest {
    private static final String WHOLE = """
        { "specversion":"1.0",  "id":"1", "source":"/s", "type":"sample.status.changed.v1", "tenantid":"acme",
          "subject":"order-1", "number":7, "flag":true, "nothing":null,
          "data":{"amount":12345678901234567890.10} }""";

    @Test
    void keepsTheTextToTheByte() {
        CloudEvent event = CloudEvent.parse(WHOLE.getBytes(StandardCharsets.UTF_8));

        assertThat(event.text()).isEqualTo(WHOLE);
        assertThat(event.bytes()).isEqualTo(WHOLE.getBytes(StandardCharsets.UTF_8));
        assertThat(event.topic()).isEqualTo("sample.status");
        assertThat(event.tenant()).isEqualTo("acme");
        assertThat(event.key()).isEqualTo("order-1");
        assertThat(event.attribute("number")).isEqualTo("7");
        assertThat(event.attribute("nothing")).isNull();
        assertThat(event.data()).hasToString("{\"amount\":12345678901234567890.1}");
    }

    @Test
    void writesWhatItReads() {
        CloudEvent event = CloudEvent.of("credit.checked.v1", "/credit")
                .tenant("acme")
                .org("north")
                .key("k")
                .build();

        assertThat(CloudEvent.parse(event.bytes())).isEqualTo(event);
        assertThat(event.topic()).isEqualTo("credit.checked");
        assertThat(event.partition()).isEqualTo(Partition.of("acme", "north")).isBetween(0, 63);
    }

    @ParameterizedTest(name = "41: {0}")
    @DisplayName("41: refuses attributes that CloudEvents does not allow")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "camelCase | \"tenantId\":\"a\" | tenantId must have 1 to 20 lower-case",
                "too long | \"abcdefghijklmnopqrstu\":\"a\" | must have 1 to 20 lower-case",
                "a dash | \"a-b\":\"a\" | must have 1 to 20 lower-case",
                "a control character | \"subject\":\"a\\u0007b\" | subject must not contain control characters",
                "a lone surrogate | \"subject\":\"\\ud800\" | subject must not contain control characters",
                "a noncharacter | \"subject\":\"\\ufffe\" | subject must not contain control characters",
                "an integer of 33 bits | \"number\":2147483648 | number must be a string, a Boolean or an integer of 32",
                "a fraction | \"number\":1.5 | number must be a string, a Boolean or an integer of 32 bits",
                "a nested object | \"thing\":{} | thing must be a string, a Boolean or an integer of 32 bits",
                "a number as subject | \"subject\":7 | subject must be a string",
                "a time without zone | \"time\":\"2026-11-25T10:00:00\" | time must be a timestamp of RFC 3339",
                "no sequence | \"sequence\":\"7\" | sequence must have 20 digits",
                "a relative schema | \"dataschema\":\"x.json\" | dataschema must be an absolute URI",
                "both kinds of data | \"data\":1,\"data_base64\":\"AA==\" | data and data_base64 exclude each other",
                "a member twice | \"id\":\"2\" | Duplicate field 'id'"
            })
    void refuses(String what, String member, String problem) {
        String text = "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"a.b.c.v1\"," + member + "}";

        assertThatThrownBy(() -> CloudEvent.parse(text))
                .as(what)
                .isInstanceOfSatisfying(
                        EventRefused.class, e -> assertThat(e.kind()).isEqualTo(EventRefused.Kind.MALFORMED))
                .hasMessageContaining(problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[] | it is not a JSON object",
                "{} | specversion is required",
                "{\"specversion\":\"0.3\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"a.b.v1\"} | specversion must be \"1.0\"",
                "{\"specversion\":\"1.0\",\"id\":\"\",\"source\":\"/s\",\"type\":\"a.b.v1\"} | id is required",
                "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"a b\",\"type\":\"a.b.v1\"} | source must be a URI",
                "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"a.v1\"} | type must read",
                "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"A.b.c.v1\"} | type must read",
                "{\"a\":1} x | it is not JSON"
            })
    void refusesEnvelopes(String text, String problem) {
        assertThatThrownBy(() -> CloudEvent.parse(text))
                .isInstanceOf(EventRefused.class)
                .hasMessageContaining(problem);
    }

    @Test
    void refusesWhatIsNoUtf8AndWhatIsTooLarge() {
        byte[] broken = WHOLE.getBytes(StandardCharsets.UTF_8);
        broken[40] = (byte) 0xFF;
        assertThatThrownBy(() -> CloudEvent.parse(broken)).hasMessageContaining("not valid UTF-8");
        assertThatThrownBy(() -> CloudEvent.parse(" ".repeat(CloudEvent.MAX_BYTES) + "{}"))
                .hasMessageContaining("refer to it by dataref");
    }

    @Test
    void keepsTheDataOutOfItsName() {
        assertThat(CloudEvent.parse(WHOLE))
                .asString()
                .contains("sample.status.changed.v1")
                .doesNotContain("amount");
    }
}
