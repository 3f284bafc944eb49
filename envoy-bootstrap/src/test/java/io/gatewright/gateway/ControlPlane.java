package io.gatewright.gateway;

import io.gatewright.envoy.EnvoyTranslator;
import io.gatewright.registry.SyncRow;
import io.gatewright.registry.SyncTable;
import io.gatewright.server.Publisher;
import io.gatewright.server.Pushes;
import io.gatewright.server.Sync;
import io.gatewright.server.SyncJournal;
import io.gatewright.server.Syncs;
import io.gatewright.settings.AffectedTenants;
import io.gatewright.settings.Consistency;
import io.gatewright.settings.Document;
import io.gatewright.settings.DocumentKey;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Settings;
import io.gatewright.settings.SettingsChange;
import io.gatewright.xds.AdsCounters;
import io.gatewright.xds.AdsServer;
import io.gatewright.xds.AdsTls;
import io.gatewright.xds.AggregatedDiscovery;
import io.gatewright.xds.Deployments;
import io.gatewright.xds.NodeStatus;
import io.gatewright.xds.NodeView;
import io.gatewright.xds.Resource;
import io.gatewright.xds.ResourceKey;
import io.gatewright.xds.ResourceType;
import io.gatewright.xds.XdsCache;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/** Publisher, cache and ADS server as the server wires them, with settings that the test writes. One thread at a time. */
final class ControlPlane implements AutoCloseable {
    private static final Duration AT_MOST = Duration.ofSeconds(60);

    private Settings settings = Settings.EMPTY;
    private Set<String> changedTenants = Set.of();
    private XdsCache cache = new XdsCache();
    private Publisher publisher = new Publisher(cache);
    private Deployments deployments = new Deployments(cache, Clock.systemUTC());
    private final Queue<SyncRow> finished = new ConcurrentLinkedQueue<>();
    private Syncs syncs = syncs();
    private Pushes pushes = pushes();
    private AdsServer server;

    ControlPlane(List<Document> documents) {
        this(documents, null);
    }

    /** @param tls null: plain text */
    ControlPlane(List<Document> documents, @Nullable AdsTls tls) {
        settings = checked(documents);
        publisher.publishAll(settings);
        server = new AdsServer(new AggregatedDiscovery(cache, deployments), "127.0.0.1", 0, tls);
        server.start();
    }

    /** Without a database: what is to be written waits for ever. */
    private SyncJournal journal() {
        SyncJournal journal = new SyncJournal(new SyncTable(new PGSimpleDataSource()), () -> false, task -> {});
        journal.onFinished(finished::add);
        return journal;
    }

    private Pushes pushes() {
        return new Pushes(publisher, deployments, journal(), "test", Clock.systemUTC(), Thread::startVirtualThread);
    }

    private Syncs syncs() {
        return new Syncs(
                publisher,
                () -> settings,
                deployments,
                new SyncTable(new PGSimpleDataSource()),
                journal(),
                "test",
                Clock.systemUTC(),
                Thread::startVirtualThread);
    }

    /** A full reconcile that waits for the gateway. */
    SyncRow sync(Sync.Trigger trigger, boolean dryRun, Duration wait) throws InterruptedException {
        return syncs.run(trigger, dryRun, wait, Syncs.Progress.NONE);
    }

    /** What pushes and reconciles came to, in the order of their ends. */
    List<SyncRow> finished() {
        return List.copyOf(finished);
    }

    long revision() {
        return settings.revision();
    }

    /** Serves a tenant past the publisher as if these documents were there too, which no setting says. */
    void serveOtherwise(String tenant, List<Document> documents) {
        Settings other = settings.with(settings.revision() + 1, documents);
        cache.update(settings.revision(), EnvoyTranslator.tenant(other, tenant), List.of());
    }

    private Settings checked(List<Document> documents) {
        Settings next = settings.with(settings.revision() + 1, documents);
        Consistency consistency = Consistency.check(settings, next, documents);
        if (!consistency.invalid().isEmpty() || !consistency.conflicts().isEmpty()) {
            throw new IllegalArgumentException(consistency.toString());
        }
        return next;
    }

    /** Writes documents as one revision and publishes it. */
    void change(List<Document> documents) {
        pushes.publish(advance(documents));
    }

    /**
     * The same past the publisher, in one update, with the scope of one tenant spoiled so that Envoy must refuse it. Of removals
     * it knows those of tenants.
     */
    void changeSpoiling(String tenant, List<Document> documents) {
        advance(documents);
        List<ResourceKey> gone = documents.stream()
                .filter(document -> document.key().kind() == Kind.TENANT && document.body() == null)
                .map(document -> EnvoyTranslator.tenantKey(document.key().id()))
                .toList();
        List<Resource> resources = new ArrayList<>();
        for (String id : changedTenants) {
            Resource scope = EnvoyTranslator.tenant(settings, id).getFirst();
            resources.add(id.equals(tenant) ? SpoiledScope.of(scope) : scope);
        }
        cache.update(settings.revision(), resources, gone);
    }

    private SettingsChange advance(List<Document> documents) {
        Settings next = checked(documents);
        Set<DocumentKey> keys = new HashSet<>();
        documents.forEach(document -> keys.add(document.key()));
        SettingsChange change = SettingsChange.between(settings, next, keys);
        settings = next;
        changedTenants = new HashSet<>(
                switch (change.affected()) {
                    case AffectedTenants.All all -> settings.ids(Kind.TENANT);
                    case AffectedTenants.Some some -> some.tenants();
                });
        changedTenants.retainAll(settings.ids(Kind.TENANT));
        return change;
    }

    /** Waits until every gateway has answered for everything that it is served. */
    void awaitAcknowledged() throws InterruptedException {
        List<ResourceKey> keys = new ArrayList<>();
        for (ResourceType type : ResourceType.values()) {
            cache.names(type).forEach(name -> keys.add(new ResourceKey(type, name)));
        }
        if (!deployments.await(keys, settings.revision(), AT_MOST)) {
            throw new AssertionError("the gateway has not answered within " + AT_MOST + ": " + deployments.nodes());
        }
    }

    /**
     * Ends the server and starts another on the same port that knows nothing of the gateway, with these settings and the
     * documents that were written meanwhile.
     */
    void restart(List<Document> meanwhile) {
        int port = port();
        server.stop();
        settings = checked(meanwhile);
        cache = new XdsCache();
        publisher = new Publisher(cache);
        deployments = new Deployments(cache, Clock.systemUTC());
        syncs = syncs();
        pushes = pushes();
        publisher.publishAll(settings);
        server = new AdsServer(new AggregatedDiscovery(cache, deployments), "127.0.0.1", port);
        server.start();
    }

    /** The tenants that the last change may have touched. */
    Set<String> changedTenants() {
        return changedTenants;
    }

    Settings settings() {
        return settings;
    }

    String policy(String tenant) {
        return publisher.policy(settings, tenant);
    }

    int port() {
        return server.port();
    }

    AdsCounters counters() {
        return deployments.counters();
    }

    /** The gateways that came. */
    List<NodeView> nodes() {
        return deployments.nodes();
    }

    /** The one gateway that is connected. */
    NodeView node() {
        return deployments.nodes().getFirst();
    }

    boolean connected() {
        return !deployments.nodes().isEmpty() && node().connected();
    }

    NodeStatus status(ResourceKey key) {
        return deployments.status(key).getFirst();
    }

    @Override
    public void close() {
        server.stop();
    }
}
