package io.gatewright.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class CallRatesTest {
    private long nanos = Long.MAX_VALUE - 1_000_000; // a clock of this kind may pass its end

    private final CallRates rates = new CallRates(10, () -> nanos);

    private int passing(String caller, int calls) {
        int passed = 0;
        for (int i = 0; i < calls; i++) {
            passed += rates.take(caller).isZero() ? 1 : 0;
        }
        return passed;
    }

    @Test
    void letsTwoSecondsWorthComeAtOnceThenTheEvenRate() {
        assertThat(passing("a", 100)).isEqualTo(20);
        nanos += Duration.ofSeconds(1).toNanos();
        assertThat(passing("a", 100)).isEqualTo(10);
        nanos += Duration.ofHours(1).toNanos();
        assertThat(passing("a", 100)).isEqualTo(20);
    }

    @Test
    void saysHowLongToWaitAndThenLetsPass() {
        passing("a", 20);
        Duration wait = rates.take("a");
        assertThat(wait).isEqualTo(Duration.ofMillis(100));
        nanos += wait.toNanos();
        assertThat(rates.take("a")).isZero();
    }

    @Test
    void countsEachCallerAlone() {
        assertThat(passing("a", 100)).isEqualTo(20);
        assertThat(passing("b", 100)).isEqualTo(20);
    }

    @Test
    void remembersNoMoreThanItSays() {
        for (int i = 0; i < 3 * CallRates.CALLERS; i++) {
            rates.take("caller-" + i);
        }
        assertThat(rates.callers()).isEqualTo(CallRates.CALLERS);
    }
}
