package io.gatewright.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.kong.Bundle;
import io.gatewright.kong.DblessDocument;
import io.gatewright.kong.KongTranslator;
import io.gatewright.kong.KongTranslator.Translation;
import io.gatewright.kong.Target;
import io.gatewright.kong.node.KongFleet;
import io.gatewright.kong.node.NodeOptions;
import io.gatewright.settings.Body.Tenant;
import io.gatewright.settings.Document;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Settings;
import io.gatewright.settings.SettingsChange;
import io.gatewright.testkit.admin.SimulatedAdmin;
import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
final class KongPublisherTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private SimulatedAdmin kong;

    @BeforeEach
    void start() throws IOException {
        kong = SimulatedAdmin.start(document -> List.of());
    }

    @AfterEach
    void stop() {
        kong.close();
    }

    @Test
    void bringsTheNewestSettingsToTheKong() throws InterruptedException {
        try (KongPublisher publisher = publisher(KongTranslator::translate)) {
            Settings settings = tenants(3, "a", "b");
            publisher.onChange(change(tenants(2, "a")));
            publisher.onChange(change(settings));
            publisher.start();

            assertThat(publisher.awaitOffered(3, PATIENCE)).isTrue();
            kong.awaitLoads(1);

            String wanted = DblessDocument.of(publisher.offer().bundle()).hash();
            assertThat(wanted)
                    .isEqualTo(DblessDocument.of(KongTranslator.translate(settings, Target.FULL)
                                    .bundle())
                            .hash());
            assertThat(kong.hash()).isEqualTo(wanted);
        }
    }

    @Test
    void aTenantThatCannotBeMadeKeepsItsLastGoodEntities() throws InterruptedException {
        try (KongPublisher publisher = publisher((settings, target) -> {
            Translation made = KongTranslator.translate(settings, target);
            return settings.revision() < 3 ? made : new Translation(without(made, "b"), Map.of("b", "broken"));
        })) {
            publisher.start();
            publisher.onChange(change(tenants(2, "a", "b")));
            assertThat(publisher.awaitOffered(2, PATIENCE)).isTrue();

            publisher.onChange(change(tenants(3, "a", "b", "c")));

            assertThat(publisher.awaitOffered(3, PATIENCE)).isTrue();
            assertThat(publisher.offer().bundle().tenants()).containsExactly("a", "b", "c");
            assertThat(publisher.offer().failures()).containsOnlyKeys("b");
        }
    }

    @Test
    void settingsThatCannotBeMadeAtAllChangeNothing() throws InterruptedException {
        try (KongPublisher publisher = publisher((settings, target) -> {
            if (settings.revision() == 3) {
                throw new IllegalStateException("broken");
            }
            return KongTranslator.translate(settings, target);
        })) {
            publisher.start();
            publisher.onChange(change(tenants(2, "a")));
            assertThat(publisher.awaitOffered(2, PATIENCE)).isTrue();

            publisher.onChange(change(tenants(3, "a", "b")));

            assertThat(publisher.awaitOffered(3, PATIENCE)).isTrue();
            assertThat(publisher.offer().bundle().tenants()).containsExactly("a");
            assertThat(publisher.offer().failures()).containsOnlyKeys("*");
            KongPublisher.Offer foreseen = publisher.translateOrKeep(tenants(3, "a", "b"));
            assertThat(foreseen.bundle().tenants()).containsExactly("a");
            assertThat(foreseen.failures()).containsOnlyKeys("*");
        }
    }

    private static Bundle without(Translation made, String tenant) {
        return made.bundle().withTenantsOf(Bundle.empty(), Set.of(tenant));
    }

    private KongPublisher publisher(BiFunction<Settings, Target, Translation> translation) {
        KongFleet fleet = new KongFleet(
                List.of(NodeOptions.of("edge", kong.uri(), null, null)), HttpClient.newHttpClient(), Clock.systemUTC());
        return new KongPublisher(fleet, Target.FULL, translation);
    }

    private static Settings tenants(long revision, String... ids) {
        return Settings.EMPTY.with(
                revision,
                List.of(ids).stream()
                        .map(id -> Document.of(Kind.TENANT, id, 1, new Tenant("acme", List.of(), false)))
                        .toList());
    }

    private static SettingsChange change(Settings settings) {
        return SettingsChange.between(Settings.EMPTY, settings, Set.of());
    }
}
