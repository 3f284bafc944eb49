package io.gatewright.api;

import io.gatewright.events.ScratchDatabase;
import io.gatewright.guard.Caller;
import io.gatewright.guard.Decision;
import io.gatewright.guard.Ending;
import io.gatewright.guard.Guard;
import io.gatewright.guard.GuardPolicy;
import io.gatewright.guard.Pending;
import io.gatewright.guard.Pepper;
import io.gatewright.guard.http.Digests;
import io.gatewright.guard.http.Fields;
import io.gatewright.guard.http.Octets;
import io.gatewright.guard.http.RequestHead;
import io.gatewright.guard.store.IdempotencyStore;
import io.gatewright.guard.store.Migrations;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** A guard as a sidecar has it, on the Postgres that a control plane has too, whose requests end as a test says. One thread at a time. */
final class UnknownOutcomes implements AutoCloseable {
    private static final Octets SECRET = Octets.of("a pepper of thirty-two octets ok");
    private static final GuardPolicy POLICY = new GuardPolicy(
            "optional",
            Set.of("POST"),
            Duration.ofHours(24),
            "any",
            Duration.ofSeconds(10),
            false,
            false,
            "unknown",
            false,
            262_144,
            "honour",
            Set.of(),
            "upstream",
            Duration.ofSeconds(30),
            null);

    private final ScratchDatabase database = ScratchDatabase.empty();
    private final Guard guard;

    UnknownOutcomes() {
        Migrations.migrate(database.url(), ScratchDatabase.OWNER, "owner");
        IdempotencyStore store = new IdempotencyStore(
                database.service(), new IdempotencyStore.Options(Duration.ofSeconds(20), false, 0, null));
        guard = new Guard(store, Pepper.of(List.of(SECRET)), Clock.systemUTC());
    }

    /** With which a control plane has its Postgres and its pepper. */
    String[] flags() {
        return new String[] {
            "--db-url=" + database.url(),
            "--db-user=" + ScratchDatabase.OWNER,
            "--db-password=owner",
            "--pepper=" + Base64.getEncoder().encodeToString(SECRET.bytes())
        };
    }

    /** Sends one with that key; returns whether it went to the module, which then answers nothing. */
    boolean timesOut(String tenant, String actor, String route, String key) {
        return sent(tenant, actor, route, key, new Ending.Unknown(Ending.Cause.TIMEOUT));
    }

    /** The same, and the module answers 201 with a body that is kept. */
    boolean succeeds(String tenant, String actor, String route, String key) {
        Fields fields = Fields.of("content-type", "text/plain", "location", "/orders/7");
        return sent(tenant, actor, route, key, new Ending.Answered(201, fields, Octets.of("the kept answer")));
    }

    private boolean sent(String tenant, String actor, String route, String key, Ending ending) {
        String[] names = route.split("/", 2);
        Caller caller = new Caller(
                tenant,
                "acme",
                actor,
                names[0],
                names.length < 2 ? "" : names[1],
                "c-" + key.length(),
                UUID.randomUUID().toString());
        String quoted = '"' + key.replaceAll("[\"\\\\]", "\\\\$0") + '"'; // as RFC 9651 writes a String
        RequestHead head = new RequestHead("POST", "/orders", Fields.of("idempotency-key", quoted));
        Decision decision = guard.onRequest(head, Digests.of(Octets.of("{}")), caller, POLICY);
        if (!(decision instanceof Decision.Proceed(Pending pending))) {
            return false;
        }
        guard.onResponse(pending, ending);
        return true;
    }

    /** Asks or changes the database itself. */
    void sql(String statement) throws SQLException {
        try (Connection connection = database.owner();
                Statement sql = connection.createStatement()) {
            sql.execute(statement);
        }
    }

    @Override
    public void close() {
        guard.close();
        database.close();
    }
}
