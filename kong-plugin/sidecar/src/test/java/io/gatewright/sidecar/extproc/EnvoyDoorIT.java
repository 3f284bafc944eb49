package io.gatewright.sidecar.extproc;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode.BodySendMode;
import io.grpc.ManagedChannel;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
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
    /** Of HTTP/2, with an empty SETTINGS frame (RFC 9113 §3.4). */
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0";

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
    void case36WaitsForAConnectionThatIsAboutToShakeHands() throws Exception {
        try (SocketChannel early = SocketChannel.open(UnixDomainSocketAddress.of(door.path));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            EnvoyDoor next = door.another();
            try {
                CountDownLatch begun = new CountDownLatch(1);
                Future<?> drained = threads.submit(() -> {
                    begun.countDown();
                    door.door.drain(Duration.ofSeconds(60));
                    return null;
                });
                begun.await();
                door.disconnect();
                early.write(ByteBuffer.wrap(PREFACE.getBytes(StandardCharsets.US_ASCII)));
                ByteBuffer frame = ByteBuffer.allocate(9);
                assertThat(early.read(frame)).isEqualTo(9);
                assertThat(frame.get(3)).as("SETTINGS, no end").isEqualTo((byte) 4);
                assertThat(drained.isDone()).isFalse();
                early.shutdownOutput();
                drained.get();
            } finally {
                next.close();
            }
        }
    }

    @Test
    void whatStillRunsWhenItClosesIsUnknown() throws Exception {
        running();
        door.door.close();
        door.awaitState(correlation, "unknown");
        assertThat(files()).isEmpty();
    }
}
