package io.gatewright.guard.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.guard.model.Variant.Upstream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ModelTest {
    /**
     * What all reachable states come to.
     *
     * @param states how many there are
     */
    private record Explored(int states, boolean ranTwice, boolean toldTwoAnswers) {}

    private static Explored explore(String name, Variant variant) {
        Set<World> seen = new HashSet<>();
        Deque<World> open = new ArrayDeque<>();
        open.add(World.initial());
        seen.add(World.initial());
        boolean twice = false;
        boolean two = false;
        while (!open.isEmpty()) {
            World world = open.remove();
            twice |= world.ranTwice();
            two |= world.toldTwoAnswers();
            for (World next : world.next(variant)) {
                if (seen.add(next)) {
                    open.add(next);
                }
            }
        }
        System.out.println(name + ": " + seen.size() + " states, ran twice " + twice + ", two answers " + two);
        return new Explored(seen.size(), twice, two);
    }

    @Test
    void runsAtMostOnceAndGivesOneAnswer() {
        Explored ours = explore("ours", Variant.OURS);
        assertThat(ours.states()).isGreaterThan(150);
        assertThat(ours.ranTwice()).isFalse();
        assertThat(ours.toldTwoAnswers()).isFalse();
        Explored takeover = explore("takeover, upstream knows keys", Variant.OUR_TAKEOVER);
        assertThat(takeover.ranTwice()).isFalse();
        assertThat(takeover.toldTwoAnswers()).isFalse();
    }

    @Test
    void findsTheSecondRunOfATakeoverBeforeANaiveUpstream() {
        assertThat(explore("takeover, naive upstream", Variant.OUR_TAKEOVER.with(Upstream.NAIVE))
                        .ranTwice())
                .isTrue();
    }

    @Test
    void findsTheSecondRunOfATakeoverBeforeAnUpstreamThatOnlyChecksFences() {
        assertThat(explore("takeover, upstream checks fences", Variant.OUR_TAKEOVER.with(Upstream.CHECKS_FENCE))
                        .ranTwice())
                .isTrue();
    }

    @Test
    void findsTheSecondRunWithoutFences() {
        Variant unfenced = new Variant(true, false, false, true, Upstream.NAIVE);
        assertThat(explore("takeover without fences", unfenced).ranTwice()).isTrue();
        Variant failing = new Variant(false, false, true, true, Upstream.NAIVE);
        assertThat(explore("released on errors, without fences", failing).ranTwice())
                .isTrue();
    }

    @Test
    void findsTheSecondRunWhenErrorsSetTheKeyFree() {
        Variant releasing = new Variant(false, true, true, true, Upstream.NAIVE);
        assertThat(explore("released on errors", releasing).ranTwice()).isTrue();
    }

    @Test
    void findsTheSecondRunAndTheSecondAnswerWhenClaimsAreNotDurable() {
        Explored lossy = explore("not durable", new Variant(false, true, false, false, Upstream.NAIVE));
        assertThat(lossy.ranTwice()).isTrue();
        assertThat(lossy.toldTwoAnswers()).isTrue();
    }
}
