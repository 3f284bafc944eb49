package io.gatewright.events;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Opens a connection that its holder keeps for long and closes itself, so it comes from outside any pool; in the role {@code
 * gatewright_service} and in auto-commit. Implementations are thread-safe.
 */
@FunctionalInterface
public interface Connecting {
    Connection open() throws SQLException;
}
