package io.gatewright.events.schema;

import com.fasterxml.jackson.core.JsonPointer;

/**
 * One thing that is wrong with a schema or with what became of it. Immutable.
 *
 * @param file the schema's file name, or nothing when a single schema was looked at
 * @param pointer where in the schema, as a JSON pointer (RFC 6901); in the older one when the thing is gone
 * @param message what is wrong, and what to do instead
 */
public record Finding(String file, String pointer, Rule rule, String message) {
    static Finding at(JsonPointer pointer, Rule rule, String message) {
        return new Finding("", pointer.toString(), rule, message);
    }

    /** The same, in that file. */
    public Finding in(String name) {
        return new Finding(name, pointer, rule, message);
    }

    /** One line: file, pointer, rule, message. */
    @Override
    public String toString() {
        return (file.isEmpty() ? "" : file + " ") + (pointer.isEmpty() ? "/" : pointer) + " [" + rule.wireName() + "] "
                + message;
    }
}
