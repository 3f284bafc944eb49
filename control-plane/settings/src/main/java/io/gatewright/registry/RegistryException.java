package io.gatewright.registry;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The registry's database cannot be used. The message says what happened and what to do. */
public final class RegistryException extends RuntimeException {
    private static final long serialVersionUID = 1;

    RegistryException(String message) {
        super(message);
    }

    RegistryException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** Whether the same may succeed later; no when it was the data that the database refused. */
    public boolean mayPass() {
        return !(getCause() instanceof SQLException e
                && e.getSQLState() != null
                && (e.getSQLState().startsWith("22") || e.getSQLState().startsWith("23")));
    }

    static RegistryException of(String doing, SQLException e) {
        return new RegistryException(doing + " failed with SQLState " + e.getSQLState() + ": " + e.getMessage(), e);
    }
}
