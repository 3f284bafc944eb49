package io.gatewright.sidecar.extproc;

import io.gatewright.events.ScratchDatabase;
import io.gatewright.guard.Guard;
import io.gatewright.guard.Pepper;
import io.gatewright.guard.http.Octets;
import io.gatewright.guard.store.IdempotencyStore;
import io.gatewright.guard.store.Migrations;
import io.gatewright.settings.Given;
import io.gatewright.settings.Settings;
import io.gatewright.sidecar.policy.Policies;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** The door on a real socket and a real Postgres, and connections as Envoy opens them. Thread-safe. */
final class DoorFixture implements AutoCloseable {
    private static final Pepper PEPPER = Pepper.of(List.of(Octets.of("a pepper of thirty-two octets ok")));

    final ScratchDatabase database = ScratchDatabase.empty();
    final AtomicReference<Settings> settings = new AtomicReference<>(Given.settings(
            Given.setting("tenant=acme-at", "precondition.etag", "\"auto\""),
            Given.setting("tenant=beta-ch", "idempotency.on-conflict", "\"wait\"")));
    final Path path;
    private final EpollEventLoopGroup loop = new EpollEventLoopGroup(1);
    private final Guard guard;
    final EnvoyDoor door;
    private final ManagedChannel channel;

    DoorFixture(Path directory) throws IOException {
        Migrations.migrate(database.url(), ScratchDatabase.OWNER, "owner");
        path = directory.resolve("guard.sock");
        guard = new Guard(
                new IdempotencyStore(
                        database.service(), new IdempotencyStore.Options(Duration.ofSeconds(20), false, 0, null)),
                PEPPER,
                Clock.systemUTC());
        door = another();
        channel = connect();
    }

    /** Another process that takes the path over. */
    EnvoyDoor another() throws IOException {
        return new EnvoyDoor(new SocketLink(path), guard, new Policies(settings::get));
    }

    /** Connects when it is first used, as Envoy does to whatever is at the path then. */
    ManagedChannel connect() {
        return NettyChannelBuilder.forAddress(new DomainSocketAddress(path.toFile()))
                .eventLoopGroup(loop)
                .channelType(EpollDomainSocketChannel.class)
                .usePlaintext()
                .directExecutor()
                .build();
    }

    /** Envoy leaves this process for good, when it has renewed its connections. */
    void disconnect() {
        channel.shutdownNow();
    }

    PlayedEnvoy request(String tenant) {
        return new PlayedEnvoy(channel, tenant);
    }

    /** The same request again, on another stream. */
    PlayedEnvoy again(PlayedEnvoy first, String tenant) {
        return new PlayedEnvoy(channel, tenant, first.requestId);
    }

    PlayedEnvoy requestOfNobody() {
        return new PlayedEnvoy(channel, null);
    }

    /** Waits until the claim of the request with this correlation id is in this state; each question waits on the server. */
    void awaitState(String correlation, String state) {
        String seen = "";
        for (int i = 0; i < 1_000 && !seen.equals(state); i++) {
            seen = ask("""
                    SELECT CASE state WHEN 1 THEN 'in-flight' WHEN 2 THEN 'done' WHEN 3 THEN 'released' ELSE 'unknown' END
                    FROM idempotency.claim, pg_sleep(0.02) WHERE correlation = '%s'""".formatted(correlation));
        }
        if (!seen.equals(state)) {
            throw new AssertionError("The claim is " + seen + ", not " + state);
        }
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

    /** A transaction that holds this table, so that whoever needs it waits until the transaction is closed. */
    Connection hold(String table) throws SQLException {
        Connection holder = database.owner();
        holder.setAutoCommit(false);
        try (Statement statement = holder.createStatement()) {
            statement.execute("LOCK TABLE " + table + " IN ACCESS EXCLUSIVE MODE");
        }
        return holder;
    }

    @Override
    public void close() {
        channel.shutdownNow();
        door.close();
        guard.close();
        var _ = loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        database.close();
    }
}
