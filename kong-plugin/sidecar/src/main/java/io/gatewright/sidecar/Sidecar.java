package io.gatewright.sidecar;

import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.AgroalConnectionPoolConfiguration.ConnectionValidator;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.exceptionsorter.PostgreSQLExceptionSorter;
import io.agroal.api.security.NamePrincipal;
import io.agroal.api.security.SimplePassword;
import io.gatewright.guard.Guard;
import io.gatewright.guard.store.IdempotencyStore;
import io.gatewright.guard.store.Probes;
import io.gatewright.guard.store.StoreUnavailable;
import io.gatewright.guard.store.Sweeper;
import io.gatewright.pdk.KongPlugin;
import io.gatewright.pdk.server.KongPluginServer;
import io.gatewright.pdk.server.ServerOptions;
import io.gatewright.registry.SettingsFeed;
import io.gatewright.settings.Settings;
import io.gatewright.sidecar.extproc.EnvoyDoor;
import io.gatewright.sidecar.extproc.SocketLink;
import io.gatewright.sidecar.identity.Identities;
import io.gatewright.sidecar.kong.GuardPlugin;
import io.gatewright.sidecar.kong.IdempotencyPlugin;
import io.gatewright.sidecar.policy.Policies;
import io.gatewright.sidecar.policy.ProbedRoutes;
import io.gatewright.sidecar.probe.Prober;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The guard with its doors, wired. One thread starts and closes it. */
final class Sidecar implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sidecar.class);
    private static final Duration STORE_TIMEOUT = Duration.ofMillis(250);
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration IDLE = Duration.ofMillis(500);
    private static final int PATIENT_CONNECTIONS = 2;
    private static final String ROLE = "SET ROLE gatewright_service";

    private final SidecarOptions options;
    private final AgroalDataSource pool;
    private final AgroalDataSource patient; // for what may take longer than a request may
    private final SettingsFeed feed;
    private final Guard guard;
    private final @Nullable EnvoyDoor envoy;
    private final @Nullable KongPluginServer kong;
    private final Prober prober;
    private @Nullable StatusPort status; // guarded by this
    private boolean closed; // guarded by this
    private final ScheduledExecutorService sweeping = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("sweeper").factory());
    private final ScheduledExecutorService probing = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("prober").factory());

    /** Starts: the settings, from Postgres or the last good file, then the doors. Serves while Postgres is away. */
    Sidecar(SidecarOptions options) throws IOException, SQLException {
        this.options = options;
        IdempotencyStore.Options how =
                new IdempotencyStore.Options(STORE_TIMEOUT, options.relaxed(), options.quota(), options.seal());
        pool = pool(options, options.poolSize(), STORE_TIMEOUT, how.session());
        patient = patientPool(options);
        Path lastGood = options.dataDirectory().resolve("sidecar-settings.json");
        feed = new SettingsFeed(
                () -> listening(options), patient, lastGood, SettingsFeed.POLL_INTERVAL, Clock.systemUTC());
        feed.start();
        IdempotencyStore store = new IdempotencyStore(pool, how);
        requireFit(store);
        guard = new Guard(store, options.peppers(), Clock.systemUTC());
        Policies policies = new Policies(feed::current);
        Path socket = options.envoySocket();
        envoy = socket == null ? null : new EnvoyDoor(new SocketLink(socket), guard, policies);
        Path kongSocket = options.kongSocket();
        kong = kongSocket == null
                ? null
                : KongPluginServer.start(ServerOptions.at(kongSocket), plugins(feed::current, guard, policies));
        prober = new Prober(new Probes(patient), new ProbedRoutes(feed::current), guard.tally());
        var _ = probing.scheduleWithFixedDelay(this::probe, 5, 5, TimeUnit.SECONDS);
        Sweeper sweeper = new Sweeper(patient);
        var _ = sweeping.scheduleWithFixedDelay(() -> sweep(sweeper), 0, 60, TimeUnit.SECONDS);
        InetSocketAddress address = options.status();
        if (address != null) {
            openStatus(address);
            var _ = sweeping.scheduleWithFixedDelay(() -> openStatus(address), 1, 1, TimeUnit.SECONDS);
        }
    }

    /** While the process before this one comes to its end, the address may still be its own. */
    private synchronized void openStatus(InetSocketAddress address) {
        if (status == null && !closed) {
            try {
                status = new StatusPort(address, feed::status, guard.tally()::counts);
                LOG.info("event=status_port_open address={}", status.address());
            } catch (IOException e) {
                LOG.debug("event=status_port_taken address={}", address, e);
            }
        }
    }

    private synchronized void closeStatus() {
        closed = true;
        if (status != null) {
            status.close();
        }
    }

    /** The plugins, also without anything behind them, to be described to Kong. */
    static KongPlugin<?>[] plugins(Supplier<Settings> settings, Guard guard, Policies policies) {
        return new KongPlugin<?>[] {
            new GuardPlugin(settings, new Identities(settings, Clock.systemUTC())),
            new IdempotencyPlugin(guard, policies)
        };
    }

    /** A few connections for what may take longer than a request may. */
    static AgroalDataSource patientPool(SidecarOptions options) throws SQLException {
        return pool(options, PATIENT_CONNECTIONS, PATIENCE, ROLE);
    }

    private static AgroalDataSource pool(SidecarOptions options, int connections, Duration wait, String session)
            throws SQLException {
        AgroalDataSourceConfigurationSupplier configuration = new AgroalDataSourceConfigurationSupplier();
        configuration
                .connectionPoolConfiguration()
                .maxSize(connections)
                .acquisitionTimeout(wait)
                // so that no request finds a connection that died with a Postgres
                .exceptionSorter(new PostgreSQLExceptionSorter())
                .connectionValidator(ConnectionValidator.defaultValidatorWithTimeout(1))
                .idleValidationTimeout(IDLE)
                .connectionFactoryConfiguration()
                .jdbcUrl(options.databaseUrl())
                .jdbcProperty("prepareThreshold", "1")
                .jdbcProperty("connectTimeout", "2")
                .principal(new NamePrincipal(options.databaseUser()))
                .credential(new SimplePassword(options.databasePassword()))
                .initialSql(session);
        return AgroalDataSource.from(configuration);
    }

    private static Connection listening(SidecarOptions options) throws SQLException {
        Connection connection =
                DriverManager.getConnection(options.databaseUrl(), options.databaseUser(), options.databasePassword());
        try (Statement statement = connection.createStatement()) {
            statement.execute(ROLE);
        }
        return connection;
    }

    private static void requireFit(IdempotencyStore store) {
        try {
            Optional<String> unfit = store.unfit();
            if (unfit.isPresent()) {
                throw new IllegalStateException("Claims cannot be kept in this Postgres: " + unfit.get());
            }
        } catch (StoreUnavailable e) {
            LOG.warn("event=idempotency_store_away problem=\"{}\"", e.getMessage());
        }
    }

    private static void sweep(Sweeper sweeper) {
        try {
            Sweeper.Swept swept = sweeper.sweep();
            if (swept.claims() + swept.hours() > 0) {
                LOG.info("event=idempotency_swept claims={} hours={}", swept.claims(), swept.hours());
            }
        } catch (SQLException | RuntimeException e) {
            LOG.warn("event=idempotency_sweep_failed problem=\"{}\"", e.getMessage());
        }
    }

    private void probe() {
        try {
            prober.round();
        } catch (StoreUnavailable | RuntimeException e) {
            LOG.warn("event=idempotency_probe_failed problem=\"{}\"", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the end of the process
        }
    }

    /** Lets what runs come to its end, then closes. */
    void stop() throws InterruptedException {
        if (envoy != null) {
            envoy.drain(options.drain());
        }
        close();
    }

    @Override
    public void close() {
        sweeping.shutdownNow();
        probing.shutdownNow();
        prober.close();
        closeStatus();
        if (envoy != null) {
            envoy.close();
        }
        if (kong != null) {
            kong.close();
        }
        guard.close();
        feed.close();
        pool.close();
        patient.close();
    }
}
