package io.gatewright.kong;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.gatewright.settings.Body.Endpoint;
import io.gatewright.settings.Document;
import io.gatewright.settings.Given;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Settings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

final class BundlePropertiesTest {
    private static final List<String> SCOPES = List.of(
            "global",
            "module=orders",
            "route=orders/create",
            "org=acme",
            "org=acme,module=bills",
            "tenant=acme-de",
            "tenant=acme-de,module=orders",
            "tenant=acme-de,route=orders/create",
            "tenant=acme-at",
            "tenant=acme-at,route=bills/all");
    private static final Map<String, List<String>> VALUES = new TreeMap<>(Map.of(
            "rate-limit.mode", List.of("\"enforce\"", "\"shadow\"", "\"off\""),
            "rate-limit.requests", List.of("1", "600", "1000000000"),
            "rate-limit.period", List.of("\"PT1S\"", "\"PT1M\"", "\"PT1H\"", "\"P1D\""),
            "rate-limit.counting", List.of("\"shared\"", "\"per-gateway\""),
            "cors.allowed-origins", List.of("[]", "[\"https://a.example.com\"]", "[\"https://*.b.example:8443\"]"),
            "cors.allowed-headers", List.of("[]", "[\"x-a\"]"),
            "cors.allowed-methods", List.of("[\"REPORT\",\"GET\"]", "[\"PUT\"]"),
            "idempotency.mode", List.of("\"off\"", "\"required\""),
            "oidc.required", List.of("true", "false"),
            "oidc.token-max-age", List.of("\"PT1M\"", "\"P30D\"")));

    @Provide
    Arbitrary<Settings> registries() {
        Arbitrary<Document> settings = Arbitraries.of(VALUES.keySet())
                .flatMap(key -> Combinators.combine(
                                Arbitraries.of(SCOPES), Arbitraries.of(VALUES.getOrDefault(key, List.of())))
                        .as((scope, value) -> Given.setting(scope, key, value)));
        Arbitrary<Document> others = Arbitraries.of(
                Given.document("tenant/acme-at", 2, "{\"org\":\"acme\",\"status\":\"suspended\"}"),
                Given.document("signing-keys/own", 3, Registries.KEYS.formatted("k-all")),
                Given.document(
                        "module/empty",
                        4,
                        "{\"prefix\":\"/api\",\"upstream\":{\"endpoints\":[\"[::1]:80\"]},\"routes\":[]}"));
        return Combinators.combine(settings.list().ofMaxSize(15), others.list().ofMaxSize(2))
                .as((some, more) -> {
                    List<Document> all = new ArrayList<>(some);
                    all.addAll(more);
                    return Registries.with(all.toArray(Document[]::new));
                });
    }

    @Provide
    Arbitrary<Target> targets() {
        return Arbitraries.of(
                Target.FULL, Target.NATIVE, new Target(Profile.FULL, new Endpoint("redis.internal", 6379)));
    }

    @Property(tries = 200)
    void anyValidRegistryGivesAValidBundleInBothFiles(
            @ForAll("registries") Settings settings, @ForAll("targets") Target target) throws IOException {
        Bundle bundle = Registries.bundle(settings, target);
        JsonNode document = Given.json(DblessDocument.of(bundle).text());

        assertThat(StrictKong.check(document)).isEmpty();

        JsonNode file = new YAMLMapper().readTree(DeckFile.write(bundle));
        for (EntityType type : EntityType.values()) {
            assertThat(file.path(type.list())).as(type.list()).isEqualTo(document.path(type.list()));
        }
    }

    @Property(tries = 200)
    void removingATenantRemovesExactlyItsEntities(
            @ForAll("registries") Settings settings, @ForAll("targets") Target target) {
        List<Document> removals = new ArrayList<>();
        for (Document document : settings.all(Kind.SETTING)) {
            if (document.key().id().startsWith("tenant=acme-at")) {
                removals.add(new Document(document.key(), 8, null));
            }
        }
        removals.add(Given.removed("tenant/acme-at"));
        Map<String, Entity> before = byId(Registries.bundle(settings, target), entity -> true);
        Map<String, Entity> after = byId(Registries.bundle(settings.with(8, removals), target), entity -> true);

        Set<String> gone = before.keySet().stream()
                .filter(id -> !after.containsKey(id))
                .filter(id -> !joined(before.get(id)))
                .collect(Collectors.toSet());

        assertThat(gone)
                .isEqualTo(byId(Registries.bundle(settings, target), BundlePropertiesTest::ofTheTenant)
                        .keySet());
        after.forEach((id, entity) -> {
            if (!joined(entity) && entity.children().isEmpty()) {
                assertThat(entity).isEqualTo(before.get(id));
            }
        });
    }

    @Property(tries = 100)
    void theBytesDependOnTheDocumentsAloneNotOnTheirOrderOrTheRevision(
            @ForAll("registries") Settings settings, @ForAll("targets") Target target, @ForAll Random random) {
        List<Document> documents = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            documents.addAll(settings.all(kind));
        }
        Collections.shuffle(documents, random);
        Settings other = Settings.EMPTY.with(99, documents);

        assertThat(DblessDocument.of(Registries.bundle(other, target)))
                .isEqualTo(DblessDocument.of(Registries.bundle(settings, target)));
    }

    @Property(tries = 100)
    void takesATenantsEntitiesFromAnotherBundle(
            @ForAll("registries") Settings one,
            @ForAll("registries") Settings other,
            @ForAll("targets") Target target) {
        Bundle good = Registries.bundle(one, target);
        Bundle wanted = Registries.bundle(other, target);

        Bundle mixed = wanted.withTenantsOf(good, Set.of("acme-at"));

        assertThat(byId(mixed, BundlePropertiesTest::ofTheTenant))
                .isEqualTo(byId(good, BundlePropertiesTest::ofTheTenant));
        assertThat(byId(mixed, entity -> !ofTheTenant(entity) && !beacon(entity)))
                .isEqualTo(byId(wanted, entity -> !ofTheTenant(entity) && !beacon(entity)));
        assertThat(wanted.withTenantsOf(wanted, Set.of("acme-at")).digest()).isEqualTo(wanted.digest());
    }

    private static Map<String, Entity> byId(Bundle bundle, Predicate<Entity> which) {
        return bundle.all().filter(which).collect(Collectors.toMap(Entity::id, entity -> entity));
    }

    private static boolean ofTheTenant(Entity entity) {
        return "acme-at".equals(entity.provenance().tenant());
    }

    /** Made of what all tenants say, so that a tenant's leaving may change them; and the beacon, which tells of everything. */
    private static boolean joined(@Nullable Entity entity) {
        return entity == null
                || entity.name().startsWith("cors/")
                || entity.name().startsWith("gatewright-idempotency/")
                || entity.name().startsWith("jwt/")
                || entity.type() == EntityType.JWT_SECRET
                || entity.name().startsWith("issuer.")
                || beacon(entity);
    }

    private static boolean beacon(Entity entity) {
        return entity.name().contains(Names.BEACON);
    }
}
