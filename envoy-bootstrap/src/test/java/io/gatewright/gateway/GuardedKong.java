package io.gatewright.gateway;

import io.gatewright.demo.EchoUpstream;
import io.gatewright.demo.StubIssuer;
import io.gatewright.events.ScratchDatabase;
import io.gatewright.guard.Guard;
import io.gatewright.guard.Pepper;
import io.gatewright.guard.http.Octets;
import io.gatewright.guard.store.IdempotencyStore;
import io.gatewright.guard.store.Migrations;
import io.gatewright.pdk.Phase;
import io.gatewright.pdk.server.KongPluginServer;
import io.gatewright.pdk.server.ServerOptions;
import io.gatewright.settings.Document;
import io.gatewright.settings.Settings;
import io.gatewright.sidecar.identity.Identities;
import io.gatewright.sidecar.kong.GuardPlugin;
import io.gatewright.sidecar.kong.IdempotencyPlugin;
import io.gatewright.sidecar.policy.Policies;
import io.gatewright.testkit.ConfiguredPlugin;
import io.gatewright.testkit.SimulatedKong;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/** A simulated Kong 3.9 with our two plugins on their real server, a real Postgres and a real upstream. One thread at a time. */
final class GuardedKong implements AutoCloseable {
    private final ScratchDatabase database = ScratchDatabase.empty();
    private final StubIssuer issuer = new StubIssuer(Documents.AUDIENCE);
    private final AtomicReference<Settings> settings = new AtomicReference<>(Settings.EMPTY);
    private final Guard guard;
    private final KongPluginServer server;
    private final SimulatedKong kong;
    final EchoUpstream upstream = new EchoUpstream();

    GuardedKong(Document... more) throws IOException, InterruptedException {
        Migrations.migrate(database.url(), ScratchDatabase.OWNER, "owner");
        List<Document> documents = new ArrayList<>(List.of(
                Documents.org("acme"),
                Documents.issuer("main", issuer),
                Documents.signingKeys("main", issuer),
                Documents.setting("global", "oidc.issuers", "[\"main\"]"),
                Documents.module(
                        "orders", "/api/orders", upstream.endpoint(), Documents.route("create", "POST", "/"))));
        documents.addAll(List.of(more));
        change(documents.toArray(Document[]::new));
        IdempotencyStore store = new IdempotencyStore(
                database.service(), new IdempotencyStore.Options(Duration.ofSeconds(5), false, 0, null));
        guard = new Guard(store, Pepper.of(List.of(Octets.of("a pepper of thirty-two octets ok"))), Clock.systemUTC());
        Path directory = Files.createTempDirectory("kong");
        server = KongPluginServer.start(
                ServerOptions.at(directory.resolve("gatewright.socket")),
                new GuardPlugin(settings::get, new Identities(settings::get, Clock.systemUTC())),
                new IdempotencyPlugin(guard, new Policies(settings::get)),
                new RefusingPlugin());
        kong = another("{\"module\":\"orders\"}");
    }

    /** Another Kong before the same plugins, with this configuration of theirs; the caller closes it. */
    SimulatedKong another(String config) throws IOException {
        return start(SimulatedKong.on(server.socket()), config);
    }

    Settings settings() {
        return settings.get();
    }

    private SimulatedKong start(SimulatedKong.Builder builder, String config) throws IOException {
        return builder.version("3.9")
                .plugin(ConfiguredPlugin.of("gatewright-guard", 1049, Set.of(Phase.ACCESS), config))
                .plugin(ConfiguredPlugin.of(
                        "gatewright-idempotency", 905, Set.of(Phase.ACCESS, Phase.RESPONSE, Phase.LOG), config))
                .plugin(ConfiguredPlugin.of(RefusingPlugin.NAME, RefusingPlugin.PRIORITY, Set.of(Phase.ACCESS), config))
                .upstream(URI.create("http://" + upstream.endpoint()))
                .retries(0)
                .start();
    }

    /** Writes documents; the plugins see them with the next request. */
    void change(Document... documents) {
        Settings now = settings.get();
        settings.set(now.with(now.revision() + 1, List.of(documents)));
    }

    String token(String tenant, String user) {
        return issuer.token(user, Map.of("tenant_id", tenant, "org_id", "acme"));
    }

    StubIssuer issuer() {
        return issuer;
    }

    SimulatedKong kong() {
        return kong;
    }

    Answer send(Request request) throws IOException {
        return io.gatewright.gateway.Connection.once(kong.proxy().getPort(), request);
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
        kong.close();
        server.close();
        guard.close();
        upstream.close();
        issuer.close();
        database.close();
    }
}
