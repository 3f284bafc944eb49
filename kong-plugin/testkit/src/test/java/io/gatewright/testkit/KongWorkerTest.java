package io.gatewright.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.ByteString;
import io.gatewright.pdk.KongVersion;
import io.gatewright.pdk.Method;
import io.gatewright.pdk.Outcome;
import io.gatewright.pdk.Phase;
import io.gatewright.pdk.server.KongPluginServer;
import io.gatewright.pdk.server.ServerOptions;
import io.gatewright.pdk.wire.Frames;
import io.gatewright.proto.kong.InstanceStatus;
import io.gatewright.proto.kong.RpcCall;
import io.gatewright.proto.kong.RpcReturn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each version of Kong does when a plugin server errs. */
class KongWorkerTest {
    private static final ConfiguredPlugin PLUGIN = ConfiguredPlugin.of("test", 1000, Set.of(Phase.ACCESS), "{\"a\":1}");
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Calls NOTHING = new CannedCalls(Map.of());

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({"2.8, PassedOver", "3.0, Failed", "3.7, Failed", "3.9, Failed"})
    void repeatsAnEventWhoseConnectionEndsFrom30On(String version, String result) throws Exception {
        try (BadServer server = new BadServer(directory.resolve("s"), frames -> {}); // closes instead of answering
                KongWorker worker = worker(directory.resolve("s"), version)) {
            assertThat(name(worker.event(PLUGIN, Phase.ACCESS, NOTHING))).isEqualTo(result);
            assertThat(server.events()).isEqualTo(version.equals("2.8") ? 1 : KongWorker.MOST_REPEATS);
        }
    }

