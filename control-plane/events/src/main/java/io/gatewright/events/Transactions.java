package io.gatewright.events;

import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/** Ending transactions in which a handler had a hand. Stateless. */
final class Transactions {
    private Transactions() {}

    /** Commits; one in which a statement failed cannot be, although the handler has swallowed the failure. */
    static void commit(Connection connection) throws SQLException {
        TransactionState state = connection.unwrap(BaseConnection.class).getTransactionState();
        if (state != TransactionState.OPEN) {
            throw new SQLException("the handler has ended the transaction, or swallowed an error in it", "25P02");
        }
        connection.commit();
    }

    /** Rolls back after a failure; when that fails too, the connection is lost and the failure was its. */
    static void rollbackOrThrow(Connection connection, Exception failure) throws SQLException {
        try {
            connection.rollback();
        } catch (SQLException e) {
            e.addSuppressed(failure);
            throw e;
        }
    }
}
