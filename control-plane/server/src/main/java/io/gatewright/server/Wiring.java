package io.gatewright.server;

import io.agroal.api.AgroalDataSource;
import io.gatewright.events.AppendSignal;
import io.gatewright.events.Consumers;
import io.gatewright.events.EventLog;
import io.gatewright.events.EventPages;
import io.gatewright.events.Hints;
import io.gatewright.events.Observations;
import io.gatewright.events.Retention;
import io.gatewright.events.Sequencer;
import io.gatewright.events.schema.CatalogCheck;
import io.gatewright.events.schema.SchemaCatalog;
import io.gatewright.guard.store.IdempotencyStore;
import io.gatewright.kong.node.KongFleet;
import io.gatewright.kong.node.NodeOptions;
import io.gatewright.registry.History;
import io.gatewright.registry.KeyFetchTable;
import io.gatewright.registry.Proposals;
import io.gatewright.registry.Registry;
import io.gatewright.registry.SettingsFeed;
import io.gatewright.registry.SyncTable;
import io.gatewright.server.access.CallRates;
import io.gatewright.server.access.LocalToken;
import io.gatewright.server.access.Login;
import io.gatewright.server.keys.SigningKeyJob;
import io.gatewright.xds.AdsServer;
import io.gatewright.xds.AggregatedDiscovery;
import io.gatewright.xds.Deployments;
import io.gatewright.xds.XdsCache;
import io.quarkus.runtime.annotations.CommandLineArguments;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Makes every long-lived object of the process, once. Nothing else opens a connection or starts a thread. */
@ApplicationScoped
public class Wiring {
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration SILENCE = Duration.ofSeconds(5);
    private static final Duration STORE = Duration.ofSeconds(5); // people wait, not requests
    private static final Duration KONG_CONNECT = Duration.ofSeconds(2);

    private final ExecutorService syncThreads = Executors.newVirtualThreadPerTaskExecutor();

    @Produces
    @Singleton
    Configuration configuration(@CommandLineArguments String[] args) throws Configuration.Invalid {
        return Configuration.read(List.of(args), System.getenv());
    }

    @Produces
    @Singleton
    Clock clock() {
        return Clock.systemUTC();
    }

    @Produces
    @Singleton
    Login login(Configuration configuration) {
        return configuration.api().issuer().isEmpty()
                ? new Login.Local(new LocalToken())
                : new Login.Issuer(configuration.api().claims());
    }

    @Produces
    @Singleton
    CallRates callRates(Configuration configuration) {
        return new CallRates(configuration.api().requests(), System::nanoTime);
    }

    @Produces
    @Singleton
    Database database(
            @ConfigProperty(name = "quarkus.datasource.jdbc.url") String url,
            @ConfigProperty(name = "quarkus.datasource.username", defaultValue = "") String user,
            @ConfigProperty(name = "quarkus.datasource.password", defaultValue = "") String password) {
        return new Database(url, user, new Configuration.Secret(password));
    }

    @Produces
    @Singleton
    AppendSignal appendSignal(Database database) {
        return new AppendSignal(database::openAsService);
    }

    void closeAppendSignal(@Disposes AppendSignal signal) {
        signal.close();
    }

    @Produces
    @Singleton
    EventLog eventLog(AppendSignal signal) {
        return new EventLog(new CatalogCheck(SchemaCatalog.load()), signal);
    }

    @Produces
    @Singleton
    EventPages eventPages(AgroalDataSource pool) {
        return new EventPages(pool);
    }

    @Produces
    @Singleton
    Consumers consumers(AgroalDataSource pool) {
        return new Consumers(pool);
    }

    @Produces
    @Singleton
    Hints hints(Database database) {
        return new Hints(database::openAsService, SILENCE);
    }

    @Produces
    @Singleton
    Observations observations(AgroalDataSource pool, EventLog log) {
        return new Observations(pool, log);
    }

    @Produces
    @Singleton
    PolicyEvents policyEvents(Publisher publisher, Observations observations) {
        return new PolicyEvents(publisher, observations);
    }

    @Produces
    @Singleton
    EventWork eventWork(Database database, Configuration configuration, Hints hints, Observations observations) {
        return new EventWork(
                new Sequencer(database::openAsService, Sequencer.Options.DEFAULT),
                hints,
                observations,
                new Retention(
                        database::open,
                        configuration.events().keep(),
                        configuration.events().bound()));
    }

    @Produces
    @Singleton
    Registry registry(AgroalDataSource pool, EventLog events, Clock clock) {
        return new Registry(pool, events, clock);
    }

