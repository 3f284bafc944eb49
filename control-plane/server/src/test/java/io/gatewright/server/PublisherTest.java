package io.gatewright.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.envoyproxy.envoy.config.route.v3.ScopedRouteConfiguration;
import io.gatewright.envoy.EnvoyTranslator;
import io.gatewright.settings.BodyFormat;
import io.gatewright.settings.Document;
import io.gatewright.settings.DocumentKey;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Problem;
import io.gatewright.settings.Settings;
import io.gatewright.settings.SettingsChange;
import io.gatewright.xds.Resource;
import io.gatewright.xds.ResourceKey;
import io.gatewright.xds.ResourceType;
import io.gatewright.xds.XdsCache;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class PublisherTest {
    private final XdsCache cache = new XdsCache();
    private final Publisher publisher = new Publisher(cache);
    private Settings settings = Settings.EMPTY;

    @BeforeEach
    void startWithTwoTenants() throws Exception {
        settings = settings.with(
                1,
                List.of(
                        document(1, Kind.ORG, "acme", "{\"name\":\"Acme\"}"),
                        document(1, Kind.TENANT, "a", "{\"org\":\"acme\",\"hosts\":[\"a.example.com\"]}"),
                        document(1, Kind.TENANT, "b", "{\"org\":\"acme\"}")));
        publisher.publishAll(settings);
    }

    @Test
    void givesEachTenantAndHostAScope() {
        assertThat(cache.names(ResourceType.SCOPED_ROUTE))
                .containsExactlyInAnyOrder("tenant/a", "host/a.example.com", "tenant/b", "_none");
    }

    @Test
    void publishesEverythingWhenAChangeComesBeforeTheFirstSync() {
        XdsCache fresh = new XdsCache();
        Publisher early = new Publisher(fresh);
        Settings next = settings.with(settings.revision() + 1, List.of());

        early.publish(SettingsChange.between(settings, next, Set.of()));

        assertThat(fresh.names(ResourceType.SCOPED_ROUTE)).isEqualTo(cache.names(ResourceType.SCOPED_ROUTE));
        assertThat(early.reconcile(() -> next, true).drifted()).isEmpty();
    }

    @Test
    void changesOnlyTheTenantThatASettingIsFor() throws Exception {
        String before = version("tenant/b");
        assertThat(before).isNotEqualTo("absent");
        change(document(2, Kind.SETTING, "tenant=a/rate-limit.requests", "{\"value\":5}"));
        assertThat(version("tenant/b")).isEqualTo(before);
        assertThat(cache.revision(publisher.keys("a").getFirst())).isEqualTo(2);
        assertThat(cache.revision(publisher.keys("b").getFirst())).isEqualTo(1);
    }

    @Test
    void leavesScopesAloneWhenAKeyDoesNotFeedThem() throws Exception {
        String before = version("tenant/a");
        change(document(2, Kind.SETTING, "tenant=a/idempotency.ttl", "{\"value\":\"PT48H\"}"));
        assertThat(version("tenant/a")).isEqualTo(before);
    }

    @Test
    void removesTheScopesOfATenantThatIsGone() throws Exception {
        change(document(2, Kind.TENANT, "a", null));
        assertThat(cache.names(ResourceType.SCOPED_ROUTE)).containsExactlyInAnyOrder("tenant/b", "_none");
    }

    @Test
    void movesAHostFromOneTenantToAnother() throws Exception {
        change(
                document(2, Kind.TENANT, "a", "{\"org\":\"acme\"}"),
                document(2, Kind.TENANT, "b", "{\"org\":\"acme\",\"hosts\":[\"a.example.com\"]}"));
        assertThat(cache.names(ResourceType.SCOPED_ROUTE)).contains("host/a.example.com");
        assertThat(publisher.keys("b")).hasSize(2);
        assertThat(publisher.keys("a")).hasSize(1);
    }

    @Test
    void comesToTheSameByStepsAsFromScratch() throws Exception {
        change(document(2, Kind.SETTING, "org=acme/cors.allowed-origins", "{\"value\":[\"https://x.example.com\"]}"));
        change(document(
                3, Kind.MODULE, "orders", "{\"prefix\":\"/orders\",\"upstream\":{\"endpoints\":[\"127.0.0.1:1\"]}}"));
        change(document(4, Kind.SETTING, "tenant=a/cors.allowed-origins", "{\"value\":[\"!https://x.example.com\"]}"));
        assertThat(publisher.reconcile(() -> settings, true).changed()).isEmpty();
        XdsCache scratch = new XdsCache();
        new Publisher(scratch).publishAll(settings);
        for (ResourceType type : ResourceType.values()) {
            assertThat(cache.names(type)).isEqualTo(scratch.names(type));
            for (String name : scratch.names(type)) {
                var key = new ResourceKey(type, name);
                assertThat(cache.get(key)).isEqualTo(scratch.get(key));
            }
        }
    }

    @Test
    void holdsATenantWhoseHostBelongsToAnotherAtItsLastGoodState() throws Exception {
        String before = version("tenant/b");
        change(
                document(2, Kind.TENANT, "b", "{\"org\":\"acme\",\"hosts\":[\"a.example.com\"]}"),
                document(2, Kind.TENANT, "c", "{\"org\":\"acme\"}"));

        assertThat(publisher.failures()).containsExactly(Map.entry("b", "host/a.example.com belongs to tenant a"));
        assertThat(version("tenant/b")).isEqualTo(before);
        assertThat(version("tenant/c")).isNotEqualTo("absent");
        assertThat(publisher.owner(scope("host/a.example.com"))).isEqualTo("a");

        assertThat(publisher.reconcile(() -> settings, false).changed()).isEmpty();
        assertThat(publisher.failures()).containsOnlyKeys("b");

        change(document(3, Kind.TENANT, "a", "{\"org\":\"acme\"}"));
        assertThat(publisher.failures()).isEmpty();
        assertThat(publisher.owner(scope("host/a.example.com"))).isEqualTo("b");
    }

    @Test
    void triesATenantThatFailedAgainAtEveryChangeAndEveryReconcile() throws Exception {
        Set<String> failing = new HashSet<>(Set.of("a"));
        List<String> tried = new ArrayList<>();
        XdsCache own = new XdsCache();
        Publisher fragile = new Publisher(own, (now, tenant) -> {
            tried.add(tenant);
            if (failing.contains(tenant)) {
                throw new IllegalStateException("no way");
            }
            return EnvoyTranslator.tenant(now, tenant);
        });
        fragile.publishAll(settings);
        assertThat(fragile.failures()).containsExactly(Map.entry("a", "no way"));
        assertThat(own.names(ResourceType.SCOPED_ROUTE)).containsExactlyInAnyOrder("tenant/b", "_none");

        tried.clear();
        Settings next =
                settings.with(2, List.of(document(2, Kind.SETTING, "tenant=b/rate-limit.requests", "{\"value\":5}")));
        fragile.publish(SettingsChange.between(
                settings, next, Set.of(new DocumentKey(Kind.SETTING, "tenant=b/rate-limit.requests"))));
        assertThat(tried).containsExactly("a", "b");
        assertThat(own.revision(scope("tenant/b"))).isEqualTo(2);

        failing.clear();
        Publisher.Reconciled reconciled = fragile.reconcile(() -> next, false);
        assertThat(reconciled.changed()).containsExactlyInAnyOrder(scope("tenant/a"), scope("host/a.example.com"));
        assertThat(reconciled.drifted()).as("it had not drifted, it had failed").isEmpty();
        assertThat(fragile.failures()).isEmpty();
    }

    @Test
    void findsAndRemovesWhatNoSettingSays() throws Exception {
        Resource other = EnvoyTranslator.tenant(
                        settings.with(
                                9, List.of(document(9, Kind.SETTING, "tenant=a/rate-limit.requests", "{\"value\":9}"))),
                        "a")
                .getFirst();
        Resource stray = Resource.of(
                ResourceType.SCOPED_ROUTE,
                "tenant/ghost",
                ScopedRouteConfiguration.newBuilder().setName("tenant/ghost").build());
        String good = version("tenant/a");
        cache.update(1, List.of(other, stray), List.of(scope("tenant/b")));
        Set<ResourceKey> wrong = Set.of(scope("tenant/a"), scope("tenant/b"), scope("tenant/ghost"));

        Publisher.Reconciled dry = publisher.reconcile(() -> settings, true);
        assertThat(dry.changed()).isEqualTo(wrong);
        assertThat(dry.drifted()).isEqualTo(wrong);
        assertThat(version("tenant/a")).as("a dry run changes nothing").isEqualTo(other.version());

        assertThat(publisher.reconcile(() -> settings, false)).isEqualTo(dry);
        assertThat(version("tenant/a")).isEqualTo(good);
        assertThat(cache.names(ResourceType.SCOPED_ROUTE))
                .containsExactlyInAnyOrder("tenant/a", "host/a.example.com", "tenant/b", "_none");
        assertThat(publisher.reconcile(() -> settings, false).changed()).isEmpty();
    }

    @Test
    void doesNotTakeWhatIsNewForDrift() throws Exception {
        Settings next =
                settings.with(2, List.of(document(2, Kind.SETTING, "tenant=a/rate-limit.requests", "{\"value\":5}")));

        Publisher.Reconciled reconciled = publisher.reconcile(() -> next, false);

        assertThat(reconciled.changed()).contains(scope("tenant/a"));
        assertThat(reconciled.drifted()).isEmpty();
        assertThat(publisher.awaitPublished(2, Duration.ZERO)).isTrue();
    }

    @Test
    void neverGoesBackBehindAChangeThatCameMeanwhile() throws Exception {
        List<Document> many = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            many.add(document(2, Kind.TENANT, "t%02d".formatted(i), "{\"org\":\"acme\"}"));
        }
        change(many.toArray(Document[]::new));
        AtomicInteger asked = new AtomicInteger();

        publisher.reconcile(
                () -> {
                    if (asked.incrementAndGet() == 3) {
                        try {
                            change(document(3, Kind.SETTING, "tenant=a/rate-limit.requests", "{\"value\":5}"));
                        } catch (Exception e) {
                            throw new IllegalStateException(e);
                        }
                    }
                    return settings;
                },
                false);

        assertThat(cache.revision(scope("tenant/a"))).isEqualTo(3);
        assertThat(publisher.reconcile(() -> settings, true).changed()).isEmpty();
    }

    private static ResourceKey scope(String name) {
        return new ResourceKey(ResourceType.SCOPED_ROUTE, name);
    }

    private void change(Document... documents) {
        Settings next = settings.with(settings.revision() + 1, Arrays.asList(documents));
        Set<DocumentKey> keys = new HashSet<>();
        Arrays.stream(documents).forEach(document -> keys.add(document.key()));
        publisher.publish(SettingsChange.between(settings, next, keys));
        settings = next;
    }

    private String version(String scope) {
        var resource = cache.get(new ResourceKey(ResourceType.SCOPED_ROUTE, scope));
        return resource == null ? "absent" : resource.version();
    }

    static Document document(long version, Kind kind, String id, @Nullable String body) throws Exception {
        List<Problem> problems = new ArrayList<>();
        DocumentKey key = new DocumentKey(kind, id);
        Document document = new Document(
                key, version, body == null ? null : BodyFormat.read(key, new ObjectMapper().readTree(body), problems));
        assertThat(problems).isEmpty();
        return document;
    }
}
