package io.gatewright.events;

import java.sql.Connection;

/** Does what an event asks for. Called by one thread at a time. */
@FunctionalInterface
public interface Handler {
    /**
     * Takes one event. What is written through the connection commits together with the consumer's cursor, so it happens
     * exactly once; effects elsewhere may repeat and deduplicate by the event's source and id. Neither commit nor roll back.
     *
     * @throws Exception to have the event again later; later events of its key wait for it, other keys do not
     */
    void handle(Connection connection, Event event) throws Exception;
}
