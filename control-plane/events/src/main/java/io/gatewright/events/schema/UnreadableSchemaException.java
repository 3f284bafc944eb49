package io.gatewright.events.schema;

/** A file that should hold an event schema cannot be read as one. The message names the file and says what to do. */
public final class UnreadableSchemaException extends Exception {
    private static final long serialVersionUID = 1;

    UnreadableSchemaException(String message) {
        super(message);
    }
}
