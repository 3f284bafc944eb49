package io.gatewright.server;

import io.gatewright.registry.Proposals;
import io.gatewright.registry.SettingsFeed;
import io.gatewright.server.access.LocalToken;
import io.gatewright.server.access.Login;
import io.gatewright.server.keys.SigningKeyJob;
import io.gatewright.xds.AdsServer;
import io.gatewright.xds.Deployments;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.scheduler.Scheduler;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.time.Duration;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The order of the start: settings first, then everything is published, then Envoys may connect. So an Envoy that
 * reconnects is never told that what it runs is gone. Runs on Quarkus' start thread.
 */
@ApplicationScoped
public class Lifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(Lifecycle.class);
    private static final Duration DUE_INTERVAL = Duration.ofSeconds(1);
    private static final Duration OLD_DAYS_INTERVAL = Duration.ofHours(1);
    private static final Duration METERS_INTERVAL = Duration.ofSeconds(10);

    /** How often is looked whose turn it is; each issuer has its turn by its own interval. */
    private static final Duration KEYS_INTERVAL = Duration.ofSeconds(1);

    void start(
            @Observes StartupEvent event,
            Configuration configuration,
            Login login,
            SettingsFeed feed,
            Pushes pushes,
            Deployments deployments,
            SigningKeyJob keys,
            Proposals proposals,
            Syncs syncs,
            KongPublisher kongs,
            KongSyncs kongSyncs,
            EventWork events,
            EventMeters eventMeters,
            PolicyEvents policies,
            AdsServer ads,
            Scheduler scheduler,
            @ConfigProperty(name = "quarkus.http.host") String httpHost,
            @ConfigProperty(name = "quarkus.http.port") int httpPort)
            throws InterruptedException, IOException {
        if (login instanceof Login.Local local) {
            local.token().store(configuration.dataDir());
            // Not through the log, which others may collect: whoever started this process reads it here, once.
            System.out.println("gatewright: the API's token until this process ends, also in "
                    + configuration.dataDir().resolve(LocalToken.FILE) + ": "
                    + local.token().reveal());
        }
        events.start();
        feed.subscribe(pushes::publish);
        feed.subscribe(kongs::onChange);
        feed.subscribe(keys::onChange);
        feed.start();
        syncs.run(Sync.Trigger.STARTUP, false, Duration.ZERO, Syncs.Progress.NONE);
        kongSyncs.start();
        kongs.start();
        deployments.onDrift(syncs::driftSeen);
        deployments.onAccepted(policies::accepted);
        deployments.onRejected(policies::rejected);
        ads.start();
        keys.askDue();
        every(scheduler, "reconcile", configuration.reconcileInterval(), () -> reconcile(syncs, kongSyncs));
        every(scheduler, "due-proposals", DUE_INTERVAL, new DueProposals(proposals, feed));
        every(scheduler, "signing-keys", KEYS_INTERVAL, keys::askDue);
        every(scheduler, "event-retention", OLD_DAYS_INTERVAL, events::dropOldDays);
        every(scheduler, "event-meters", METERS_INTERVAL, eventMeters::refresh);
        LOG.info(
                "serving api=http://{}:{} xds={}:{} revision={}",
                httpHost,
                httpPort,
                configuration.xdsHost(),
                ads.port(),
                feed.current().revision());
    }

    void stop(@Observes ShutdownEvent event, Configuration configuration, Login login, EventWork events)
            throws IOException {
        events.close();
        if (login instanceof Login.Local local) {
            local.token().remove(configuration.dataDir());
        }
    }

    private static void every(Scheduler scheduler, String name, Duration interval, Runnable task) {
        scheduler
                .newJob(name)
                .setInterval(interval.toString())
                .setDelayed(interval.toString())
                .setTask(execution -> task.run())
                .schedule();
    }

    private static void reconcile(Syncs syncs, KongSyncs kongSyncs) {
        try {
            syncs.run(Sync.Trigger.INTERVAL, false, Duration.ZERO, Syncs.Progress.NONE);
            if (kongSyncs.any()) {
                kongSyncs.run(Sync.Trigger.INTERVAL, false, Duration.ZERO);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
