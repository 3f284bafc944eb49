package io.gatewright.guard.history;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class HistoryTest {
    private static final Answer FIRST = new Answer(201, "7", false, true, "");
    private static final Answer AGAIN = new Answer(201, "7", true, true, "");
    private final History history = new History();

    @Test
    void oneExecutionAndItsReplayAreFine() {
        History.Call slow = history.invoke("k");
        history.executed("k");
        history.invoke("k").returned(refusal("in-progress"));
        slow.returned(FIRST);
        history.invoke("k").returned(AGAIN);
        history.invoke("k").returned(refusal("store-unavailable"));
        history.invoke("k"); // lost
        assertThat(history.violations()).isEmpty();
    }

    @Test
    void twoExecutionsAreFound() {
        history.executed("k");
        history.executed("k");
        assertThat(history.violations()).containsExactly("k was executed 2 times");
    }

    @Test
    void anAnswerWithoutAnExecutionIsFound() {
        history.invoke("k").returned(FIRST);
        assertThat(history.violations()).singleElement().asString().contains("never executed");
    }

    @Test
    void twoAnswersAreFound() {
        history.executed("k");
        history.invoke("k").returned(FIRST);
        history.invoke("k").returned(new Answer(201, "8", true, true, ""));
        assertThat(history.violations()).singleElement().asString().contains("and with");
    }

    @Test
    void aReplayWithoutItsMarkIsFound() {
        history.executed("k");
        history.invoke("k").returned(FIRST);
        history.invoke("k").returned(FIRST);
        assertThat(history.violations()).containsExactly("k was answered 2 times as if for the first time");
    }

    @Test
    void aRefusalThatIsNoLongerTrueIsFound() {
        history.executed("k");
        history.invoke("k").returned(FIRST);
        history.invoke("k").returned(refusal("outcome-unknown"));
        assertThat(history.violations())
                .containsExactly("k was refused with outcome-unknown after its answer was kept");
    }

    @Test
    void aRefusalOfAnotherKindIsFound() {
        history.invoke("k").returned(refusal("fingerprint-mismatch"));
        assertThat(history.violations()).containsExactly("k was refused with fingerprint-mismatch");
    }

    private static Answer refusal(String problem) {
        return new Answer(409, "", false, false, problem);
    }
}
