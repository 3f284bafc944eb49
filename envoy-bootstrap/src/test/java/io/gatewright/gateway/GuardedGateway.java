package io.gatewright.gateway;

import static io.gatewright.gateway.Documents.setting;

import io.gatewright.demo.EchoUpstream;
import io.gatewright.events.ScratchDatabase;
import io.gatewright.guard.Guard;
import io.gatewright.guard.Pepper;
import io.gatewright.guard.http.Octets;
import io.gatewright.guard.store.IdempotencyStore;
import io.gatewright.guard.store.Migrations;
import io.gatewright.settings.Document;
import io.gatewright.sidecar.extproc.EnvoyDoor;
import io.gatewright.sidecar.extproc.SocketLink;
import io.gatewright.sidecar.policy.Policies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** A real Envoy with the guard at its side, on a real Postgres. One thread at a time. */
final class GuardedGateway implements Door {
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
                database.service(), new IdempotencyStore.Options(Duration.ofSeconds(5), false, MOST_KEYS, null));
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

    @Override
    public Answer send(Request request) throws IOException {
        return gateway.send(request);
    }

    @Override
    public int port() {
        return gateway.port();
    }

    @Override
    public String token(String tenant, String user) {
        return gateway.token(tenant, user);
    }

    @Override
    public EchoUpstream upstream() {
        return gateway.upstream();
    }

    @Override
    public ScratchDatabase database() {
        return database;
    }

    @Override
    public void change(Document... documents) throws InterruptedException {
        gateway.change(documents);
    }

    @Override
    public void serve(String module, String prefix, String endpoint) throws InterruptedException {
        gateway.change(Documents.module(module, prefix, endpoint, Documents.route("create", "POST", "/")));
    }

    @Override
    public void close() {
        gateway.close();
        door.close();
        guard.close();
        database.close();
    }
}
