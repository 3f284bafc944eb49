package io.gatewright.guard;

import io.gatewright.events.ScratchDatabase;
import io.gatewright.guard.http.Digests;
import io.gatewright.guard.http.Fields;
import io.gatewright.guard.http.Octets;
import io.gatewright.guard.http.Reply;
import io.gatewright.guard.http.RequestHead;
import io.gatewright.guard.store.IdempotencyStore;
import io.gatewright.guard.store.Migrations;
import io.gatewright.guard.store.Seal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** A guard on a real Postgres before an upstream that counts; what a gateway's door does, without a gateway. Thread-safe. */
final class GuardedUpstream implements AutoCloseable {
    static final Octets SECRET = Octets.of("a pepper of thirty-two octets ok");
    static final GuardPolicy POLICY = policy("optional", "any", false, false);

    private static final class Template {
        static final ScratchDatabase MIGRATED = migrate();

        private static ScratchDatabase migrate() {
            ScratchDatabase database = ScratchDatabase.empty();
            Migrations.migrate(database.url(), ScratchDatabase.OWNER, "owner");
            return database;
        }
    }

    final ScratchDatabase database = Template.MIGRATED.copy();
    final IdempotencyStore store;
    final Guard guard;
    final AtomicInteger executions = new AtomicInteger();
    volatile Function<RequestHead, Ending> answers = head -> new Ending.Answered(
            201,
            Fields.of("content-type", "application/json", "location", "/orders/" + executions.get(), "etag", "\"v1\""),
            Octets.of("{\"n\":" + executions.get() + "}"));

    /** Where every writer passes, and the upstream works on nothing for longer than a minute. */
    static GuardPolicy soleWriter() {
        GuardPolicy plain = policy("optional", "any", false, false);
        return new GuardPolicy(
                plain.mode(),
                plain.methods(),
                plain.ttl(),
                plain.keyFormat(),
                plain.maxWait(),
                plain.waits(),
                plain.takeover(),
                plain.onServerError(),
                plain.bypasses(),
                plain.bodyLimit(),
                plain.conditions(),
                plain.conditionMethods(),
                plain.tags(),
                plain.lease(),
                Duration.ofMinutes(1));
    }

    static GuardPolicy policy(String mode, String keyFormat, boolean takeover, boolean bypasses) {
        return new GuardPolicy(
                mode,
                Set.of("POST", "PUT", "PATCH", "DELETE"),
                Duration.ofHours(24),
                keyFormat,
                Duration.ofSeconds(10),
                false,
                takeover,
                "unknown",
                bypasses,
                262_144,
                "honour",
                Set.of("PUT", "PATCH", "DELETE"),
                "upstream",
                Duration.ofSeconds(30),
                null);
    }

    GuardedUpstream() {
        this(Pepper.of(List.of(SECRET)), IdempotencyStore.Options.DEFAULT);
    }

    GuardedUpstream(Pepper pepper, IdempotencyStore.Options options) {
        this(pepper, options, Clock.systemUTC());
    }

    GuardedUpstream(Pepper pepper, IdempotencyStore.Options options, Clock clock) {
        store = new IdempotencyStore(
                database.service(),
                new IdempotencyStore.Options(
                        Duration.ofSeconds(20), options.relaxed(), options.quota(), options.seal()));
        guard = new Guard(store, pepper, clock);
    }

    static GuardedUpstream sealed() {
        return new GuardedUpstream(
                Pepper.of(List.of(SECRET)),
                new IdempotencyStore.Options(
                        Duration.ofSeconds(20), false, 0, new Seal(Octets.of("a secret of thirty-two octets ok"))));
    }

    static Caller caller(String tenant, String actor) {
        return new Caller(
                tenant,
                "acme",
                actor,
                "orders",
                "create",
                UUID.randomUUID().toString(),
                UUID.randomUUID().toString());
    }

    Reply send(RequestHead head, String body) {
        return send(head, body, caller("acme-de", "alice"), POLICY);
    }

    /** Everything a door does. */
    Reply send(RequestHead head, String body, Caller caller, GuardPolicy policy) {
        Decision decision = guard.onHead(head, caller, policy);
        if (decision instanceof Decision.NeedsBody) {
            decision = guard.onRequest(head, Digests.of(Octets.of(body)), caller, policy);
        } else if (decision instanceof Decision.NeedsLedger) {
            decision = guard.onLedger(head, caller, policy);
        }
        return switch (decision) {
            case Decision.Answer(Reply reply) -> reply;
            case Decision.NeedsBody needsBody -> throw new AssertionError("asked for the body twice");
            case Decision.NeedsLedger needsLedger -> throw new AssertionError("asked for the ledger twice");
            case Decision.Proceed(Pending pending) -> {
                executions.incrementAndGet();
                yield answered(pending, answers.apply(head));
            }
        };
    }

    Reply answered(Pending pending, Ending ending) {
        Ending seen = ending instanceof Ending.Answered(int status, Fields fields, Octets body)
                        && !guard.needsBody(pending, status, fields)
                ? new Ending.Answered(status, fields, null)
                : ending;
        ResponseChange change = guard.onResponse(pending, seen);
        int status = ending instanceof Ending.Answered answered ? answered.status() : 504;
        Fields fields = ending instanceof Ending.Answered answered ? answered.fields() : Fields.none();
        fields = fields.without(change.remove());
        for (Fields.Field line : change.set().lines()) {
            fields = fields.with(line.name(), line.value());
        }
        Octets body =
                ending instanceof Ending.Answered answered && answered.body() != null ? answered.body() : Octets.NONE;
        return change.status() == 304 ? new Reply(304, fields, Octets.NONE) : new Reply(status, fields, body);
    }

    void sql(String statement) {
        try (Connection connection = DriverManager.getConnection(database.url(), ScratchDatabase.OWNER, "owner");
                Statement sql = connection.createStatement()) {
            sql.execute(statement);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    String ask(String query) {
        try (Connection connection = DriverManager.getConnection(database.url(), ScratchDatabase.OWNER, "owner");
                Statement sql = connection.createStatement();
                ResultSet row = sql.executeQuery(query)) {
            return row.next() ? String.valueOf(row.getString(1)) : "";
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        guard.close();
        database.close();
    }
}
