package io.gatewright.gateway;

import static io.gatewright.gateway.Documents.setting;

import io.gatewright.events.ScratchDatabase;
import io.gatewright.guard.Guard;
import io.gatewright.guard.Pepper;
import io.gatewright.guard.http.Octets;
import io.gatewright.guard.store.IdempotencyStore;
import io.gatewright.guard.store.Migrations;
import io.gatewright.sidecar.extproc.EnvoyDoor;
import io.gatewright.sidecar.extproc.SocketLink;
import io.gatewright.sidecar.policy.Policies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** A real Envoy with the guard at its side, on a real Postgres. One thread at a time. */
final class GuardedGateway implements AutoCloseable {
    private static final Pepper PEPPER = Pepper.of(List.of(Octets.of("a pepper of thirty-two octets ok")));

    final RealGateway gateway;
    final ScratchDatabase database = ScratchDatabase.empty();
    private final Path socket;
    private final IdempotencyStore store;
    private Guard guard;
    private EnvoyDoor door;

    GuardedGateway(String... tenants) throws IOException, InterruptedException {
        Migrations.migrate(database.url(), ScratchDatabase.OWNER, "owner");
        gateway = new RealGateway(tenants);
        socket = Files.createTempDirectory("guard").resolve("guard.sock");
        store = new IdempotencyStore(
                database.service(), new IdempotencyStore.Options(Duration.ofSeconds(5), false, 0, null));
        guard = new Guard(store, PEPPER, Clock.systemUTC());
        door = new EnvoyDoor(new SocketLink(socket), guard, policies());
        gateway.change(setting("global", "guard.service", "[\"unix:" + socket + "\"]"));
    }

    private Policies policies() {
        return new Policies(gateway.plane()::settings);
    }

    /** Another guard takes the socket over, as an upgrade does, and the one before ends when its requests have ended. */
    void upgradeGuard() throws IOException, InterruptedException {
        Guard next = new Guard(store, PEPPER, Clock.systemUTC());
        EnvoyDoor opened = new EnvoyDoor(new SocketLink(socket), next, policies());
        door.drain(Duration.ofSeconds(20));
        door.close();
        guard.close();
        door = opened;
        guard = next;
    }

    Answer send(Request request) throws IOException {
        return gateway.send(request);
    }

    String ask(String query) {
        try (Connection connection = database.owner();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            return row.next() ? String.valueOf(row.getString(1)) : "";
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    void sql(String sql) {
        try (Connection connection = database.owner();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        gateway.close();
        door.close();
        guard.close();
        database.close();
    }
}
