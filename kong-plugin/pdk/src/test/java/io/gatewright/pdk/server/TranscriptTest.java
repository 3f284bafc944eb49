package io.gatewright.pdk.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.gatewright.pdk.FailurePolicy;
import io.gatewright.pdk.Kong;
import io.gatewright.pdk.KongException;
import io.gatewright.pdk.Outcome;
import io.gatewright.pdk.Unchecked;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a real Kong 3.9.3 said is said again, a plugin makes the recorded calls through the API, and what comes out of the server has to be what
 * was recorded, byte for byte.
 */
@Timeout(60)
final class TranscriptTest {
    /** What the recorded plugin did and the API refuses, because Kong fails the event for it or turns the value into another. */
    private static final Map<String, List<String>> REFUSED = Map.of(
            "access-response-log",
            List.of("kong.service.response.get_raw_body", "kong.service.response.get_status"),
            "buffer-on-log",
            List.of("kong.service.response.get_raw_body", "kong.service.response.get_status"),
            "query",
            List.of("kong.request.get_query_arg"),
            "values",
            List.of("kong.ctx.shared.set"),
            "wrong-phase",
            List.of("kong.response.get_status"));

    private final Queue<List<RecordedCall>> scripts = new ConcurrentLinkedQueue<>();
    private final Queue<String> refused = new ConcurrentLinkedQueue<>();
    private int nextId;
    private long nextStart;

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "access-response-log",
                "all-phases-tls",
                "body-binary",
                "body-empty",
                "body-file",
                "buffer-on-log",
                "config-change",
                "empty-event",
                "exit-binary",
                "exit-in-response",
                "exit-json",
                "header-latin1",
                "pipelined",
                "query",
                "raise-mid-pipeline",
                "stream-preread-log",
                "unbuffer",
                "unknown-instance",
                "unknown-method",
                "values",
                "wrong-phase"
            })
    void replaysWhatWasRecorded(String name) throws Exception {
        Transcript transcript = Transcript.of("/kong/" + name + ".jsonl");
        Map<Integer, KongPeer> peers = new HashMap<>();
        try (KongPluginServer server = KongPluginServer.start(
                ServerOptions.at(directory.resolve("s")),
                () -> nextId,
                () -> Instant.ofEpochSecond(nextStart),
                new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
                List.of("probe-a", "probe-al", "probe-r", "probe-ar", "probe-arl", "probe-all", "probe-pre").stream()
                        .map(plugin -> new Probe(plugin, FailurePolicy.CLOSED, (kong, config) -> run(kong, name)))
                        .toArray(Probe[]::new))) {
            for (Transcript.Step step : transcript.steps()) {
                KongPeer peer = peers.get(step.connection());
                if (peer == null) {
                    peer = KongPeer.connect(server.socket());
                    peers.put(step.connection(), peer);
                }
                replay(name, step, peer);
            }
        } finally {
            for (KongPeer peer : peers.values()) {
                peer.close();
            }
        }
        assertThat(scripts).isEmpty();
        assertThat(new TreeSet<>(refused)).containsExactlyElementsOf(REFUSED.getOrDefault(name, List.of()));
    }

    private void replay(String name, Transcript.Step step, KongPeer peer) throws Exception {
        if (step.isClose()) {
            peer.endOutput();
            if (name.equals("unknown-method")) {
                peer.expectCall("kong.no.such.method");
                peer.expectCall("kong.request.get_method");
            }
            peer.expectEndOfStream();
            return;
        }
        List<RecordedCall> calls = step.calls();
        boolean unknown = calls.stream().anyMatch(call -> call.method().startsWith("No plugin instance"));
        if (step.command().has("cmd_handle_event") && !unknown) {
            scripts.add(calls);
        }
        for (Transcript.Frame frame : step.written()) {
            if (frame.kind().equals("return") && step.command().has("cmd_start_instance")) {
                var status = io.gatewright.proto.kong.RpcReturn.parseFrom(frame.payload())
                        .getInstanceStatus();
                nextId = status.getInstanceId();
                nextStart = status.getStartedAt();
            }
        }
        peer.raw(KongPeer.framed(step.payload().toByteArray()));
        ArrayDeque<ByteString> replies = new ArrayDeque<>(step.replies());
        for (Transcript.Frame frame : step.written()) {
            assertThat(ByteString.copyFrom(peer.read())).as(frame.kind()).isEqualTo(frame.payload());
            if (frame.kind().equals("args") && !replies.isEmpty()) {
                peer.raw(KongPeer.framed(replies.remove().toByteArray()));
            }
        }
        assertThat(replies).isEmpty();
    }

    private Outcome run(Kong kong, String name) {
        List<RecordedCall> calls = scripts.remove();
        try {
            if (name.equals("unknown-method")) {
                Unchecked.send(kong, "kong.no.such.method", ByteString.EMPTY);
                kong.request().getMethod();
            }
            if (name.equals("raise-mid-pipeline")) {
                Unchecked.fetch(
                        kong,
                        calls.stream().map(RecordedCall::method).toList(),
                        calls.stream().map(RecordedCall::args).toList());
            }
            for (RecordedCall call : calls) {
                if (call.method().equals("kong.response.exit")) {
                    return call.exit();
                }
                make(kong, call);
            }
            return Outcome.proceed();
        } catch (InvalidProtocolBufferException e) {
            return fail("The recorded arguments are not what the method takes", e);
        }
    }

    private void make(Kong kong, RecordedCall call) throws InvalidProtocolBufferException {
        try {
            call.make(kong);
        } catch (KongException | IllegalArgumentException e) {
            if (e.getCause() != null) {
                throw e;
            }
            refused.add(call.method());
            Unchecked.get(kong, call.method(), call.args());
        }
    }
}