    @Produces
    @Singleton
    Proposals proposals(AgroalDataSource pool, Registry registry, Clock clock) {
        return new Proposals(pool, registry, clock);
    }

    @Produces
    @Singleton
    IdempotencyStore idempotencyStore(AgroalDataSource pool) {
        return new IdempotencyStore(pool, new IdempotencyStore.Options(STORE, false, 0, null));
    }

    @Produces
    @Singleton
    History history(AgroalDataSource pool) {
        return new History(pool);
    }

    @Produces
    @Singleton
    SettingsFeed feed(AgroalDataSource pool, Configuration configuration, Clock clock, Database database) {
        return new SettingsFeed(
                database::open,
                pool,
                configuration.ephemeral() ? null : configuration.dataDir().resolve("last-good.jsonl"),
                POLL,
                clock);
    }

    void closeFeed(@Disposes SettingsFeed feed) {
        feed.close();
    }

    @Produces
    @Singleton
    XdsCache cache() {
        return new XdsCache();
    }

    @Produces
    @Singleton
    Deployments deployments(XdsCache cache, Clock clock) {
        return new Deployments(cache, clock);
    }

    @Produces
    @Singleton
    Publisher publisher(XdsCache cache) {
        return new Publisher(cache);
    }

    @Produces
    @Singleton
    KongFleet kongFleet(Configuration configuration, Clock clock) {
        Path lastGood =
                configuration.ephemeral() ? null : configuration.dataDir().resolve("kong");
        List<NodeOptions> nodes = configuration.kong().nodes().stream()
                .map(kong -> NodeOptions.of(kong.name(), kong.admin(), kong.proxy(), lastGood))
                .toList();
        HttpClient client = HttpClient.newBuilder().connectTimeout(KONG_CONNECT).build();
        return new KongFleet(nodes, client, clock);
    }

    @Produces
    @Singleton
    KongPublisher kongPublisher(KongFleet fleet, Configuration configuration) {
        return new KongPublisher(fleet, configuration.kong().target());
    }

    void closeKongPublisher(@Disposes KongPublisher publisher) {
        publisher.close();
    }

    @Produces
    @Singleton
    KongSyncs kongSyncs(
            KongPublisher publisher,
            KongFleet fleet,
            SettingsFeed feed,
            SyncJournal journal,
            Configuration configuration,
            Clock clock) {
        return new KongSyncs(publisher, fleet, feed::current, journal, configuration.replica(), clock, syncThreads);
    }

    @Produces
    @Singleton
    SyncTable syncTable(AgroalDataSource pool) {
        return new SyncTable(pool);
    }

    @Produces
    @Singleton
    SyncJournal syncJournal(SyncTable table, SettingsFeed feed) {
        return new SyncJournal(table, () -> feed.status().connected(), syncThreads);
    }

    void closeJournal(@Disposes SyncJournal journal) {
        journal.close();
        syncThreads.shutdownNow();
    }

    @Produces
    @Singleton
    Pushes pushes(
            Publisher publisher,
            Deployments deployments,
            SyncJournal journal,
            Configuration configuration,
            Clock clock) {
        return new Pushes(publisher, deployments, journal, configuration.replica(), clock, syncThreads);
    }

    @Produces
    @Singleton
    Syncs syncs(
            Publisher publisher,
            SettingsFeed feed,
            Deployments deployments,
            SyncTable table,
            SyncJournal journal,
            Configuration configuration,
            Clock clock) {
        return new Syncs(
                publisher, feed::current, deployments, table, journal, configuration.replica(), clock, syncThreads);
    }

    @Produces
    @Singleton
    KeyFetchTable keyFetches(AgroalDataSource pool, Configuration configuration) {
        return new KeyFetchTable(pool, configuration.replica());
    }

    @Produces
    @Singleton
    SigningKeyJob signingKeys(
            Registry registry,
            KeyFetchTable fetches,
            SettingsFeed feed,
            Vertx vertx,
            Configuration configuration,
            Clock clock) {
        return new SigningKeyJob(
                registry,
                fetches,
                feed::current,
                vertx,
                configuration.keys().allowed(),
                configuration.keys().times(),
                clock,
                Executors.newVirtualThreadPerTaskExecutor());
    }

    void stopSigningKeys(@Disposes SigningKeyJob keys) {
        keys.close();
    }

    @Produces
    @Singleton
    AdsServer adsServer(XdsCache cache, Deployments deployments, Configuration configuration) {
        return new AdsServer(
                new AggregatedDiscovery(cache, deployments),
                configuration.xdsHost(),
                configuration.xdsPort(),
                configuration.xdsTls());
    }

    void stopAdsServer(@Disposes AdsServer server) {
        server.stop();
    }
}
