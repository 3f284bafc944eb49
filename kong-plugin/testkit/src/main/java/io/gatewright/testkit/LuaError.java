package io.gatewright.testkit;

/** A call that raises an error inside Kong: it gets no answer and ends the event. */
public final class LuaError extends RuntimeException {
    private static final long serialVersionUID = 1;

    public LuaError(String message) {
        super(message);
    }
}
