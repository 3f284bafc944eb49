package io.gatewright.gateway;

import static io.gatewright.gateway.Documents.org;
import static io.gatewright.gateway.Documents.setting;
import static io.gatewright.gateway.Documents.tenant;
import static io.gatewright.gateway.Documents.tenantOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.envoybootstrap.Ports;
import io.gatewright.settings.Document;
import io.gatewright.settings.Kind;
import io.gatewright.xds.NodeStatus;
import io.gatewright.xds.Rejection;
import io.gatewright.xds.ResourceType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A real Envoy that rejects a response: what was in it beside the guilty scope, and what becomes of that. */
final class RejectionIT {
    private static final int FLEET = 200;
    private static final String GUILTY = "fleet-100";
    private static RealGateway gateway;

    @BeforeAll
    static void start() throws Exception {
        gateway = new RealGateway("steady");
        List<Document> fleet = new ArrayList<>(List.of(org("fleet")));
        IntStream.range(0, FLEET).forEach(i -> fleet.add(tenantOf("fleet", "fleet-" + i)));
        gateway.change(fleet.toArray(Document[]::new));
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void servesAllOthersWhenOneIsBadInTheFirstResponseOfANewEnvoy() throws Exception {
        gateway.plane().changeSpoiling(GUILTY, List.of(limit("100")));
        gateway.plane().awaitAcknowledged();
        long nacks = nacks();
        gateway.restartEnvoy();
        gateway.plane().awaitAcknowledged();

        assertThat(nacks() - nacks).as("the chunk, then it alone").isBetween(1L, 3L);
        assertOthersAreLive();
        assertThat(gateway.beacon(GUILTY)).as("it never had a good one").isEmpty();
        assertOnlyTheGuiltyIsRejected();
        cure();
    }

    @Test
    void removesATenantBesideABadOneAndBringsItBack() throws Exception {
        String good = gateway.beacon(GUILTY);
        Document removal = new Document(tenantOf("fleet", "fleet-0").key(), 2, null);
        gateway.plane().changeSpoiling(GUILTY, List.of(limit("200"), removal));
        gateway.plane().awaitAcknowledged();

        Waiting.until("the removed one is gone", () -> gateway.beacon("fleet-0").isEmpty());
        assertOthersAreLive();
        assertThat(gateway.beacon(GUILTY)).isEqualTo(good);
        assertOnlyTheGuiltyIsRejected();

        gateway.change(tenantOf("fleet", "fleet-0"));
        assertThat(gateway.beacon("fleet-0")).isNotEmpty();
        cure();
    }

    /** Another control plane, which knows of no rejection, ends what was begun; the responses fall between the two anywhere. */
    @Test
    void bringsAllLiveWhenTheStreamIsLostAmongTheRetriesOfARejectedBatch() throws Exception {
        for (int round = 0; round < 2; round++) {
            long nacks = nacks();
            gateway.plane().changeSpoiling(GUILTY, List.of(limit("30" + round)));
            Waiting.until("Envoy rejects the batch", () -> nacks() > nacks);
            gateway.plane().restart(List.of());
            Waiting.until(
                    "Envoy comes back",
                    () -> gateway.plane().connected()
                            && gateway.beacon(GUILTY).equals(gateway.plane().policy(GUILTY)));
            gateway.plane().awaitAcknowledged();
            assertOthersAreLive();
            assertThat(gateway.plane().node().rejections()).isEmpty();
        }
    }

    /** The good members of a rejected response of listeners are live in Envoy although it does not count them. */
    @Test
    void neverRepeatsABadListenerAndGoesOnWithTheOthers() throws Exception {
        int free = Ports.free();
        Document bad = Documents.of(Kind.LISTENER, "bad", "{\"address\":\"203.0.113.7\",\"port\":%d}".formatted(free));
        gateway.plane().change(List.of(bad));
        gateway.plane().awaitAcknowledged();
        assertThat(gateway.plane().node().rejections())
                .singleElement()
                .satisfies(rejection -> assertThat(rejection.key().type()).isEqualTo(ResourceType.LISTENER));
        long nacks = gateway.plane().counters().nacks(ResourceType.LISTENER);
        assertThat(nacks).isOne();

        gateway.change(setting("tenant=steady", "rate-limit.requests", "7"));
        assertThat(gateway.plane().counters().nacks(ResourceType.LISTENER)).isEqualTo(nacks);
        gateway.plane().change(List.of(new Document(bad.key(), 2, null)));
        gateway.plane().awaitAcknowledged();
        gateway.change(tenant("newcomer"));
    }

    private static Document limit(String requests) {
        return setting("org=fleet", "rate-limit.requests", requests);
    }

    private static void cure() throws InterruptedException {
        gateway.change(limit("1000"));
        assertThat(gateway.plane().node().rejections()).isEmpty();
    }

    private static void assertOthersAreLive() throws InterruptedException {
        for (String tenant : gateway.plane().changedTenants()) {
            if (!tenant.equals(GUILTY)) {
                Waiting.until(
                        tenant + " is live",
                        () -> gateway.beacon(tenant).equals(gateway.plane().policy(tenant)));
            }
        }
    }

    private static void assertOnlyTheGuiltyIsRejected() {
        assertThat(gateway.plane().node().rejections())
                .singleElement()
                .extracting(Rejection::key)
                .satisfies(key -> {
                    assertThat(key.name()).isEqualTo("tenant/" + GUILTY);
                    assertThat(gateway.plane().status(key).state()).isEqualTo(NodeStatus.State.REJECTED);
                });
    }

    private static long nacks() {
        return gateway.plane().counters().nacks(ResourceType.SCOPED_ROUTE);
    }
}
