package io.gatewright.events;

import java.util.List;

/**
 * What a producer's event has to pass before it is appended. Implementations are thread-safe.
 *
 * <p>It is asked inside the business transaction; what it refuses makes that transaction fail.
 */
@FunctionalInterface
public interface EventCheck {
    /** Accepts every well-formed event. */
    EventCheck ANY = event -> List.of();

    /** What is wrong with the event, each a sentence that names the member; empty when nothing is. */
    List<String> problems(CloudEvent event);
}
