package io.gatewright.guard.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.guard.http.Digests;
import io.gatewright.guard.http.Fields;
import io.gatewright.guard.http.Octets;
import io.gatewright.guard.model.World.Row;
import io.gatewright.guard.model.World.State;
import io.gatewright.guard.model.World.Step;
import io.gatewright.guard.store.Acquisition;
import io.gatewright.guard.store.Attempt;
import io.gatewright.guard.store.Claim;
import io.gatewright.guard.store.IdempotencyStore;
import io.gatewright.guard.store.KeyState;
import io.gatewright.guard.store.ScopedKey;
import io.gatewright.guard.store.StoreUnavailable;
import io.gatewright.guard.store.StoredAnswer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/** Makes on the store what the model did, on one key of its own. One thread at a time. */
final class Follower {
    private static final String TENANT = "acme-de";
    private static final String END_LEASE =
            "UPDATE idempotency.claim SET lease_until = clock_timestamp() - interval '1 second' WHERE tenant = ? AND route = ?";

    private final IdempotencyStore store;
    private final Connection owner;
    private final Variant variant;
    private final String name;
    private final ScopedKey key;
    private final Map<Integer, Claim> claims = new HashMap<>();

    /** @param owner may move the time of leases */
    Follower(IdempotencyStore store, Connection owner, Variant variant, String name) {
        this.store = store;
        this.owner = owner;
        this.variant = variant;
        this.name = name;
        this.key = new ScopedKey(TENANT, Digests.of(Octets.of(name)));
    }

    /** Returns what was done. */
    String step(World before, World after) throws StoreUnavailable, SQLException {
        String done = "lease over";
        int attempt = changed(before, after);
        if (attempt < 0) {
            endLease();
        } else {
            Step from = before.attempts().get(attempt).step();
            Step to = after.attempts().get(attempt).step();
            done = from + " to " + to;
            if (from == Step.NEW && to != Step.CRASHED) {
                acquire(attempt, before.row(), after);
            } else if (to == Step.ENDED) {
                end(attempt, from, before, after);
            }
        }
        same(after.row());
        return done;
    }

    private static int changed(World before, World after) {
        for (int i = 0; i < before.attempts().size(); i++) {
            if (!before.attempts().get(i).equals(after.attempts().get(i))) {
                return i;
            }
        }
        return -1;
    }

    private void endLease() throws SQLException {
        try (PreparedStatement statement = owner.prepareStatement(END_LEASE)) {
            statement.setString(1, TENANT);
            statement.setString(2, name);
            assertThat(statement.executeUpdate()).isEqualTo(1);
        }
    }

    private void acquire(int attempt, Row before, World after) throws StoreUnavailable {
        Attempt wish = new Attempt(
                UUID.randomUUID(),
                key,
                List.of(),
                Digests.of(Octets.of("request")),
                name,
                "correlation",
                Duration.ofMinutes(10),
                Duration.ofHours(24),
                variant.takeover(),
                null);
        switch (store.acquire(wish)) {
            case Acquisition.Acquired(Claim claim) -> {
                assertThat(after.attempts().get(attempt).step()).isEqualTo(Step.CLAIMED);
                assertThat(claim.fence())
                        .isEqualTo(after.attempts().get(attempt).fence());
                claims.put(attempt, claim);
            }
            case Acquisition.Done done -> {
                assertThat(before.state()).isEqualTo(State.DONE);
                assertThat(done.answer()).isEqualTo(answer(before.result()));
            }
            case Acquisition.InProgress running ->
                assertThat(before.state() == State.IN_FLIGHT && !before.leaseOver())
                        .isTrue();
            case Acquisition.OutcomeUnknown unknown ->
                assertThat(before.state() == State.UNKNOWN || before.leaseOver())
                        .isTrue();
            default -> throw new AssertionError("the model has no such answer");
        }
    }

    private void end(int attempt, Step from, World before, World after) throws StoreUnavailable {
        Claim claim = Objects.requireNonNull(claims.get(attempt));
        int result = before.attempts().get(attempt).result();
        boolean counted = switch (from) {
            case CLAIMED -> store.release(claim);
            case ANSWERED -> store.complete(claim, answer(result), null);
            case LOST -> store.unknown(claim, "timeout", null);
            default -> throw new AssertionError("the model has no such end");
        };
        assertThat(counted).isEqualTo(!before.row().equals(after.row()));
    }

    private static StoredAnswer answer(int result) {
        Octets body = Octets.of("execution " + result);
        return new StoredAnswer(201, Fields.none(), body, Digests.of(body));
    }

    private void same(Row row) throws StoreUnavailable {
        Optional<KeyState.State> state = store.find(key).map(KeyState::state);
        assertThat(state)
                .isEqualTo(
                        switch (row.state()) {
                            case NONE -> Optional.empty();
                            case IN_FLIGHT ->
                                Optional.of(row.leaseOver() ? KeyState.State.UNKNOWN : KeyState.State.IN_PROGRESS);
                            case DONE -> Optional.of(KeyState.State.DONE);
                            case RELEASED -> Optional.of(KeyState.State.RELEASED);
                            case UNKNOWN -> Optional.of(KeyState.State.UNKNOWN);
                        });
    }
}
