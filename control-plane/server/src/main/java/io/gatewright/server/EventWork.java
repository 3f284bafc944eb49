package io.gatewright.server;

import io.gatewright.events.EventsException;
import io.gatewright.events.Hints;
import io.gatewright.events.Observations;
import io.gatewright.events.Retention;
import io.gatewright.events.Sequencer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this process does for the event log: it is one of those that may give the offsets, hears of new ones, and drops old
 * days. Thread-safe.
 */
public final class EventWork implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventWork.class);

    private final Sequencer sequencer;
    private final Hints hints;
    private final Observations observations;
    private final Retention retention;

    EventWork(Sequencer sequencer, Hints hints, Observations observations, Retention retention) {
        this.sequencer = sequencer;
        this.hints = hints;
        this.observations = observations;
        this.retention = retention;
    }

    /** Starts, once, and returns at once. */
    void start() {
        hints.start();
        sequencer.start();
    }

    /** Drops the days that may go; another replica may be about the same. */
    void dropOldDays() {
        try {
            retention.run();
        } catch (EventsException e) {
            LOG.warn("event=retention_failed problem=\"{}\"", e.getMessage());
        }
    }

    public Sequencer.Status sequencer() {
        return sequencer.status();
    }

    /** What was seen is appended first. */
    @Override
    public void close() {
        observations.close();
        hints.close();
        sequencer.close();
    }
}
