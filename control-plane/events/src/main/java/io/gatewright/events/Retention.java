package io.gatewright.events;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drops whole days of the log, ticks included. Thread-safe; run it now and then, from one process or several.
 *
 * <p>A day stays as long as a consumer or a parked key still needs an event of it. There is a bound to that: a day older
 * than it is dropped all the same, and whoever needed it goes on behind it. Both are said loudly.
 */
public final class Retention {
    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

    private final Connecting connecting;
    private final Duration keep;
    private final Duration bound;

    /**
     * A day here is one of UTC, and its age counts from its end.
     *
     * @param connecting connections of the owner of the tables, not in the role {@code gatewright_service}
     * @param keep days older than this are dropped when nobody needs them, at least 1 day
     * @param bound days older than this are dropped in any case, at least {@code keep}
     */
    public Retention(Connecting connecting, Duration keep, Duration bound) {
        if (keep.toDays() < 1 || bound.compareTo(keep) < 0) {
            throw new IllegalArgumentException("keep must be at least 1 day, bound not less than keep");
        }
        this.connecting = connecting;
        this.keep = keep;
        this.bound = bound;
    }

    /**
     * What a run did.
     *
     * @param dropped the days that are gone
     * @param refused why days stayed that are old enough to go
     * @param lost who needed days that are gone because of the bound
     */
    public record Report(List<LocalDate> dropped, List<String> refused, List<String> lost) {
        /** Copies the lists. */
        public Report {
            dropped = List.copyOf(dropped);
            refused = List.copyOf(refused);
            lost = List.copyOf(lost);
        }
    }

    /**
     * Drops what may go, oldest day first, and stops at the first that has to stay. Waits for transactions that were using a
     * day, without holding up writers.
     *
     * @throws EventsException when the database cannot be used
     */
    public Report run() {
        List<LocalDate> dropped = new ArrayList<>();
        List<String> refused = new ArrayList<>();
        List<String> lost = new ArrayList<>();
        try (Connection connection = connecting.open()) {
            DayTable.finishWhatWasBegun(connection);
            for (LocalDate day : DayTable.olderThan(connection, keep)) {
                DayTable.Need need = DayTable.need(connection, day);
                boolean beyond = DayTable.olderThan(connection, bound).contains(day);
                if (need.unsequenced() || (!need.who().isEmpty() && !beyond)) {
                    refused.addAll(need.reasons(day));
                    LOG.warn("event=retention_refused day={} reasons=\"{}\"", day, need.reasons(day));
                    break;
                }
                if (!need.who().isEmpty()) {
                    lost.addAll(need.reasons(day));
                    LOG.error("event=retention_bound_reached day={} lost=\"{}\"", day, need.reasons(day));
                    DayTable.leaveBehind(connection, need.end());
                }
                if (!DayTable.drop(connection, day, need.end())) {
                    refused.add(day + ": events were appended to it meanwhile");
                    break;
                }
                dropped.add(day);
                LOG.info("event=retention_dropped day={}", day);
            }
        } catch (SQLException e) {
            throw EventsException.of("Dropping old days of the event log", e);
        }
        return new Report(dropped, refused, lost);
    }
}
