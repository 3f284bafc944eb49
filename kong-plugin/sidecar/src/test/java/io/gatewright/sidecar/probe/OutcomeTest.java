package io.gatewright.sidecar.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class OutcomeTest {
    private static Outcome read(String body) {
        return Outcome.read(body.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void readsWhatModulesSay() {
        assertThat(read("{'outcome':'applied','status':201,'location':'/orders/7','more':1}"))
                .isEqualTo(new Outcome.Applied(201, "/orders/7"));
        assertThat(read("{'outcome':'applied','status':204}")).isEqualTo(new Outcome.Applied(204, ""));
        assertThat(read("{'outcome':'not-applied'}")).isEqualTo(new Outcome.NotApplied());
        assertThat(read("{'outcome':'unknown'}")).isInstanceOf(Outcome.Unclear.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"'/a\\nb'", "'/a b'", "7", "null", "'/ä'"})
    void leavesOutAPlaceThatNoHeaderCanHave(String location) {
        assertThat(read("{'outcome':'applied','status':201,'location':" + location + "}"))
                .isEqualTo(new Outcome.Applied(201, ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "applied",
                "[]",
                "{}",
                "{'outcome':true}",
                "{'outcome':'Applied','status':201}",
                "{'outcome':'applied'}",
                "{'outcome':'applied','status':'201'}",
                "{'outcome':'applied','status':99}",
                "{'outcome':'applied','status':600}",
                "{'outcome':'not-applied'} {'outcome':'applied','status':201}",
                "{'outcome':'not-applied','outcome':'applied','status':201}",
                "{'outcome':'not-applied'"
            })
    void concludesNothingFromAnythingElse(String body) {
        assertThat(read(body)).isInstanceOf(Outcome.Unclear.class);
    }
}
