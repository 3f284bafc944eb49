package io.gatewright.guard.model;

import io.gatewright.guard.model.Variant.Upstream;
import java.util.ArrayList;
import java.util.List;

/**
 * One state of everything: the claim, the upstream, and each attempt. Immutable.
 *
 * @param row the claim in the store
 * @param executions how often the upstream did it
 * @param highestFence that the upstream has seen
 * @param attempts by number
 * @param answers the executions whose answer some client got, as bits
 */
record World(Row row, int executions, int highestFence, List<Attempt> attempts, int answers) {
    private static final int ATTEMPTS = 3;

    /** What the store keeps. */
    enum State {
        NONE,
        IN_FLIGHT,
        DONE,
        RELEASED,
        UNKNOWN
    }

    /** @param result the execution whose answer is kept */
    record Row(State state, int owner, int fence, boolean leaseOver, int result) {}

    /** Where an attempt is. */
    enum Step {
        NEW,
        CLAIMED,
        DISPATCHED,
        ANSWERED,
        LOST,
        ENDED,
        CRASHED
    }

    record Attempt(Step step, int fence, int result) {}

    static World initial() {
        List<Attempt> attempts = new ArrayList<>();
        for (int i = 0; i < ATTEMPTS; i++) {
            attempts.add(new Attempt(Step.NEW, 0, 0));
        }
        return new World(new Row(State.NONE, -1, 0, false, 0), 0, 0, List.copyOf(attempts), 0);
    }

    boolean ranTwice() {
        return executions > 1;
    }

    boolean toldTwoAnswers() {
        return Integer.bitCount(answers) > 1;
    }

    /** Every state that one step leads to. */
    List<World> next(Variant variant) {
        List<World> next = new ArrayList<>();
        if (row.state == State.IN_FLIGHT && !row.leaseOver) {
            next.add(with(new Row(State.IN_FLIGHT, row.owner, row.fence, true, 0)));
        }
        if (!variant.durable() && row.state != State.NONE) {
            next.add(with(new Row(State.NONE, -1, 0, false, 0))); // the store crashed and had not written it yet
        }
        for (int i = 0; i < attempts.size(); i++) {
            step(next, variant, i);
        }
        return next;
    }

    private void step(List<World> next, Variant variant, int i) {
        Attempt attempt = attempts.get(i);
        if (attempt.step != Step.ENDED && attempt.step != Step.CRASHED) {
            next.add(with(i, new Attempt(Step.CRASHED, attempt.fence, attempt.result)));
        }
        switch (attempt.step) {
            case NEW -> acquire(next, variant, i);
            case CLAIMED -> {
                next.add(dispatched(variant, i, attempt));
                if (owns(i, attempt)) { // nothing was sent
                    next.add(with(new Row(State.RELEASED, i, row.fence, false, 0))
                            .with(i, ended(attempt)));
                }
            }
            case DISPATCHED -> {
                next.add(with(i, new Attempt(Step.ANSWERED, attempt.fence, attempt.result)));
                next.add(with(i, new Attempt(Step.LOST, attempt.fence, attempt.result)));
            }
            case ANSWERED -> {
                boolean may = variant.fenced() ? owns(i, attempt) : row.state != State.NONE;
                World told = told(attempt.result);
                next.add((may ? told.with(new Row(State.DONE, row.owner, row.fence, false, attempt.result)) : told)
                        .with(i, ended(attempt)));
            }
            case LOST -> {
                State state = variant.releasesOnError() ? State.RELEASED : State.UNKNOWN;
                boolean may = variant.fenced() ? owns(i, attempt) : row.state != State.NONE;
                next.add((may ? with(new Row(state, row.owner, row.fence, false, 0)) : this).with(i, ended(attempt)));
            }
            case ENDED, CRASHED -> {}
        }
    }

    private void acquire(List<World> next, Variant variant, int i) {
        boolean unknown = row.state == State.UNKNOWN || (row.state == State.IN_FLIGHT && row.leaseOver);
        boolean free = row.state == State.NONE || row.state == State.RELEASED || (unknown && variant.takeover());
        if (free) {
            int fence = row.fence + 1;
            next.add(with(new Row(State.IN_FLIGHT, i, fence, false, 0)).with(i, new Attempt(Step.CLAIMED, fence, 0)));
        } else if (row.state == State.DONE) {
            next.add(told(row.result).with(i, new Attempt(Step.ENDED, 0, row.result)));
        } else {
            next.add(with(i, new Attempt(Step.ENDED, 0, 0))); // 409
        }
    }

    /** A dispatch may be late: the attempt does not know whether it still owns the claim. */
    private World dispatched(Variant variant, int i, Attempt attempt) {
        boolean runs = switch (variant.upstream()) {
            case NAIVE -> true;
            case CHECKS_FENCE -> attempt.fence >= highestFence;
            case DEDUPLICATES -> executions == 0;
        };
        int executed = runs ? executions + 1 : executions;
        int result = variant.upstream() == Upstream.DEDUPLICATES ? 1 : executed;
        Attempt sent = new Attempt(
                runs || variant.upstream() == Upstream.DEDUPLICATES ? Step.DISPATCHED : Step.ENDED,
                attempt.fence,
                result);
        return new World(row, executed, Math.max(highestFence, attempt.fence), attempts, answers).with(i, sent);
    }

    private boolean owns(int i, Attempt attempt) {
        return row.owner == i
                && row.fence == attempt.fence
                && (row.state == State.IN_FLIGHT || row.state == State.UNKNOWN);
    }

    private static Attempt ended(Attempt attempt) {
        return new Attempt(Step.ENDED, attempt.fence, attempt.result);
    }

    private World told(int result) {
        return new World(row, executions, highestFence, attempts, answers | 1 << result);
    }

    private World with(Row other) {
        return new World(other, executions, highestFence, attempts, answers);
    }

    private World with(int i, Attempt attempt) {
        List<Attempt> changed = new ArrayList<>(attempts);
        changed.set(i, attempt);
        return new World(row, executions, highestFence, List.copyOf(changed), answers);
    }
}
