package io.gatewright.settings;

/**
 * One thing that is wrong with something a user sent. Immutable.
 *
 * @param field where: document, then the path in it, {@code module/orders: upstream.endpoints[0]}
 * @param message what is wrong
 * @param fix what to write instead
 */
public record Problem(String field, String message, String fix) {
    Problem within(String place) {
        return new Problem(field.isEmpty() ? place : place + ": " + field, message, fix);
    }
}
