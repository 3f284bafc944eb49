package io.gatewright.server;

import io.gatewright.registry.SettingsFeed;
import io.gatewright.xds.AdsServer;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.scheduler.Scheduler;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
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

    void start(
            @Observes StartupEvent event,
            Configuration configuration,
            SettingsFeed feed,
            Publisher publisher,
            SigningKeyJob keys,
            Syncs syncs,
            AdsServer ads,
            Scheduler scheduler,
            @ConfigProperty(name = "quarkus.http.host") String httpHost,
            @ConfigProperty(name = "quarkus.http.port") int httpPort)
            throws InterruptedException {
        feed.subscribe(publisher::publish);
        feed.subscribe(keys::onChange);
        feed.start();
        syncs.run(Syncs.Trigger.STARTUP, false, Duration.ZERO);
        ads.start();
        keys.refreshAll();
        every(scheduler, "reconcile", configuration.reconcileInterval(), () -> reconcile(syncs));
        every(scheduler, "signing-keys", configuration.keysInterval(), keys::refreshAll);
        LOG.info(
                "serving api=http://{}:{} xds={}:{} revision={}",
                httpHost,
                httpPort,
                configuration.xdsHost(),
                ads.port(),
                feed.current().revision());
    }

    private static void every(Scheduler scheduler, String name, Duration interval, Runnable task) {
        scheduler
                .newJob(name)
                .setInterval(interval.toString())
                .setDelayed(interval.toString())
                .setTask(execution -> task.run())
                .schedule();
    }

    private static void reconcile(Syncs syncs) {
        try {
            syncs.run(Syncs.Trigger.INTERVAL, false, Duration.ZERO);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
