package io.gatewright.events;

import java.sql.SQLException;

/** Another member has the partition now, or an operator moved its cursor. */
final class LostPartition extends SQLException {
    private static final long serialVersionUID = 1;

    LostPartition() {
        super("another member has the partition now");
    }
}
