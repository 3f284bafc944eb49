package io.gatewright.pdk.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class TurnTest {
    private final Turn turn = new Turn(System.nanoTime() - 1_000);

    @Test
    void aHandlerInItsOwnCodeCanBePassedBy() {
        assertThat(turn.endIfOlderThan(1)).isTrue();
        assertThat(turn.talk()).isFalse();
        assertThat(turn.end()).as("the handler comes back").isFalse();
        assertThat(turn.isOver()).isTrue();
    }

    @Test
    void aHandlerWithTimeLeftCannot() {
        assertThat(turn.endIfOlderThan(Long.MAX_VALUE)).isFalse();
        assertThat(turn.end()).isTrue();
    }

    @Test
    void aHandlerThatWaitsForKongCannot() {
        assertThat(turn.talkAndWait()).isTrue();
        assertThat(turn.endIfOlderThan(0)).isFalse();
        turn.heard();
        assertThat(turn.end()).isTrue();
    }

    @Test
    void twoThreadsAreNeverInACallAtOnce() {
        assertThat(turn.talk()).isTrue();
        assertThat(turn.talk()).isFalse();
        turn.talked();
        assertThat(turn.talk()).isTrue();
    }

    @Test
    void aLostConnectionEndsTheTurnForGood() {
        assertThat(turn.talkAndWait()).isTrue();
        turn.lose();
        assertThat(turn.talk()).isFalse();
        assertThat(turn.end()).isFalse();
        assertThat(turn.isLost()).isTrue();
        assertThat(turn.isOver()).isFalse();
    }
}
