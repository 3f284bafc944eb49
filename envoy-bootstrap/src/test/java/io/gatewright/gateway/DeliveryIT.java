package io.gatewright.gateway;

import static io.gatewright.gateway.Documents.org;
import static io.gatewright.gateway.Documents.setting;
import static io.gatewright.gateway.Documents.tenant;
import static io.gatewright.gateway.Documents.tenantOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.settings.Document;
import io.gatewright.xds.AdsCounters;
import io.gatewright.xds.Rejection;
import io.gatewright.xds.ResourceKey;
import io.gatewright.xds.ResourceType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How changes reach an Envoy that serves: each alone, none at the expense of a request. */
final class DeliveryIT {
    private static final String PATH = "/api/orders/1";
    private static final int FLEET = 200;
    private static RealGateway gateway;

    @BeforeAll
    static void start() throws Exception {
        gateway = new RealGateway("steady", "other");
        List<Document> fleet = new ArrayList<>(List.of(org("fleet")));
        IntStream.range(0, FLEET).forEach(i -> fleet.add(tenantOf("fleet", "fleet-" + i)));
        fleet.add(setting("tenant=steady", "rate-limit.mode", "\"off\""));
        fleet.add(setting("org=fleet", "rate-limit.requests", "1000000"));
        gateway.change(fleet.toArray(Document[]::new));
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static Traffic traffic() {
        return new Traffic(
                gateway.port(),
                Request.get(PATH).token(gateway.token("steady")),
                Request.get(PATH).token(gateway.token("fleet-7")));
    }

    @Test
    void sendsAnEnvoyThatComesBackOnlyWhatChangedMeanwhile() throws Exception {
        ControlPlane plane = gateway.plane();
        try (Traffic traffic = traffic()) {
            plane.restart(List.of(setting("tenant=other", "rate-limit.requests", "17")));
            traffic.awaitMore(100);
            Waiting.until("the change is live", () -> gateway.beacon("other").equals(plane.policy("other")));
            Waiting.until(
                    "Envoy has asked for everything",
                    () -> plane.node()
                            .types()
                            .keySet()
                            .containsAll(Set.of(
                                    ResourceType.CLUSTER,
                                    ResourceType.LISTENER,
                                    ResourceType.SCOPED_ROUTE,
                                    ResourceType.EXTENSION_CONFIG)));
            plane.awaitAcknowledged();
        }
        AdsCounters counters = plane.counters();
        assertThat(counters.resources(ResourceType.SCOPED_ROUTE)).isEqualTo(1);
        for (ResourceType type : ResourceType.values()) {
            assertThat(counters.nacks(type)).as(type.name()).isZero();
            if (type != ResourceType.SCOPED_ROUTE) {
                assertThat(counters.resources(type)).as(type.name()).isZero();
            }
        }
    }

    @Test
    void changesTwoHundredTenantsAtOnceWithoutFailingARequest() throws Exception {
        try (Traffic traffic = traffic()) {
            gateway.change(setting("org=fleet", "rate-limit.burst", "900000"));
            assertThat(gateway.plane().changedTenants()).hasSize(FLEET);
            traffic.awaitMore(100);
        }
    }

    @Test
    void onboardsATenantWithoutTouchingAListener() throws Exception {
        List<String> stats = List.of(
                "listener_manager.lds.update_success",
                "listener_manager.listener_modified",
                "listener_manager.listener_added",
                "listener_manager.listener_in_place_updated",
                "cluster_manager.cluster_modified");
        List<Long> before = stats.stream().map(gateway.envoy()::stat).toList();
        try (Traffic traffic = traffic()) {
            gateway.change(tenant("newcomer", "newcomer.example.com"));
            Answer answer = gateway.send(Request.get(PATH).token(gateway.token("newcomer")));
            assertThat(answer.upstreamGot("x-tenant-id")).containsExactly("newcomer");
            gateway.send(Request.get(PATH).host("newcomer.example.com")).isProblem(401, "token-required");
            traffic.awaitMore(100);
        }
        assertThat(stats.stream().map(gateway.envoy()::stat).toList()).isEqualTo(before);
        gateway.change(new Document(tenant("newcomer").key(), 1, null));
        gateway.send(Request.get(PATH).token(gateway.token("newcomer"))).isProblem(404, "unknown-tenant");
    }

    @Test
    void keepsTheLastGoodStateOfATenantWhoseScopeIsRefusedAlone() throws Exception {
        gateway.change(tenant("alone"));
        String good = gateway.beacon("alone");
        long nacks = scopeNacks();
        try (Traffic traffic = traffic()) {
            gateway.plane().changeSpoiling("alone", List.of(setting("tenant=alone", "rate-limit.requests", "5")));
            gateway.plane().awaitAcknowledged();
            assertIsNamed("alone");
            assertThat(gateway.beacon("alone")).isEqualTo(good);
            gateway.send(Request.get(PATH).token(gateway.token("alone"))).isServed();
            gateway.change(setting("tenant=other", "rate-limit.requests", "18"));
            traffic.awaitMore(100);
        }
        assertThat(scopeNacks() - nacks).isEqualTo(1);
        gateway.change(setting("tenant=alone", "rate-limit.requests", "6"));
        assertThat(gateway.plane().node().rejections()).isEmpty();
    }

    @Test
    void bringsAllOthersLiveWhenOneOfTwoHundredIsRefused() throws Exception {
        String guilty = "fleet-123";
        String good = gateway.beacon(guilty);
        long nacks = scopeNacks();
        try (Traffic traffic = traffic()) {
            gateway.plane()
                    .changeSpoiling(guilty, List.of(setting("org=fleet", "headers.required", "[\"authorization\"]")));
            gateway.plane().awaitAcknowledged();
            traffic.awaitMore(100);
        }
        assertIsNamed(guilty);
        for (String tenant : gateway.plane().changedTenants()) {
            String expected = tenant.equals(guilty) ? good : gateway.plane().policy(tenant);
            Waiting.until(tenant + " is live", () -> gateway.beacon(tenant).equals(expected));
        }
        long untilSettled = scopeNacks() - nacks;
        assertThat(untilSettled).isBetween(1L, 3L);
        gateway.change(setting("tenant=other", "rate-limit.requests", "19"));
        assertThat(scopeNacks() - nacks).isEqualTo(untilSettled);
        gateway.change(setting("tenant=" + guilty, "rate-limit.requests", "77"));
        assertThat(gateway.plane().node().rejections()).isEmpty();
    }

    @Test
    void opensItsListenerWhenItKnowsEveryTenant() throws Exception {
        String[] tenants = IntStream.range(0, 1200).mapToObj(i -> "many-" + i).toArray(String[]::new);
        try (RealGateway many = new RealGateway(tenants);
                Connection connection = new Connection(many.port())) {
            for (int i = tenants.length - 1; i >= 0; i--) {
                Answer beacon =
                        connection.send(Request.get("/.well-known/gatewright").tenant(tenants[i]));
                assertThat(beacon.status()).as(tenants[i]).isEqualTo(200);
            }
        }
    }

    private static void assertIsNamed(String tenant) {
        assertThat(gateway.plane().node().rejections()).singleElement().satisfies((Rejection rejection) -> {
            assertThat(rejection.key()).isEqualTo(new ResourceKey(ResourceType.SCOPED_ROUTE, "tenant/" + tenant));
            assertThat(rejection.reason()).contains("missing )");
            assertThat(rejection.lastGoodVersion()).isNotNull();
        });
    }

    private static long scopeNacks() {
        return gateway.plane().counters().nacks(ResourceType.SCOPED_ROUTE);
    }
}
