package io.gatewright.events.schema;

/**
 * One thing in an event that its schema forbids. Immutable.
 *
 * @param pointer where in the event, as a JSON pointer (RFC 6901)
 * @param message what is wrong there
 */
public record Violation(String pointer, String message) {
    Violation below(String member) {
        return new Violation("/" + member + pointer, message);
    }

    /** One line: pointer and message. */
    @Override
    public String toString() {
        return (pointer.isEmpty() ? "/" : pointer) + " " + message;
    }
}
