package com.example.samples;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import io.gatewright.events.CloudEvent;
import io.gatewright.events.Consumer;
import io.gatewright.events.Consumers;
import io.gatewright.events.Event;
import io.gatewright.events.Token;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/** The reading side: the newest status of each sample, kept by events alone. Thread-safe. */
public final class SampleBoard {
    /** The name under which the event catalogue declares it. */
    public static final String CONSUMER = "sample-board";

    /** The topic it reads. */
    public static final String TOPIC = "sample.status";

    /** Fails on a version that is not the next one, which the log's order per key rules out. */
    private static final String SHOW = """
            INSERT INTO samples.board (tenant, id, version, status, changed_at) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (tenant, id) DO UPDATE
                SET version = excluded.version, status = excluded.status, changed_at = excluded.changed_at
                WHERE board.version = excluded.version - 1""";

    private static final String STATUS = "SELECT status FROM samples.board WHERE tenant = ? AND id = ?";

    private final DataSource dataSource;
    private final Consumers consumers;

    public SampleBoard(DataSource dataSource) {
        this.dataSource = dataSource;
        this.consumers = new Consumers(dataSource);
    }

    /** What to start a subscription with. */
    public static Consumer consumer() {
        return Consumer.named(CONSUMER, List.of(TOPIC), SampleBoard::show)
                .fromFirst()
                .build();
    }

    /** Writes through the connection it is given, so that the change and the consumer's place commit together. */
    private static void show(Connection connection, Event event) throws SQLException, JsonProcessingException {
        CloudEvent envelope = event.cloudEvent();
        if (!envelope.type().equals(Samples.CHANGED)) {
            return; // a newer type of the topic, which this board does not show
        }
        SampleStatusChangedV1 changed = Samples.JSON
                .readerFor(SampleStatusChangedV1.class)
                .without(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .readValue(String.valueOf(envelope.data()));
        try (PreparedStatement statement = connection.prepareStatement(SHOW)) {
            statement.setString(1, envelope.tenant());
            statement.setString(2, changed.sampleId());
            statement.setLong(3, changed.version());
            statement.setString(4, changed.status());
            statement.setTimestamp(5, Timestamp.from(changed.changedAt()));
            if (statement.executeUpdate() != 1) {
                throw new IllegalStateException("version " + changed.version() + " of " + changed.sampleId()
                        + " does not follow the one on the board");
            }
        }
    }

    /** The status that the board shows; empty when it does not know the sample. */
    public Optional<String> status(String tenant, String sampleId) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(STATUS)) {
            statement.setString(1, tenant);
            statement.setString(2, sampleId);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
            }
        }
    }

    /**
     * The status at least as new as a write, for whoever made that write.
     *
     * @param token of {@link Samples#change}
     * @param most how long to wait at most
     * @return empty when the board did not get there in time
     */
    public Optional<String> statusAsOf(Token token, String tenant, String sampleId, Duration most) throws SQLException {
        return consumers.awaitReached(CONSUMER, token, most) == Consumers.Reached.HANDLED
                ? status(tenant, sampleId)
                : Optional.empty();
    }
}
