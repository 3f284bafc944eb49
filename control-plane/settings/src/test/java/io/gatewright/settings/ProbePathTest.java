package io.gatewright.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The path at which a module is asked names nothing but a place of that module. */
final class ProbePathTest {
    private static List<Problem> problems(String json) {
        return Given.problems("setting/route=orders/create/idempotency.probe", "{\"value\":" + json + "}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "none",
                "/{attempt}",
                "/attempts/{attempt}",
                "/.well-known/idempotency/{attempt}",
                "/v1/attempts/{attempt}/outcome",
                "/a~b/c-d_e.f/{attempt}"
            })
    void takesAPathWithOneAttempt(String path) {
        assertThat(problems("\"" + path + "\"")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "None",
                "/",
                "/attempts",
                "/{other}",
                "attempts/{attempt}",
                "//evil.example/{attempt}",
                "/a//{attempt}",
                "/a/../{attempt}",
                "/./{attempt}",
                "/{attempt}/..",
                "/{attempt}/",
                "/{attempt}/{attempt}",
                "/x{attempt}",
                "/{attempt}x",
                "/a%2f/{attempt}",
                "/a?id={attempt}",
                "/{attempt}#a",
                "/a:b@c/{attempt}",
                "/a\\\\b/{attempt}",
                "/a b/{attempt}",
                "/a\\r\\nb/{attempt}",
                "/ä/{attempt}",
                "http://evil.example/{attempt}"
            })
    void refusesWhatIsNoSuchPath(String path) {
        assertThat(problems("\"" + path + "\"")).hasSize(1);
    }

    @Test
    void refusesWhatIsNoTextOrTooLong() {
        assertThat(problems("7")).hasSize(1);
        assertThat(problems("[\"/{attempt}\"]")).hasSize(1);
        assertThat(problems("\"/" + "a".repeat(200) + "/{attempt}\"")).hasSize(1);
    }
}
