package io.gatewright.pdk;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class PhaseStateTest {
    private final AtomicLong now = new AtomicLong();
    private final PhaseState<String> state = new PhaseState<>(Duration.ofNanos(100), now::get);

    @Test
    void whatIsTakenIsGone() {
        state.put("a", "1");
        assertThat(state.get("a")).contains("1");
        assertThat(state.take("a")).contains("1");
        assertThat(state.take("a")).isEmpty();
        assertThat(state.get("b")).isEmpty();
    }

    @Test
    void whatNobodyTakesGoesWithTime() {
        state.put("a", "1");
        now.set(101);
        assertThat(state.get("a")).isEmpty();
        state.put("b", "2");
        assertThat(state.size()).isEqualTo(1);
        assertThat(state.get("b")).contains("2");
    }
}
