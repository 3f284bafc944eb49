package io.gatewright.gateway;

import static io.gatewright.gateway.Documents.listener;
import static io.gatewright.gateway.Documents.setting;
import static io.gatewright.gateway.Documents.tenant;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatewright.envoybootstrap.Ports;
import io.gatewright.registry.SyncRow;
import io.gatewright.server.Sync.Trigger;
import io.gatewright.xds.ResourceType;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Full reconciles against a real Envoy: what they find, repair and say. */
final class SyncIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final String PATH = "/api/orders/1";
    private static RealGateway gateway;
    private static ControlPlane plane;

    @BeforeAll
    static void start() throws Exception {
        gateway = new RealGateway("steady", "other", "drifter");
        gateway.change(setting("tenant=steady", "rate-limit.mode", "\"off\""));
        plane = gateway.plane();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static Traffic traffic() {
        Request request = Request.get(PATH).token(gateway.token("steady"));
        return new Traffic(gateway.port(), request, request);
    }

    private static void proved(SyncRow sync, Trigger trigger) {
        assertThat(sync.outcome()).as(sync.report().toPrettyString()).isEqualTo("proven");
        assertThat(sync.trigger()).isEqualTo(trigger.wireName());
    }

    private static JsonNode node(SyncRow sync) {
        assertThat(sync.report().path("nodes")).hasSize(1);
        return sync.report().at("/nodes/0");
    }

    @Test
    void provesThatNothingIsMissing() throws Exception {
        SyncRow sync = plane.sync(Trigger.INTERVAL, false, PATIENCE);

        proved(sync, Trigger.INTERVAL);
        assertThat(sync.changed()).isZero();
        assertThat(sync.drift()).isZero();
        assertThat(node(sync).path("state").asText()).isEqualTo("proven");
        assertThat(node(sync).path("sent").asInt()).isZero();
    }

    @Test
    void bringsBackAGatewayThatAcceptedWhatNoSettingSays() throws Exception {
        String good = gateway.beacon("drifter");
        plane.serveOtherwise("drifter", List.of(setting("tenant=drifter", "rate-limit.requests", "3")));
        Waiting.until(
                "the gateway has drifted", () -> !gateway.beacon("drifter").equals(good));
        plane.awaitAcknowledged();

        SyncRow dry = plane.sync(Trigger.INTERVAL, true, Duration.ZERO);
        assertThat(dry.outcome()).isEqualTo("planned");
        assertThat(node(dry).path("sent").asInt()).isEqualTo(1);
        assertThat(gateway.beacon("drifter")).as("a dry run sends nothing").isNotEqualTo(good);

        try (Traffic traffic = traffic()) {
            SyncRow sync = plane.sync(Trigger.INTERVAL, false, PATIENCE);
            proved(sync, Trigger.DRIFT);
            assertThat(sync.changed()).isEqualTo(dry.changed()).isEqualTo(1);
            assertThat(sync.drift()).isEqualTo(dry.drift()).isEqualTo(1);
            assertThat(sync.report().path("drifted")).isEqualTo(dry.report().path("drifted"));
            assertThat(sync.report().at("/drifted/0/resource").asText()).isEqualTo("tenant/drifter");
            assertThat(node(sync).path("accepted").asInt()).isEqualTo(1);
            Waiting.until("it is back", () -> gateway.beacon("drifter").equals(good));
            traffic.awaitMore(100);
        }
        SyncRow next = plane.sync(Trigger.INTERVAL, false, PATIENCE);
        proved(next, Trigger.INTERVAL);
        assertThat(next.changed()).isZero();
    }

    @Test
    void namesAGatewayThatDoesNotAnswerAndSendsItTheLastOfABurst() throws Exception {
        long first = plane.revision() + 1;
        long before = plane.counters().resources(ResourceType.SCOPED_ROUTE);
        signal("STOP");
        try {
            for (int i = 1; i <= 200; i++) {
                plane.change(List.of(setting("tenant=other", "rate-limit.requests", Integer.toString(1000 + i))));
            }
            SyncRow cut = plane.sync(Trigger.MANUAL, false, SHORT);
            assertThat(cut.outcome()).isEqualTo("timed-out");
            assertThat(node(cut).path("state").asText()).isEqualTo("open");
            assertThat(node(cut).path("open").asInt()).isEqualTo(1);
            assertThat(node(cut).has("provenAt")).isFalse();
        } finally {
            signal("CONT");
        }
        proved(plane.sync(Trigger.MANUAL, false, PATIENCE), Trigger.MANUAL);
        Waiting.until("the last one is live", () -> gateway.beacon("other").equals(plane.policy("other")));
        assertThat(plane.counters().resources(ResourceType.SCOPED_ROUTE) - before)
                .as("the one that was under way, and the last")
                .isEqualTo(2);
        Waiting.until("the last one has its row", () -> pushes(first).getLast().revision() == plane.revision());
        assertThat(pushes(first))
                .hasSizeBetween(1, 2)
                .extracting(SyncRow::outcome)
                .containsOnly("proven");
    }

    /** The rows of revisions from that one on; there is at least one. */
    private static List<SyncRow> pushes(long revision) {
        Waiting.until("a push has its row", () -> !pushesNow(revision).isEmpty());
        return pushesNow(revision);
    }

    private static List<SyncRow> pushesNow(long revision) {
        return plane.finished().stream()
                .filter(row -> row.trigger().equals(Trigger.REVISION.wireName()) && row.revision() >= revision)
                .toList();
    }

    @Test
    void offersAgainWhatAGatewayRefusedUntilItTakesIt() throws Exception {
        int port = Ports.free();
        try (ServerSocket occupant = new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
                Traffic traffic = traffic()) {
            assertThat(occupant.isBound()).isTrue();
            plane.change(List.of(listener("second", port)));
            plane.awaitAcknowledged();
            long nacks = plane.counters().nacks(ResourceType.LISTENER);

            SyncRow refused = plane.sync(Trigger.INTERVAL, false, PATIENCE);
            assertThat(refused.outcome()).isEqualTo("rejected");
            assertThat(refused.report().at("/quarantined/0/tenant").asText()).isEqualTo("*");
            assertThat(refused.report().at("/quarantined/0/node").asText()).isEqualTo("real-1");
            assertThat(refused.report().at("/quarantined/0/reason").asText()).contains("Address already in use");
            assertThat(node(refused).path("state").asText()).isEqualTo("rejected");
            assertThat(plane.counters().nacks(ResourceType.LISTENER) - nacks).isEqualTo(1);

            gateway.change(tenant("newcomer"));
            traffic.awaitMore(100);
        }
        proved(plane.sync(Trigger.INTERVAL, false, PATIENCE), Trigger.INTERVAL);
        assertThat(plane.node().rejections()).isEmpty();
        Waiting.until("the second listener serves", () -> RealGateway.accepts(port));
    }

    private static void signal(String name) throws Exception {
        int code = new ProcessBuilder(
                        "kill", "-" + name, Long.toString(gateway.envoy().pid()))
                .inheritIO()
                .start()
                .waitFor();
        assertThat(code).isZero();
    }
}
