package io.gatewright.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatewright.settings.BodyFormat;
import io.gatewright.settings.Document;
import io.gatewright.settings.DocumentKey;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Problem;
import io.gatewright.settings.Settings;
import io.gatewright.settings.SettingsChange;
import io.gatewright.xds.ResourceType;
import io.gatewright.xds.XdsCache;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
        assertThat(publisher.difference(settings)).isEmpty();
        XdsCache scratch = new XdsCache();
        new Publisher(scratch).publishAll(settings);
        for (ResourceType type : ResourceType.values()) {
            assertThat(cache.names(type)).isEqualTo(scratch.names(type));
            for (String name : scratch.names(type)) {
                var key = new io.gatewright.xds.ResourceKey(type, name);
                assertThat(cache.get(key)).isEqualTo(scratch.get(key));
            }
        }
    }

    private void change(Document... documents) {
        Settings next = settings.with(settings.revision() + 1, Arrays.asList(documents));
        Set<DocumentKey> keys = new HashSet<>();
        Arrays.stream(documents).forEach(document -> keys.add(document.key()));
        publisher.publish(SettingsChange.between(settings, next, keys));
        settings = next;
    }

    private String version(String scope) {
        var resource = cache.get(new io.gatewright.xds.ResourceKey(ResourceType.SCOPED_ROUTE, scope));
        return resource == null ? "absent" : resource.version();
    }

    private static Document document(long version, Kind kind, String id, @Nullable String body) throws Exception {
        List<Problem> problems = new ArrayList<>();
        DocumentKey key = new DocumentKey(kind, id);
        Document document = new Document(
                key, version, body == null ? null : BodyFormat.read(key, new ObjectMapper().readTree(body), problems));
        assertThat(problems).isEmpty();
        return document;
    }
}
