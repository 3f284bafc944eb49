package io.gatewright.server;

import static io.gatewright.server.PublisherTest.document;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.server.preview.Bearer;
import io.gatewright.server.preview.Preview;
import io.gatewright.server.preview.ResourceChange;
import io.gatewright.server.preview.Sample;
import io.gatewright.settings.Document;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Settings;
import io.gatewright.xds.Resource;
import io.gatewright.xds.ResourceKey;
import io.gatewright.xds.ResourceType;
import io.gatewright.xds.XdsCache;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PreviewTest {
    private static final String ISSUER = "{\"issuer\":\"https://id.example\",\"audiences\":[\"api\"]}";
    private static final String KEYS = "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"a\",\"n\":\"AQ\",\"e\":\"AQAB\"}]}";
    private Settings settings = Settings.EMPTY;

    @BeforeEach
    void startWithThreeTenants() throws Exception {
        settings = settings.with(
                1,
                List.of(
                        document(1, Kind.ORG, "acme", "{\"name\":\"Acme\"}"),
                        document(1, Kind.ORG, "beta", "{\"name\":\"Beta\"}"),
                        document(1, Kind.TENANT, "a", "{\"org\":\"acme\",\"hosts\":[\"a.example.com\"]}"),
                        document(1, Kind.TENANT, "b", "{\"org\":\"acme\"}"),
                        document(1, Kind.TENANT, "c", "{\"org\":\"beta\"}"),
                        document(
                                1,
                                Kind.MODULE,
                                "orders",
                                "{\"prefix\":\"/orders\",\"upstream\":{\"endpoints\":[\"127.0.0.1:1\"]}}"),
                        document(1, Kind.LISTENER, "public", "{\"address\":\"127.0.0.1\",\"port\":80}"),
                        document(1, Kind.ISSUER, "main", ISSUER),
                        document(1, Kind.SIGNING_KEYS, "main", KEYS),
                        document(1, Kind.SETTING, "global/oidc.issuers", "{\"value\":[\"main\"]}"),
                        document(1, Kind.SETTING, "tenant=b/rate-limit.requests", "{\"value\":900}")));
    }

    private static Document set(String id, @Nullable String body) throws Exception {
        return document(2, Kind.SETTING, id, body);
    }

    private Preview preview(List<Sample> samples, int most, Document... changed) {
        return Preview.of(
                settings,
                settings.with(2, Arrays.asList(changed)),
                Arrays.stream(changed).map(Document::key).toList(),
                samples,
                most);
    }

    private Preview preview(Document... changed) {
        return preview(List.of(), 50, changed);
    }

    private static List<String> warnings(Preview preview) {
        return preview.warnings().stream()
                .map(group -> group.finding().type() + " " + group.finding().message() + " " + group.examples())
                .toList();
    }

    @Test
    void countsEqualChangesOfValuesTogether() throws Exception {
        Preview preview = preview(set("global/rate-limit.requests", "{\"value\":100}"));

        assertThat(preview.tenants()).isEqualTo(3);
        assertThat(preview.values()).singleElement().satisfies(group -> {
            assertThat(group.finding().key().name() + " " + group.finding().before() + " "
                            + group.finding().after())
                    .isEqualTo("rate-limit.requests 600 100");
            assertThat(group.concerned()).isEqualTo(2);
            assertThat(group.examples()).containsExactly("a", "c");
        });
    }

    @Test
    void saysExactlyWhatThePublisherWillChange() throws Exception {
        for (Document[] changed : new Document[][] {
            {set("org=acme/rate-limit.requests", "{\"value\":7}")},
            {set("tenant=a/cors.allowed-origins", "{\"value\":[\"https://x.example.com\"]}")},
            {set("global/headers.max-bytes", "{\"value\":8192}")},
            {set("module=orders/body.max-bytes", "{\"value\":9}"), set("tenant=b/rate-limit.requests", null)},
            {
                document(2, Kind.TENANT, "a", "{\"org\":\"beta\"}"),
                document(2, Kind.TENANT, "b", "{\"org\":\"acme\",\"hosts\":[\"a.example.com\"]}")
            },
            {document(2, Kind.TENANT, "c", null), document(2, Kind.TENANT, "d", "{\"org\":\"beta\"}")},
            {document(2, Kind.ISSUER, "main", ISSUER.replace("\"api\"", "\"api\",\"more\""))},
            {document(2, Kind.MODULE, "orders", null)}
        }) {
            assertThat(changed(preview(changed))).as(Arrays.toString(changed)).isEqualTo(published(changed));
        }
    }

    private static Set<ResourceKey> changed(Preview preview) {
        Set<ResourceKey> keys = new HashSet<>();
        preview.resources().forEach(resource -> keys.add(resource.key()));
        assertThat(preview.resourcesInAll()).isEqualTo(keys.size());
        return keys;
    }

    private Set<ResourceKey> published(Document... changed) {
        Map<ResourceKey, Resource> before = served(settings);
        Map<ResourceKey, Resource> after = served(settings.with(2, Arrays.asList(changed)));
        Set<ResourceKey> different = new HashSet<>(before.keySet());
        different.addAll(after.keySet());
        different.removeIf(key -> java.util.Objects.equals(before.get(key), after.get(key)));
        return different;
    }

    private static Map<ResourceKey, Resource> served(Settings settings) {
        XdsCache cache = new XdsCache();
        new Publisher(cache).publishAll(settings);
        Map<ResourceKey, Resource> served = new java.util.HashMap<>();
        for (ResourceType type : ResourceType.values()) {
            for (String name : cache.names(type)) {
                ResourceKey key = new ResourceKey(type, name);
                served.put(key, java.util.Objects.requireNonNull(cache.get(key)));
            }
        }
        return served;
    }

    @Test
    void showsWhatDiffersInsideAResource() throws Exception {
        ResourceChange scope = preview(set("tenant=c/rate-limit.requests", "{\"value\":77}"))
                .resources()
                .getFirst();

        assertThat(scope.key().name()).isEqualTo("tenant/c");
        assertThat(scope.difference())
                .filteredOn(line -> line.startsWith("-") || line.startsWith("+"))
                .extracting(String::strip)
                .anyMatch(line -> line.matches("-\\s+\"maxTokens\": 600,"))
                .anyMatch(line -> line.matches("\\+\\s+\"maxTokens\": 77,"));
    }

    @Test
    void listsOnlyAsMuchAsIsAskedForButCountsAll() throws Exception {
        Preview preview = preview(
                List.of(),
                1,
                set("global/body.max-bytes", "{\"value\":5}"),
                set("global/rate-limit.mode", "{\"value\":\"off\"}"));

        assertThat(preview.values()).hasSize(1);
        assertThat(preview.valuesInAll()).isEqualTo(2);
        assertThat(preview.resources()).hasSize(1);
        assertThat(preview.resourcesInAll()).isEqualTo(4);
        assertThat(preview.warnings()).hasSize(1);
        assertThat(preview.warningsInAll()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                org=acme/oidc.required          | {"value":false}     | TOKEN_NOT_REQUIRED requests are accepted without a token [a, b]
                tenant=c/oidc.issuers           | {"value":["!main"]} | NO_ISSUER oidc.required is true, but oidc.issuers is empty: nobody can call [c]
                tenant=a/rate-limit.requests    | {"value":5}         | LIMIT_LOWERED rate-limit.requests 600 → 5 [a]
                tenant=a/rate-limit.period      | {"value":"PT1H"}    | LIMIT_LOWERED rate-limit.period PT1M → PT1H [a]
                tenant=a/rate-limit.burst       | {"value":5}         | LIMIT_LOWERED rate-limit.burst none → 5 [a]
                tenant=a,module=orders/body.max-bytes | {"value":5}   | LIMIT_LOWERED body.max-bytes 10485760 → 5 at module=orders [a]
                tenant=a/oidc.token-max-age     | {"value":"PT1H"}    | LIMIT_LOWERED oidc.token-max-age PT24H → PT1H [a]
                org=beta/rate-limit.mode        | {"value":"shadow"}  | LIMIT_OFF rate-limit.mode enforce → shadow [c]
                global/headers.max-bytes        | {"value":65536}     | DRAINS a listener changes: its connections are drained [public]
                org=acme/rate-limit.requests    | {"max":700}         | OVERRULED rate-limit.requests 900 is above the max 700 of org=acme [tenant=b]
                org=acme/rate-limit.requests    | {"value":1000,"locked":true} | OVERRULED rate-limit.requests is locked at org=acme [tenant=b]
                """)
    void warns(String id, String body, String warning) throws Exception {
        assertThat(warnings(preview(set(id, body)))).containsOnlyOnce(warning);
    }

    @Test
    void warnsOfNothingWhereNothingIsLost() throws Exception {
        assertThat(warnings(preview(
                        set("tenant=a/rate-limit.requests", "{\"value\":700}"),
                        set("tenant=a/rate-limit.period", "{\"value\":\"PT1S\"}"),
                        set("org=beta/cors.allowed-origins", "{\"value\":[\"https://x.example\"]}"),
                        set("org=acme/body.max-bytes", "{\"max\":99999999,\"value\":20000000}"))))
                .isEmpty();
    }

    @Test
    void warnsOfOriginsThatMayCallWithCredentials() throws Exception {
        settings = settings.with(
                1,
                List.of(
                        set("tenant=a/cors.allow-credentials", "{\"value\":true}"),
                        set("tenant=a/cors.allowed-origins", "{\"value\":[\"https://old.example\"]}"),
                        set("tenant=b/cors.allowed-origins", "{\"value\":[\"https://b.example\"]}")));

        assertThat(warnings(preview(
                        set("global/cors.allowed-origins", "{\"value\":[\"https://*.new.example\"]}"),
                        set("tenant=b/cors.allow-credentials", "{\"value\":true}"))))
                .containsExactlyInAnyOrder(
                        "OPENS_CREDENTIALS pages of https://*.new.example may call with cookies and credentials [a, b]",
                        "OPENS_CREDENTIALS pages of https://b.example may call with cookies and credentials [b]");
    }

    @Test
    void warnsOfIssuersWithoutKeysAndOfTenantsThatClose() throws Exception {
        assertThat(warnings(preview(
                        document(2, Kind.ISSUER, "next", ISSUER.replace("id.", "next.")),
                        set("tenant=a/oidc.issuers", "{\"value\":[\"next\"]}"),
                        document(2, Kind.TENANT, "b", "{\"org\":\"acme\",\"status\":\"suspended\"}"),
                        document(2, Kind.TENANT, "c", null))))
                .containsExactly(
                        "ISSUER_WITHOUT_KEYS the keys of issuer next are not known: its tokens are refused until they were fetched [a]",
                        "TENANT_CLOSED is suspended: its requests are refused [b]",
                        "TENANT_CLOSED is removed: its requests are refused [c]");
    }

    private static Sample sample(Bearer bearer) {
        return new Sample("GET", "gateway.example", "/orders/1", Map.of(), 0, bearer, /* listener= */ null);
    }

    @Test
    void judgesSampleRequestsBeforeAndAfter() throws Exception {
        List<Sample> samples = List.of(
                sample(new Bearer.Of("a", "alice")),
                sample(new Bearer.Of("c", "carol")),
                sample(
                        new Bearer.Payload(
                                new com.fasterxml.jackson.databind.ObjectMapper()
                                        .readTree(
                                                "{\"iss\":\"https://id.example\",\"aud\":[\"api\"],\"sub\":\"bob\",\"tenant_id\":\"a\"}"))),
                sample(new Bearer.Payload(new com.fasterxml.jackson.databind.ObjectMapper()
                        .readTree("{\"iss\":\"https://other.example\",\"aud\":\"api\"}"))),
                sample(new Bearer.Invalid()),
                sample(new Bearer.None()));

        Preview preview = preview(samples, 50, set("tenant=a/headers.required", "{\"value\":[\"x-client\"]}"));

        List<String> judged = new ArrayList<>();
        preview.requests()
                .forEach(request -> judged.add(request.differs() + " "
                        + request.before().status() + " " + request.after().status()));
        assertThat(judged)
                .containsExactly(
                        "true 200 400",
                        "false 200 200",
                        "true 200 400",
                        "false 401 401",
                        "false 401 401",
                        "false 401 401");
        assertThat(preview.requests().get(2).before().actor()).isEqualTo("bob");
    }
}
