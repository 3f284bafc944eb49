package io.gatewright.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.guard.http.Fields;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class VerdictTest {
    private static Verdict of(int status, String... fields) {
        return Verdict.of(status, Fields.of(fields), "unknown");
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 201, 202, 204, 301, 303, 400, 402, 404, 405, 406, 410, 411, 413, 414, 415, 422, 451})
    void case16KeepsWhatIsAnOutcome(int status) {
        assertThat(of(status)).isEqualTo(Verdict.KEEP);
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 407, 409, 412, 417, 421, 423, 425, 426, 428, 429, 501})
    void case16ReleasesWhatWasNotTried(int status) {
        assertThat(of(status)).isEqualTo(Verdict.RELEASE);
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 499, 500, 502, 503, 504, 599})
    void case17KnowsNothingOfWhatFailed(int status) {
        assertThat(of(status)).isEqualTo(Verdict.UNKNOWN);
    }

    @Test
    void case18And19HeedsWhatTheUpstreamSaysOfItself() {
        assertThat(of(503, "retry-after", "1")).isEqualTo(Verdict.RELEASE);
        assertThat(of(500, "idempotency-outcome", "not-applied")).isEqualTo(Verdict.RELEASE);
        assertThat(of(200, "idempotency-outcome", "not-applied")).isEqualTo(Verdict.RELEASE);
        assertThat(of(409, "idempotency-outcome", "final")).isEqualTo(Verdict.KEEP);
    }

    @Test
    void heedsWhatTheRouteSaysOfServerErrors() {
        assertThat(Verdict.of(500, Fields.none(), "replay")).isEqualTo(Verdict.KEEP);
        assertThat(Verdict.of(500, Fields.none(), "release")).isEqualTo(Verdict.RELEASE);
    }
}
