package io.gatewright.sidecar.extproc;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode.BodySendMode;
import io.grpc.ManagedChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How a door opens, is taken over and closes; the numbers are those of docs/guard-cases.md. */
@Timeout(120)
final class EnvoyDoorIT {
    @TempDir
    Path directory;

    private final String correlation = UUID.randomUUID().toString();
    private DoorFixture door;

    @BeforeEach
    void open() throws Exception {
        door = new DoorFixture(directory);
    }

    @AfterEach
    void close() {
        door.close();
    }

    private PlayedEnvoy running() throws InterruptedException {
        PlayedEnvoy request = door.request("acme-de")
                .head(
                        "POST",
                        "/orders",
                        false,
                        "idempotency-key",
                        UUID.randomUUID().toString(),
                        "x-correlation-id",
                        correlation);
        assertThat(request.next().getModeOverride().getRequestBodyMode()).isEqualTo(BodySendMode.BUFFERED_PARTIAL);
        assertThat(request.body("{}", true).next().hasRequestBody()).isTrue();
        return request;
    }

    private List<String> files() throws Exception {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void itsOwnFirstCallsClaimNothing() {
        assertThat(door.ask("SELECT count(*) FROM idempotency.claim")).isEqualTo("0");
    }

    @Test
    void case36TheNextProcessTakesThePathOverAndTheLastRequestsEndInTheOldOne() throws Exception {
        PlayedEnvoy request = running();
        EnvoyDoor next = door.another();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            ManagedChannel newcomers = door.connect();
            try {
                Future<?> drained = threads.submit(() -> {
                    door.door.drain(Duration.ofSeconds(60));
                    return null;
                });
                assertThat(new PlayedEnvoy(newcomers, "acme-de")
                                .head("POST", "/orders", true)
                                .next()
                                .hasRequestHeaders())
                        .isTrue();
                assertThat(drained.isDone()).isFalse();
                request.answered(201, true).next();
                request.leave();
                door.disconnect();
                drained.get();
                door.awaitState(correlation, "done");
                door.door.close();
                assertThat(Files.readSymbolicLink(door.path)).isNotNull();
                assertThat(files()).hasSize(2);
            } finally {
                newcomers.shutdownNow();
            }
        } finally {
            next.close();
        }
        assertThat(files()).isEmpty();
    }

    @Test
    void whatStillRunsWhenItClosesIsUnknown() throws Exception {
        running();
        door.door.close();
        door.awaitState(correlation, "unknown");
        assertThat(files()).isEmpty();
    }
}
