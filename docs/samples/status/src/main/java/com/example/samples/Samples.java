package com.example.samples;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.gatewright.events.CloudEvent;
import io.gatewright.events.EventLog;
import io.gatewright.events.Token;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The writing side: what happens to a sample, and the event that says so, are one transaction. Thread-safe. */
public final class Samples {
    static final String CHANGED = "sample.status.changed.v1";

    static final JsonMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
            .build();

    private static final String REGISTER = """
            INSERT INTO samples.sample (tenant, id, version) VALUES (?, ?, 0) ON CONFLICT (tenant, id) DO NOTHING""";

    /** The lock puts the changes of one sample, and so its events, in order. */
    private static final String LOCK =
            "SELECT version, status FROM samples.sample WHERE tenant = ? AND id = ? FOR UPDATE";

    private static final String CHANGE =
            "UPDATE samples.sample SET version = ?, status = ? WHERE tenant = ? AND id = ?";

    private final DataSource dataSource;
    private final EventLog events;
    private final Clock clock;

    /** @param events with the check of the catalogue, so that no misspelled member gets out */
    public Samples(DataSource dataSource, EventLog events, Clock clock) {
        this.dataSource = dataSource;
        this.events = events;
        this.clock = clock;
    }

    /**
     * Gives a sample a status; one that is new is registered by it.
     *
     * @return what {@link SampleBoard#statusAsOf} takes, to read what was written here
     */
    public Token change(String tenant, String sampleId, String status, @Nullable String by) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            try {
                SampleStatusChangedV1 changed = write(connection, tenant, sampleId, status, by);
                Token token = events.append(connection, event(tenant, changed));
                connection.commit();
                events.committed();
                return token;
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            }
        }
    }

    private SampleStatusChangedV1 write(
            Connection connection, String tenant, String sampleId, String status, @Nullable String by)
            throws SQLException {
        try (PreparedStatement register = connection.prepareStatement(REGISTER);
                PreparedStatement lock = connection.prepareStatement(LOCK);
                PreparedStatement change = connection.prepareStatement(CHANGE)) {
            register.setString(1, tenant);
            register.setString(2, sampleId);
            register.executeUpdate();
            lock.setString(1, tenant);
            lock.setString(2, sampleId);
            try (ResultSet before = lock.executeQuery()) {
                before.next();
                long version = before.getLong(1) + 1;
                change.setLong(1, version);
                change.setString(2, status);
                change.setString(3, tenant);
                change.setString(4, sampleId);
                change.executeUpdate();
                return new SampleStatusChangedV1(
                        sampleId, version, before.getString(2), status, Instant.now(clock), by, null);
            }
        }
    }

    private static CloudEvent event(String tenant, SampleStatusChangedV1 changed) {
        return CloudEvent.of(CHANGED, "urn:example:samples")
                .tenant(tenant)
                .key(changed.sampleId())
                .data(JSON.<JsonNode>valueToTree(changed))
                .build();
    }
}
