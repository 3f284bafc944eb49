package io.gatewright.events;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The event log's database cannot be used, or is not what it must be. The message says what happened and what to do. */
public final class EventsException extends RuntimeException {
    private static final long serialVersionUID = 1;

    EventsException(String message) {
        super(message);
    }

    EventsException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    static EventsException of(String doing, SQLException e) {
        return new EventsException(doing + " failed with SQLState " + e.getSQLState() + ": " + e.getMessage(), e);
    }
}