    @ParameterizedTest
    @CsvSource({"2.8, PassedOver", "3.7, PassedOver", "3.8, Failed", "3.9, Failed"})
    void letsRequestsPassWhenAMethodIsUnknownBefore38(String version, String result) throws Exception {
        BadServer.Answer unknown = frames -> {
            frames.write("kong.no.such".getBytes(StandardCharsets.US_ASCII));
            frames.writeEmpty();
            frames.flush();
        };
        try (BadServer server = new BadServer(directory.resolve("s"), unknown);
                KongWorker worker = worker(directory.resolve("s"), version)) {
            assertThat(name(worker.event(PLUGIN, Phase.ACCESS, NOTHING))).isEqualTo(result);
            assertThat(server.events()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "2.8, Failed, Wedged",
        "3.0, Failed, Wedged",
        "3.1, PassedOver, Wedged",
        "3.3, PassedOver, PassedOver",
        "3.4, PassedOver, PassedOver",
        "3.5, Failed, Finished",
        "3.9, Failed, Finished"
    })
    void comesBackAfterAStartThatFailedOnlyFrom35On(String version, String before, String after) throws Exception {
        Path socket = directory.resolve("s");
        try (KongWorker worker = worker(socket, version)) {
            assertThat(name(worker.event(PLUGIN, Phase.ACCESS, NOTHING))).isEqualTo(before);
            try (KongPluginServer server = server(socket, new TestPlugin("test"))) {
                assertThat(name(worker.event(PLUGIN, Phase.ACCESS, NOTHING))).isEqualTo(after);
                assertThat(server.instances()).isEqualTo(after.equals("Finished") ? 1 : 0);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"2.8, Raised in Kong", "3.0, two values"})
    void raisesOnARepeatedHeaderBefore30(String version, String outcome) throws Exception {
        Path socket = directory.resolve("s");
        byte[] headers = Replies.table(Map.of("x-twice", List.of("a", "b")));
        TestPlugin plugin = new TestPlugin("test").onAccess(kong -> {
            kong.request().getHeaders();
            return Outcome.proceed();
        });
        ServerOptions options = ServerOptions.at(socket); // for 3.9: its own table would refuse the call for 2.8
        try (KongPluginServer server = KongPluginServer.start(options, plugin);
                KongWorker worker = worker(server.socket(), version)) {
            EventResult result =
                    worker.event(PLUGIN, Phase.ACCESS, new CannedCalls(Map.of(Method.REQUEST_GET_HEADERS, headers)));
            assertThat(name(result)).isEqualTo(outcome.equals("two values") ? "Finished" : "Failed");
        }
    }

    @ParameterizedTest
    @CsvSource({"2.8, Failed", "3.0, Failed", "3.1, PassedOver", "3.7, PassedOver", "3.8, Failed", "3.9, Failed"})
    void letsRequestsPassWhenAServerHasGoneFrom31To37(String version, String result) throws Exception {
        Path socket = directory.resolve("s");
        KongVersion usable = KongVersion.parse(version.equals("3.1") ? "3.5" : version); // 3.1 uses no other
        try (KongWorker worker = new KongWorker(socket, usable, Behaviour.of(KongVersion.parse(version)), SOON)) {
            try (KongPluginServer server = server(socket, new TestPlugin("test"))) {
                assertThat(name(worker.event(PLUGIN, Phase.ACCESS, NOTHING))).isEqualTo("Finished");
                assertThat(server.connections()).isEqualTo(1);
            }
            while (worker.idleConnections() > 0) {
                Thread.onSpinWait();
            }
            assertThat(name(worker.event(PLUGIN, Phase.ACCESS, NOTHING))).isEqualTo(result);
        }
    }

    @ParameterizedTest
    @CsvSource({"2.8, ''", "3.2, ''", "3.3, 0800", "3.7, 0800", "3.9, 0800"})
    void writesFalseOutFrom33On(String version, String answer) {
        Encoding encoding = new Encoding(
                new CannedCalls(Map.of(Method.IP_IS_TRUSTED, Replies.flag(false))),
                Behaviour.of(KongVersion.parse(version)));

        assertThat(encoding.run(Phase.ACCESS, Method.IP_IS_TRUSTED, Replies.text("10.0.0.1")))
                .isEqualTo(HexFormat.of().parseHex(answer));
    }

    @ParameterizedTest
    @CsvSource({"2.8, true", "3.4, true", "3.7, true", "3.8, true", "3.9, false"})
    void loadsOnePluginOfADumpFrom39On(String version, boolean second) {
        SimulatedKong.Builder kong = SimulatedKong.on(directory.resolve("s")).version(version);
        String dump = "{\"Protocol\":\"ProtoBuf:1\",\"Plugins\":["
                + "{\"Name\":\"one\",\"Phases\":[\"access\"],\"Priority\":1},"
                + "{\"Name\":\"two\",\"Phases\":[\"access\"],\"Priority\":2}]}";

        assertThat(catchThrowable(() -> kong.plugin(dump, "one", "{}"))).isNull();
        if (second) {
            assertThat(catchThrowable(() -> kong.plugin(dump, "two", "{}"))).isNull();
        } else {
            assertThat(catchThrowable(() -> kong.plugin(dump, "two", "{}")))
                    .hasMessage("Kong 3.9 does not start: two plugin is enabled but not installed");
        }
    }

    @Test
    void readsADumpLikeKong() {
        SimulatedKong.Builder kong = SimulatedKong.on(directory.resolve("s"));

        assertThat(catchThrowable(() -> kong.plugin("hello\n{}", "one", "{}")))
                .hasMessageContaining("no JSON document");
        assertThat(catchThrowable(() -> kong.plugin("{\"Plugins\":[]}", "one", "{}")))
                .hasMessageContaining("ProtoBuf:1");
    }

    @Test
    void failsAServerThatHasThreadsForThePoolOnly() throws Exception {
        int many = 300;
        CountDownLatch all = new CountDownLatch(many);
        BadServer.Answer whenAllAreThere = frames -> {
            all.countDown();
            await(all);
        };
        try (BadServer server =
                        new BadServer(directory.resolve("s"), whenAllAreThere, Executors.newFixedThreadPool(256));
                KongWorker worker = new KongWorker(directory.resolve("s"), KongVersion.DEFAULT, Duration.ofSeconds(1));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<EventResult>> results = IntStream.range(0, many)
                    .mapToObj(i -> threads.submit(() -> worker.event(PLUGIN, Phase.ACCESS, NOTHING)))
                    .toList();
            for (Future<EventResult> result : results) {
                assertThat(result.get()).isEqualTo(new EventResult.Failed("timeout"));
            }
            assertThat(server.events()).isEqualTo(255); // one thread accepts
            LongStream.range(0, all.getCount()).forEach(i -> all.countDown());
        }
    }

    @Test
    void givesUpOnASilentServer() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        try (BadServer server = new BadServer(directory.resolve("s"), frames -> await(end));
                KongWorker worker =
                        new KongWorker(directory.resolve("s"), KongVersion.DEFAULT, Duration.ofMillis(200))) {
            assertThat(worker.event(PLUGIN, Phase.ACCESS, NOTHING)).isEqualTo(new EventResult.Failed("timeout"));
            assertThat(server.events()).isEqualTo(1);
            end.countDown();
        }
    }

    @Test
    void keepsAtMost256IdleConnections() throws Exception {
        int many = 300;
        CountDownLatch all = new CountDownLatch(many);
        TestPlugin plugin = new TestPlugin("test").onAccess(kong -> {
            all.countDown();
            await(all);
            return Outcome.proceed();
        });
        try (KongPluginServer server = server(directory.resolve("s"), plugin);
                KongWorker worker = worker(server.socket(), "3.9");
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<EventResult>> results = IntStream.range(0, many)
                    .mapToObj(i -> threads.submit(() -> worker.event(PLUGIN, Phase.ACCESS, NOTHING)))
                    .toList();
            for (Future<EventResult> result : results) {
                assertThat(result.get()).isEqualTo(new EventResult.Finished());
            }
            assertThat(worker.idleConnections()).isEqualTo(256);
            assertThat(server.instances()).isEqualTo(1);
        }
    }

    @Test
    void endsTheOldInstanceAfterAChangeOfConfig() throws Exception {
        try (KongPluginServer server = server(directory.resolve("s"), new TestPlugin("test"));
                KongWorker worker = worker(server.socket(), "3.9")) {
            worker.event(PLUGIN, Phase.ACCESS, NOTHING);
            worker.reconfigure(PLUGIN);

            assertThat(worker.event(PLUGIN, Phase.ACCESS, NOTHING)).isEqualTo(new EventResult.Finished());
            assertThat(server.instances()).isEqualTo(1);
        }
    }

    private static KongWorker worker(Path socket, String version) {
        return new KongWorker(socket, KongVersion.parse(version), SOON);
    }

    private static KongPluginServer server(Path socket, TestPlugin plugin) throws IOException {
        return KongPluginServer.start(ServerOptions.at(socket), plugin);
    }

    private static String name(EventResult result) {
        return result.getClass().getSimpleName();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A server that starts instances as it should and answers events as told, then closes. */
    private static final class BadServer implements AutoCloseable {
        private final ServerSocketChannel listener;
        private final ExecutorService threads;
        private final Answer answer;
        private volatile int events;

        private interface Answer {
            void to(Frames frames) throws IOException;
        }

        BadServer(Path socket, Answer answer) throws IOException {
            this(socket, answer, Executors.newVirtualThreadPerTaskExecutor());
        }

        BadServer(Path socket, Answer answer, ExecutorService threads) throws IOException {
            this.answer = answer;
            this.threads = threads;
            listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            listener.bind(UnixDomainSocketAddress.of(socket), 1024);
            threads.execute(this::accept);
        }

        int events() {
            return events;
        }

        private void accept() {
            try {
                while (true) {
                    SocketChannel channel = listener.accept();
                    threads.execute(() -> serve(channel));
                }
            } catch (ClosedChannelException e) {
                // The test is over.
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void serve(SocketChannel channel) {
            try (channel) {
                Frames frames = new Frames(channel);
                while (frames.read()) {
                    RpcCall call = frames.parse(RpcCall.parser());
                    if (call.hasHandleEvent()) {
                        count();
                        answer.to(frames);
                        return;
                    }
                    frames.write(RpcReturn.newBuilder()
                            .setSequence(call.getSequence())
                            .setInstanceStatus(InstanceStatus.newBuilder()
                                    .setName(ByteString.copyFromUtf8("test"))
                                    .setInstanceId(7))
                            .build());
                    frames.flush();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private synchronized void count() {
            events++;
        }

        @Override
        public void close() throws IOException {
            listener.close();
            threads.close();
        }
    }
}
