package io.gatewright.guard.history;

/**
 * What a client got. Immutable.
 *
 * @param status 200 to 599
 * @param body as text
 * @param replayed whether it was marked as one
 * @param kept whether the gateway said that every retry will get it
 * @param problem the end of the problem's type, or empty when the answer is the upstream's
 */
public record Answer(int status, String body, boolean replayed, boolean kept, String problem) {}
