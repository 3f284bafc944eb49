package io.gatewright.pdk.server;

import com.google.protobuf.ByteString;
import io.gatewright.pdk.FailurePolicy;
import io.gatewright.pdk.Headers;
import io.gatewright.pdk.Kong;
import io.gatewright.pdk.KongException;
import io.gatewright.pdk.Outcome;
import io.gatewright.pdk.Phase;
import io.gatewright.pdk.wire.Flight;
import io.gatewright.pdk.wire.Turn;
import io.gatewright.proto.kong.RpcReturn;
import java.io.IOException;
import java.util.Objects;

/**
 * One event: runs the handler and ends what Kong waits for, once, whatever the handler does. On the connection's thread, but
 * for {@link #isOverdue} and what follows from it.
 *
 * <p>The connection stays open whenever it can: an end of the stream makes Kong start the instance again and send the event again,
 * without limit. In log, where a failure would make Kong mix up later requests, nothing but the closing frames ends an event.
 */
final class Event {
    private static final Outcome.Exit FAILED = new Outcome.Exit(
            500,
            Headers.of("Content-Type", "application/json; charset=utf-8"),
            ByteString.copyFromUtf8("{\"message\":\"An unexpected error occurred\"}"));

    private final Instance<?> instance;
    private final Phase phase;
    private final Flight flight;
    private final RpcReturn result;
    private final Journal journal;
    private final Turn turn = new Turn(System.nanoTime());
    private final Kong kong;
    private final Thread thread = Thread.currentThread();

    /** How an event has ended. */
    enum End {
        /** With the closing frames; the connection goes on. */
        ANSWERED,
        /** With an exit; Kong gives the connection up. */
        EXITED,
        /** The connection is gone. */
        LOST,
        /** An error broke off in the middle of a frame: nothing can be said any more. */
        BROKEN,
        /** It was answered elsewhere. */
        TAKEN_OVER
    }

    Event(Instance<?> instance, Phase phase, Flight flight, RpcReturn result, Journal journal) {
        this.instance = instance;
        this.phase = phase;
        this.flight = flight;
        this.result = result;
        this.journal = journal;
        this.kong = new Kong(flight, turn, phase, instance.plugin().caller(), instance.placement());
    }

    End run() throws IOException {
        Outcome outcome;
        try {
            outcome = Objects.requireNonNull(
                    instance.run(phase, kong), "the handler returned null instead of an Outcome");
            if (outcome instanceof Outcome.Exit exit) {
                kong.requireExit(exit);
            }
        } catch (Throwable e) {
            outcome = failed(e);
        }
        if (!turn.end()) {
            return turn.isOver() ? End.TAKEN_OVER : turn.isLost() ? End.LOST : End.BROKEN;
        }
        // A handler may leave its thread interrupted, which would close the connection at the next read.
        Thread.interrupted();
        return answer(outcome);
    }

    /** Whether the handler has used more than its time; then this event is to be {@link #answerOverdue}d. */
    boolean isOverdue(long limitNanos) {
        return turn.endIfOlderThan(limitNanos);
    }

    /** Answers in place of the handler and interrupts that; says whether the connection goes on. */
    boolean answerOverdue() throws IOException {
        journal.say(who() + " has used up its time and is answered for");
        thread.interrupt();
        return answer(policy()) == End.ANSWERED;
    }

    private End answer(Outcome outcome) throws IOException {
        return switch (outcome) {
            case Outcome.Exit exit -> {
                Kong.exit(flight, exit);
                yield End.EXITED;
            }
            case Outcome.Proceed() -> {
                flight.close(result);
                flight.land();
                yield End.ANSWERED;
            }
        };
    }

    private Outcome failed(Throwable e) {
        Thread.interrupted();
        try {
            if (!turn.isLost()) {
                kong.log().err(phase.wireName() + " failed: " + e);
            }
            journal.say(who() + " failed", e);
        } catch (KongException over) {
            journal.say(who() + " failed after its event was over: " + e);
        } catch (OutOfMemoryError | StackOverflowError again) {
            journal.say("A handler failed, and so did telling of it");
        }
        return policy();
    }

    private Outcome policy() {
        boolean closed = instance.plugin().failurePolicy() == FailurePolicy.CLOSED;
        return switch (phase) {
            case REWRITE, ACCESS, RESPONSE, PREREAD -> closed ? FAILED : Outcome.proceed();
            case CERTIFICATE, LOG -> Outcome.proceed();
        };
    }

    private String who() {
        return "plugin=%s phase=%s instance=%d".formatted(instance.plugin().name(), phase.wireName(), instance.id());
    }
}
