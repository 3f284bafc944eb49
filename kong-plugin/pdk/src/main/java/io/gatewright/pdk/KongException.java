package io.gatewright.pdk;

/**
 * A call to Kong that was not made or not answered: its phase or the version does not allow it, Kong gave the event up, the
 * event is over. A handler need not catch it; the plugin's {@link KongPlugin#failurePolicy} then decides the answer.
 */
public final class KongException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** With what is wrong and what to do. */
    public KongException(String message) {
        super(message);
    }

    /** With what is wrong, and why. */
    public KongException(String message, Throwable cause) {
        super(message, cause);
    }
}
