package io.gatewright.events.schema;

import java.util.List;

/**
 * Who reads which events, as the catalogue says. Immutable.
 *
 * @param consumer the name under which its cursor is kept
 * @param module where its code is
 * @param types the event types it handles
 * @param purpose what it does with them, one sentence
 */
public record DeclaredSubscription(String consumer, String module, List<String> types, String purpose) {
    public DeclaredSubscription {
        types = List.copyOf(types);
    }
}
