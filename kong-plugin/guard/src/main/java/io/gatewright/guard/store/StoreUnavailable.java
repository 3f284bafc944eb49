package io.gatewright.guard.store;

import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The store is away, too slow, or refuses. Asking the same again is safe. */
public final class StoreUnavailable extends Exception {
    private static final long serialVersionUID = 1L;

    /** Connection lost, server going down: what was asked may have been done all the same. */
    private static final Set<String> LOST = Set.of("08", "57P");

    /** Bad data, broken constraint, too large, raised: the same again will meet the same. */
    private static final Set<String> REFUSED = Set.of("22", "23", "54", "P0");

    /** No room on the disk or in memory: less may fit, and the same later. */
    private static final Set<String> FULL = Set.of("53");

    /** No such table, function or schema: the migrations have not run here. */
    private static final Set<String> LACKING = Set.of("42P01", "42883", "3F000");

    private final boolean ambiguous;
    private final boolean refused;
    private final boolean full;
    private final boolean lacking;

    /** As if the connection was lost while it was asked. */
    public StoreUnavailable(String message, Throwable cause) {
        super(message, cause);
        this.ambiguous = true;
        this.refused = false;
        this.full = false;
        this.lacking = false;
    }

    /** @param asked whether there was a connection; without one nothing was done */
    StoreUnavailable(SQLException cause, boolean asked) {
        super("SQLState " + cause.getSQLState() + ": " + cause.getMessage(), cause);
        String state = cause.getSQLState();
        this.ambiguous = asked && (state == null || startsWithOne(LOST, state));
        this.refused = asked && startsWithOne(REFUSED, state);
        this.full = asked && startsWithOne(FULL, state);
        this.lacking = asked && startsWithOne(LACKING, state);
    }

    /** Whether it is not known if what was asked was done. Else it was not. */
    public boolean isAmbiguous() {
        return ambiguous;
    }

    /** Whether Postgres said no to just this, and is likely to say it again. */
    public boolean isRefused() {
        return refused;
    }

    /** Whether there are no tables of the guard in this Postgres, or old ones. */
    public boolean lacksTables() {
        return lacking;
    }

    /** Whether less than what was asked may be done. */
    boolean mayTakeLess() {
        return refused || full;
    }

    private static boolean startsWithOne(Set<String> classes, @Nullable String state) {
        return state != null && classes.stream().anyMatch(state::startsWith);
    }
}
