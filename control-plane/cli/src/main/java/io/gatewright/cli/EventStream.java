package io.gatewright.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The control plane's stream of events, over as many connections as it takes: each goes on after what came last. One thread
 * at a time.
 */
final class EventStream {
    private static final long PAUSE_MILLIS = 500;

    private final Supplier<Api> api;
    private final String path;
    private final PrintWriter err;
    private @Nullable String place;
    private boolean connected;

    /**
     * @param api asked for each connection: a control plane on this machine has another token after each start
     * @param query with its question mark, or empty
     * @param after the place to begin after; null: with the next event
     */
    EventStream(Supplier<Api> api, String query, @Nullable String after, PrintWriter err) {
        this.api = api;
        this.path = "/v1/events" + query;
        this.place = after;
        this.err = err;
    }

    /** What is done with an event. */
    interface Taker {
        /** Whether to go on. */
        boolean take(String place, JsonNode event);
    }

    /**
     * Follows until the taker has enough, or the thread is interrupted.
     *
     * @throws Refusal when the control plane cannot be reached at first, or says no
     */
    void follow(Taker taker) {
        boolean said = false;
        boolean goOn = true;
        while (goOn && !Thread.currentThread().isInterrupted()) {
            try {
                goOn = api.get().serverSentEvents(path, place, (id, event) -> {
                    place = id;
                    connected = true;
                    return event.isMissingNode() || taker.take(id, event);
                });
                said = false;
            } catch (Refusal e) {
                if (!e.mayPass() || !connected) {
                    throw e;
                }
                if (!said) {
                    err.println("gatewright: the control plane is away; waiting for it, to go on after " + place);
                    err.flush();
                    said = true;
                }
            }
            pause(goOn);
        }
    }

    private static void pause(boolean wanted) {
        try {
            if (wanted) {
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
