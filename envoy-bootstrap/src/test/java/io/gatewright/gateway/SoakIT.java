package io.gatewright.gateway;

import static io.gatewright.gateway.Documents.setting;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatewright.demo.EchoUpstream;
import io.gatewright.settings.Document;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Steady traffic of all tenants while every one of them is changed, the issuer rotates its key, a module's upstream moves and
 * the control plane is killed and started again: no request fails and no connection is closed.
 */
@Tag("soak")
final class SoakIT {
    private static final int TENANTS = Integer.getInteger("gatewright.soak.tenants", 1000);
    private static final int PER_SECOND = Integer.getInteger("gatewright.soak.rate", 1000);
    private static final Duration TIME = Duration.ofSeconds(Integer.getInteger("gatewright.soak.seconds", 120));
    private static final int CONNECTIONS = 20;

    @TempDir
    Path directory;

    private volatile List<Request> requests = List.of();

    @Test
    void noRequestFailsWhateverHappensBehindTheGateway() throws Exception {
        try (Outage outage = new Outage(directory, List.of("--keys-interval=PT1S"));
                EchoUpstream moved = new EchoUpstream()) {
            outage.commit(IntStream.range(0, TENANTS)
                    .mapToObj(i -> Documents.tenant(tenant(i)))
                    .toArray(Document[]::new));
            awaitProof(outage);
            requests = requests(outage);
            SteadyTraffic traffic = new SteadyTraffic(
                    outage.port(),
                    CONNECTIONS,
                    PER_SECOND,
                    TIME,
                    () -> requests.get(ThreadLocalRandom.current().nextInt(TENANTS)));

            changeUntil(outage, traffic, 0.2, 0);
            String announced = outage.issuer().announce();
            changeUntil(outage, traffic, 0.3, TENANTS / 5);
            Waiting.until(
                    "the new key is known",
                    () -> outage.api()
                            .get("/v1/documents/signing-keys/main")
                            .findValuesAsText("kid")
                            .contains(announced));
            awaitProof(outage);
            String old = outage.issuer().keyIds().getFirst();
            outage.issuer().signWithNewest();
            requests = requests(outage);
            outage.issuer().withdraw(old);
            changeUntil(outage, traffic, 0.5, 2 * TENANTS / 5);
            outage.commit(Documents.module("orders", "/api/orders", moved.endpoint()));
            changeUntil(outage, traffic, 0.7, 3 * TENANTS / 5);
            assertThat(moved.requests()).as("the moved upstream serves").isPositive();
            outage.killPlane();
            outage.restartPlane();
            awaitProof(outage);
            changeUntil(outage, traffic, 0.9, 4 * TENANTS / 5);
            awaitProof(outage);
            double perSecond = traffic.awaitEnd();
            System.out.printf(
                    Locale.ROOT, "soak: %d requests, %.0f in a second, none failed%n", traffic.served(), perSecond);
        }
    }

    private static String tenant(int i) {
        return "t%d".formatted(i);
    }

    private static List<Request> requests(Outage outage) {
        return IntStream.range(0, TENANTS)
                .mapToObj(i -> outage.request(tenant(i)))
                .toList();
    }

    /** Changes a fifth of the tenants, one by one, in the time that is left of this part. */
    private static void changeUntil(Outage outage, SteadyTraffic traffic, double end, int first) {
        int count = TENANTS / 5;
        double begin = traffic.progress();
        List<String> changed = new ArrayList<>();
        for (int i = first; i < first + count; i++) {
            double due = begin + (end - begin) * (i - first) / count;
            Waiting.until("it is time", TIME, () -> traffic.progress() >= due);
            outage.commit(setting("tenant=" + tenant(i), "body.max-bytes", Integer.toString(100_000 + i)));
            changed.add(tenant(i));
            traffic.assertNoFailure();
        }
        assertThat(changed).hasSize(count);
    }

    /** Waits until the gateway is connected and has answered for all that it should have. */
    private static void awaitProof(Outage outage) {
        Waiting.until(
                "the gateway runs it all",
                TIME,
                () -> new ObjectMapper()
                        .readTree(outage.api()
                                .send("POST", "/v1/syncs?wait=PT50S", null)
                                .body())
                        .path("outcome")
                        .asText()
                        .equals("proven"));
    }
}
