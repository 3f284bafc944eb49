package io.gatewright.pdk.wire;

import java.util.concurrent.atomic.AtomicReference;

/**
 * Who may write on a connection during one event: the handler, or whoever answers in its place when it takes too long.
 * Thread-safe; one for each event.
 *
 * <p>The handler holds the line only while it is in a call, so a handler that is stuck in its own code can be passed by, while
 * one that waits for Kong, say for a slow upload, cannot and need not: Kong knows that it is the one to move.
 */
public final class Turn {
    private enum State {
        /** The handler runs its own code. */
        THINKING,
        /** The handler is in a call. */
        TALKING,
        /** The event is answered, or somebody is about to. */
        OVER,
        /** The connection is lost. */
        LOST
    }

    private final AtomicReference<State> state = new AtomicReference<>(State.THINKING);
    private volatile long startNanos;
    private long talkingSinceNanos;

    /** The handler's turn, from this moment of {@link System#nanoTime}. */
    public Turn(long startNanos) {
        this.startNanos = startNanos;
    }

    /** The handler begins a call; false if the event is over, the connection lost or another thread is in a call. */
    public boolean talk() {
        return state.compareAndSet(State.THINKING, State.TALKING);
    }

    /** The handler begins a call that waits for Kong. The time until {@link #heard} is not the handler's. */
    public boolean talkAndWait() {
        if (!talk()) {
            return false;
        }
        talkingSinceNanos = System.nanoTime();
        return true;
    }

    /** The call has been queued. */
    public void talked() {
        state.set(State.THINKING);
    }

    /** Kong has answered. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // Only the thread that is talking writes it.
    public void heard() {
        startNanos += System.nanoTime() - talkingSinceNanos;
        state.set(State.THINKING);
    }

    /** The connection broke during the call. */
    public void lose() {
        state.set(State.LOST);
    }

    /** Whether the connection is lost. */
    public boolean isLost() {
        return state.get() == State.LOST;
    }

    /** Whether the event is answered, or somebody is about to answer it. */
    public boolean isOver() {
        return state.get() == State.OVER;
    }

    /** Ends the handler's turn; true for the one who is to answer the event. */
    public boolean end() {
        return state.compareAndSet(State.THINKING, State.OVER);
    }

    /** Ends the handler's turn if it has used more than its time. */
    public boolean endIfOlderThan(long limitNanos) {
        return System.nanoTime() - startNanos > limitNanos && end();
    }
}
