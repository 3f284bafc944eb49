package io.gatewright.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.gatewright.pdk.KongVersion;
import io.gatewright.pdk.Method;
import io.gatewright.pdk.Phase;
import io.gatewright.proto.kong.RpcCall;
import io.gatewright.testkit.Recording.Frame;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Kong's side of every recording, played by the simulator against the recorded server. */
class RecordingTest {
    private static final Behaviour BEHAVIOUR = Behaviour.of(KongVersion.DEFAULT);

    @TempDir
    Path directory;

    static Stream<Path> recordings() throws IOException, URISyntaxException {
        Path folder = Path.of(
                Objects.requireNonNull(RecordingTest.class.getResource("/kong")).toURI());
        try (Stream<Path> files = Files.list(folder)) {
            // In this one the recorder has left out what the server said; KongWorkerTest has the case.
            return files.filter(file -> !file.endsWith("unknown-method.jsonl")).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("recordings")
    void saysWhatTheRealKongSaid(Path file) throws Exception {
        Recording recording = Recording.of(file);
        Map<Integer, KongConnection> connections = new HashMap<>();
        Map<Integer, CompletableFuture<List<ByteString>>> playing = new HashMap<>();
        try (RecordedServer server = new RecordedServer(directory)) {
            for (int i = 0; i < recording.frames().size(); i++) {
                Frame frame = recording.frames().get(i);
                if (!frame.kind().equals("call")) {
                    continue;
                }
                if (!connections.containsKey(frame.connection())) {
                    playing.put(frame.connection(), server.play(recording.on(frame.connection())));
                    connections.put(frame.connection(), new KongConnection(server.socket(), Duration.ofSeconds(20)));
                }
                KongConnection connection = Objects.requireNonNull(connections.get(frame.connection()));
                replay(connection, frame, until(recording.frames(), i, frame.connection()));
            }
            for (int each : connections.keySet()) {
                Objects.requireNonNull(connections.get(each)).close();
                List<Frame> said = recording.on(each).stream()
                        .filter(frame -> !frame.isFromServer())
                        .toList();
                assertSame(said, RecordedServer.heard(Objects.requireNonNull(playing.get(each))));
            }
        }
    }

    /** Replies byte for byte; commands as messages, since Kong writes their fields in any order. */
    private static void assertSame(List<Frame> said, List<ByteString> heard) throws InvalidProtocolBufferException {
        assertThat(heard).hasSizeGreaterThanOrEqualTo(said.size());
        for (int i = 0; i < said.size(); i++) {
            ByteString payload = said.get(i).payload();
            if (said.get(i).kind().equals("call")) {
                assertThat(RpcCall.parseFrom(heard.get(i))).isEqualTo(RpcCall.parseFrom(payload));
            } else {
                assertThat(heard.get(i)).isEqualTo(payload);
            }
        }
    }

    private static void replay(KongConnection connection, Frame call, List<Frame> rest)
            throws InvalidProtocolBufferException {
        RpcCall command = RpcCall.parseFrom(call.payload());
        Optional<ByteString> answer = rest.stream()
                .filter(f -> f.kind().equals("return"))
                .map(Frame::payload)
                .findFirst();
        if (!command.hasHandleEvent()) {
            assertThat(connection.call(command)).isInstanceOf(Exchange.Returned.class);
            return;
        }
        Phase phase = Phase.named(command.getHandleEvent().getEventName().toStringUtf8())
                .orElseThrow();
        Script script = script(phase, rest);
        Exchange exchange = connection.event(command, phase, new Encoding(script, BEHAVIOUR));

        script.verify();
        if (answer.isPresent()) {
            assertThat(exchange)
                    .isInstanceOfSatisfying(
                            Exchange.Returned.class,
                            returned ->
                                    assertThat(returned.answer().toByteString()).isEqualTo(answer.get()));
        } else {
            assertThat(exchange.getClass().getSimpleName()).isEqualTo(expectedEnd(rest));
        }
    }

    /** The recorded calls with their recorded answers; for one without, what the simulator's own functions say. */
    private static Script script(Phase phase, List<Frame> frames) {
        Script script = new Script();
        List<byte[]> answers = frames.stream()
                .filter(f -> f.kind().equals("reply"))
                .map(f -> f.payload().toByteArray())
                .toList();
        List<byte[]> left = new ArrayList<>(answers);
        Calls own = new RequestCalls(
                KongVersion.DEFAULT,
                Requests.get("/"),
                new Leak(),
                new Surroundings(new ErrorLog(), "localhost", 8000));
        for (int i = 0; i + 1 < frames.size(); i++) {
            Optional<Method> method = method(frames.get(i));
            if (method.isEmpty()) {
                continue;
            }
            byte[] args = frames.get(i + 1).payload().toByteArray();
            if (!left.isEmpty()) {
                script.expect(method.get(), left.removeFirst());
                continue;
            }
            try {
                script.expect(method.get(), own.run(phase, method.get(), args));
            } catch (LuaError e) {
                script.raise(method.get(), String.valueOf(e.getMessage()));
                break; // what the server had already sent behind it is never run
            }
        }
        return script;
    }

    private static String expectedEnd(List<Frame> frames) {
        List<Frame> methods =
                frames.stream().filter(f -> f.kind().equals("method")).toList();
        Optional<Method> last = method(methods.getLast());
        if (last.isEmpty()) {
            return "UnknownMethod";
        }
        return last.get() == Method.RESPONSE_EXIT ? "Exited" : "Raised";
    }

    private static Optional<Method> method(Frame frame) {
        return frame.kind().equals("method")
                ? Arrays.stream(Method.values())
                        .filter(m -> m.wireName().equals(frame.payload().toStringUtf8()))
                        .findFirst()
                : Optional.empty();
    }

    /** The frames after that call up to the next on the same connection. */
    private static List<Frame> until(List<Frame> frames, int call, int connection) {
        List<Frame> same = frames.subList(call + 1, frames.size()).stream()
                .filter(f -> f.connection() == connection)
                .toList();
        return same.stream().takeWhile(f -> !f.kind().equals("call")).toList();
    }
}
