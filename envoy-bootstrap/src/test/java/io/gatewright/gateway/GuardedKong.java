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
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

/** A simulated Kong 3.9 with our two plugins on their real server, a real Postgres and a real upstream. One thread at a time. */
final class GuardedKong implements Door {
    private final ScratchDatabase database = ScratchDatabase.empty();
    private final StubIssuer issuer = new StubIssuer(Documents.AUDIENCE);
    private final AtomicReference<Settings> settings = new AtomicReference<>(Settings.EMPTY);
    private final Guard guard;
    private final KongPluginServer server;
    private final SimulatedKong kong;
    private final Map<String, SimulatedKong> others = new HashMap<>();
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
                database.service(), new IdempotencyStore.Options(Duration.ofSeconds(5), false, MOST_KEYS, null));
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
        return another(config, kong -> kong);
    }

    /** The same with something different about it, such as its upstream. */
    SimulatedKong another(String config, UnaryOperator<SimulatedKong.Builder> different) throws IOException {
        SimulatedKong.Builder builder = SimulatedKong.on(server.socket())
                .version("3.9")
                .plugin(ConfiguredPlugin.of("gatewright-guard", 1049, Set.of(Phase.ACCESS), config))
                .plugin(ConfiguredPlugin.of(
                        "gatewright-idempotency", 905, Set.of(Phase.ACCESS, Phase.RESPONSE, Phase.LOG), config))
                .plugin(ConfiguredPlugin.of(RefusingPlugin.NAME, RefusingPlugin.PRIORITY, Set.of(Phase.ACCESS), config))
                .upstream(URI.create("http://" + upstream.endpoint()))
                .retries(0);
        return different.apply(builder).start();
    }

    Settings settings() {
        return settings.get();
    }

    /** The plugins see them with the next request. */
    @Override
    public void change(Document... documents) {
        Settings now = settings.get();
        settings.set(now.with(now.revision() + 1, List.of(documents)));
    }

    @Override
    public String token(String tenant, String user) {
        return issuer.token(user, Map.of("tenant_id", tenant, "org_id", "acme"));
    }

    StubIssuer issuer() {
        return issuer;
    }

    SimulatedKong kong() {
        return kong;
    }

    @Override
    public int port() {
        return kong.proxy().getPort();
    }

    @Override
    public EchoUpstream upstream() {
        return upstream;
    }

    @Override
    public ScratchDatabase database() {
        return database;
    }

    /** By a Kong of its own, which goes to one upstream only. */
    @Override
    public void serve(String module, String prefix, String endpoint) throws IOException {
        change(Documents.module(module, prefix, endpoint, Documents.route("create", "POST", "/")));
        SimulatedKong before = others.put(
                prefix,
                another("{\"module\":\"" + module + "\"}", kong -> kong.upstream(URI.create("http://" + endpoint))));
        if (before != null) {
            before.close();
        }
    }

    @Override
    public Answer send(Request request) throws IOException {
        SimulatedKong serving = others.entrySet().stream()
                .filter(other -> request.path().startsWith(other.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(kong);
        return Connection.once(serving.proxy().getPort(), request);
    }

    @Override
    public void close() {
        kong.close();
        others.values().forEach(SimulatedKong::close);
        server.close();
        guard.close();
        upstream.close();
        issuer.close();
        database.close();
    }
}
