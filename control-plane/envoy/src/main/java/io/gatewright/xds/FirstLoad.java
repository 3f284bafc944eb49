package io.gatewright.xds;

/**
 * How many scopes go at once to a client that had none when it came. Guarded by the stream's lock.
 *
 * <p>At every response Envoy copies its table of all scopes, so responses of one size would cost it the square of their
 * number. During the first load a response may double what was accepted. That ends when the client has everything, or rejects
 * something: the members of a rejected response go out one by one.
 */
final class FirstLoad {
    private boolean loading;
    private int accepted;

    void begin() {
        loading = true;
    }

    /**
     * The client has accepted a response.
     *
     * @param size how many were in it; 0 when there was nothing to tell yet
     * @param more whether others wait
     */
    void accepted(int size, boolean more) {
        accepted += size;
        if (accepted > 0 && !more) {
            end();
        }
    }

    void end() {
        loading = false;
    }

    /** The most scopes in one response. */
    int atOnce() {
        return loading ? Math.max(BatchBuilder.SCOPES, accepted) : BatchBuilder.SCOPES;
    }
}
