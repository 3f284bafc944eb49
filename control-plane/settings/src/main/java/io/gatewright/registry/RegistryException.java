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

    static RegistryException of(String doing, SQLException e) {
        return new RegistryException(doing + " failed with SQLState " + e.getSQLState() + ": " + e.getMessage(), e);
    }
}
