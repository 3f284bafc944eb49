package io.gatewright.server;

import io.gatewright.registry.SettingsFeed;
import io.gatewright.xds.Deployments;
import io.gatewright.xds.NodeView;
import io.gatewright.xds.XdsCache;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** What readiness depends on, each under its name. Gateways are served from memory even when the database is away. */
@ApplicationScoped
public class HealthChecks {

    @Produces
    @Readiness
    @ApplicationScoped
    HealthCheck database(SettingsFeed feed) {
        return () -> {
            SettingsFeed.Status status = feed.status();
            return HealthCheckResponse.named("database")
                    .status(status.connected())
                    .withData("since", String.valueOf(status.since()))
                    .build();
        };
    }

    @Produces
    @Readiness
    @ApplicationScoped
    HealthCheck settings(SettingsFeed feed) {
        return () -> HealthCheckResponse.named("settings")
                .status(!feed.status().stale())
                .withData("revision", feed.status().revision())
                .withData("stale", feed.status().stale())
                .build();
    }

    @Produces
    @Readiness
    @ApplicationScoped
    HealthCheck gateways(XdsCache cache, Deployments deployments) {
        return () -> HealthCheckResponse.named("gateways")
                .status(cache.ready())
                .withData(
                        "connected",
                        deployments.nodes().stream().filter(NodeView::connected).count())
                .build();
    }
}
