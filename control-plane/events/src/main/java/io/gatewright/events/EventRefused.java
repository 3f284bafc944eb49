package io.gatewright.events;

import java.util.List;

/** An event that must not be appended; the message names all that is wrong. Immutable. */
public final class EventRefused extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** Why. */
    public enum Kind {
        /** It is no CloudEvent in JSON, or breaks a limit. */
        MALFORMED,
        /** The check given to the log refuses it: unknown type, or data that the schema does not allow. */
        SCHEMA,
        /** Another event with the same source and id, but with other content, was appended before. */
        CONFLICT
    }

    private final Kind kind;
    private final String[] problems;

    EventRefused(Kind kind, List<String> problems) {
        super("The event is refused: " + String.join("; ", problems));
        this.kind = kind;
        this.problems = problems.toArray(String[]::new);
    }

    public Kind kind() {
        return kind;
    }

    /** Each a sentence; never empty. */
    public List<String> problems() {
        return List.of(problems);
    }
}
