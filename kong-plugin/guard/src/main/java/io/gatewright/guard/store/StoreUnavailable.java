package io.gatewright.guard.store;

/** The store is away or too slow; whether it did what was asked is not known. Asking the same again is safe. */
public final class StoreUnavailable extends Exception {
    private static final long serialVersionUID = 1L;

    public StoreUnavailable(String message, Throwable cause) {
        super(message, cause);
    }
}
