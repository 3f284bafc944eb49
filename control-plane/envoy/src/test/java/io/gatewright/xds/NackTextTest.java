package io.gatewright.xds;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NackTextTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            route: unknown cluster 'orders' | route: unknown cluster 'orders'
            Proto constraint validation failed (ScopedRouteConfigurationValidationError.Key: value is required): name: "s-t1" | Proto constraint validation failed (ScopedRouteConfigurationValidationError.Key: value is required)
            Proto constraint validation failed (X: value is required): {"secret":1} | Proto constraint validation failed (X: value is required)
            invalid thing private_key: "abc" | invalid thing
            bad json {"a":1} | bad json
            """)
    void keepsThePartBeforeTheTextOfTheResource(String text, String reason) {
        assertThat(NackText.reason(text)).isEqualTo(reason);
    }

    @Test
    void makesOneShortLineOfIt() {
        assertThat(NackText.reason("first\nsecond")).isEqualTo("first");
        assertThat(NackText.reason("tab\tand bell\u0007.")).isEqualTo("tab and bell .");
        assertThat(NackText.reason("x".repeat(100_000))).hasSize(NackText.MAX_LENGTH);
        assertThat(NackText.reason("{\"only\": \"a resource\"}")).contains("no reason");
        assertThat(NackText.reason("")).contains("no reason");
    }

    @Test
    void findsWholeNamesOnly() {
        String text = "Error adding/updating cluster(s) orders-v2: bad, stock: bad.";
        assertThat(NackText.mentions(text, "orders-v2")).isTrue();
        assertThat(NackText.mentions(text, "stock")).isTrue();
        assertThat(NackText.mentions(text, "orders")).isFalse();
        assertThat(NackText.mentions(text, "v2")).isFalse();
        assertThat(NackText.mentions("unknown cluster 'a.b'", "a")).isFalse();
    }
}
