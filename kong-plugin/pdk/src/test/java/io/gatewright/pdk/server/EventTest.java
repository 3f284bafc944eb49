package io.gatewright.pdk.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.ByteString;
import io.gatewright.pdk.FailurePolicy;
import io.gatewright.pdk.Kong;
import io.gatewright.pdk.KongException;
import io.gatewright.pdk.KongPlugin;
import io.gatewright.pdk.KongVersion;
import io.gatewright.pdk.Outcome;
import io.gatewright.pdk.Request;
import io.gatewright.proto.kong.ExitArgs;
import io.gatewright.proto.kong.KeyValue;
import io.gatewright.proto.kong.Text;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Events as Kong sends them; the numbers are those of the conformance cases of Kong's socket protocol. */
@Timeout(60)
final class EventTest {
    private static final String SET_HEADER = "kong.response.set_header";
    private static final String GET_METHOD = "kong.request.get_method";

    /** With access and nothing else. */
    private static final class AccessOnly implements KongPlugin<Probe.Config> {
        @Override
        public Outcome access(Kong kong, Probe.Config config) {
            return Outcome.proceed();
        }
    }

    @Test
    @DisplayName("K14 an event whose handler makes no call ends with the closing frames")
    void endsAnEventWithoutCalls() throws Exception {
        try (Served served = Served.by(Probe.doing(kong -> {}))) {
            KongPeer kong = served.connect();
            kong.event(kong.start("probe", Served.CONFIG), "access");
            kong.expectEnd();
        }
    }

    @Test
    @DisplayName("K15 a getter waits for its answer, and the closing frames follow")
    void answersAGetter() throws Exception {
        List<String> seen = new ArrayList<>();
        try (Served served =
                Served.by(Probe.doing(kong -> seen.add(kong.request().getMethod())))) {
            KongPeer kong = served.connect();
            kong.event(kong.start("probe", Served.CONFIG), "access");
            assertThat(kong.expectCall(GET_METHOD)).isEmpty();
            kong.reply(text("POST"));
            kong.expectEnd();
        }
        assertThat(seen).containsExactly("POST");
    }

    @Test
    @DisplayName("K16 a phase that the plugin does not have ends with the closing frames")
    void passesOverAPhaseThatThePluginLacks() throws Exception {
        try (Served served = Served.by(new AccessOnly())) {
            KongPeer kong = served.connect();
            int instance = kong.start("access-only", Served.CONFIG);
            for (String phase : List.of("log", "header_filter", "", "access")) {
                kong.event(instance, phase);
                kong.expectEnd();
            }
        }
    }

    @Test
    @DisplayName(
            "K17 a setter and the closing frames come in one write, and the late answer is taken before the next command")
    void drainsLateAnswers() throws Exception {
        try (Served served = Served.by(Probe.doing(kong -> kong.response().setHeader("x", "1")))) {
            KongPeer kong = served.connect();
            int instance = kong.start("probe", Served.CONFIG);
            for (int round = 0; round < 3; round++) {
                kong.event(instance, "access");
                kong.expectCall(SET_HEADER);
                kong.expectEnd();
                kong.replyNothing();
            }
        }
    }

    @Test
    @DisplayName("K18 five setters and a getter are answered in order")
    void matchesAnswersInOrder() throws Exception {
        List<String> seen = new ArrayList<>();
        try (Served served = Served.by(Probe.doing(kong -> {
            for (int i = 0; i < 5; i++) {
                kong.ctx().shared().set("k" + i, i);
            }
            seen.add(kong.request().getHeader("a").orElse(""));
        }))) {
            KongPeer kong = served.connect();
            kong.event(kong.start("probe", Served.CONFIG), "access");
            for (int i = 0; i < 5; i++) {
                KeyValue set = kong.expectCall("kong.ctx.shared.set", KeyValue.parser());
                assertThat(set.getK().toStringUtf8()).isEqualTo("k" + i);
                kong.replyNothing();
            }
            kong.answer("kong.request.get_header", "a", "b");
            kong.expectEnd();
        }
        assertThat(seen).containsExactly("b");
    }

    @Test
    void fetchAsksEverythingBeforeItWaits() throws Exception {
        List<String> seen = new ArrayList<>();
        try (Served served = Served.by(Probe.doing(kong -> {
            var key = Request.header("key");
            var got = kong.fetch(Request.method(), key, Request.rawBody());
            seen.add(got.get(Request.method()));
            seen.add(got.get(key).orElse("none"));
            seen.add(new String(got.get(Request.rawBody()).bytes(), UTF_8));
        }))) {
            KongPeer kong = served.connect();
            kong.event(kong.start("probe", Served.CONFIG), "access");
            kong.expectCall(GET_METHOD);
            kong.expectCall("kong.request.get_header");
            kong.expectCall("kong.request.get_raw_body");
            kong.reply(text("PUT"));
            kong.replyNothing();
            kong.reply(text("body"));
            kong.expectEnd();
        }
        assertThat(seen).containsExactly("PUT", "none", "body");
    }

    @Test
    @DisplayName("K20 two events of one instance run at once")
    void runsEventsOfOneInstanceAtOnce() throws Exception {
        CountDownLatch both = new CountDownLatch(2);
        try (Served served = Served.by(Probe.doing(kong -> {
            both.countDown();
            await(both);
        }))) {
            KongPeer one = served.connect();
            KongPeer other = served.connect();
            int instance = one.start("probe", Served.CONFIG);
            one.event(instance, "access");
            other.event(instance, "access");
            one.expectEnd();
            other.expectEnd();
        }
    }

    @Test
    @DisplayName("K23 an end of the stream in a getter reaches the handler, and the server lives")
    void tellsTheHandlerThatTheConnectionIsLost() throws Exception {
        BlockingQueue<Throwable> seen = new LinkedBlockingQueue<>();
        try (Served served = Served.by(Probe.doing(kong -> {
            seen.add(catchThrowable(() -> kong.request().getMethod()));
            seen.add(catchThrowable(() -> kong.request().getPath()));
        }))) {
            KongPeer kong = served.connect();
            kong.event(kong.start("probe", Served.CONFIG), "access");
            kong.expectCall(GET_METHOD);
            kong.close();
            assertThat(seen.take()).isInstanceOf(KongException.class).hasMessageContaining(GET_METHOD);
            assertThat(seen.take()).isInstanceOf(KongException.class).hasMessageContaining("lost");
            served.awaitConnections(0);
            served.isAlive("probe");
        }
    }

    @Test
    @DisplayName("K26 a handler that throws in access and fails closed answers 500 and nothing after it")
    void failsClosed() throws Exception {
        try (Served served = Served.by(Probe.doing(kong -> {
            throw new IllegalStateException("no");
        }))) {
            KongPeer kong = served.connect();
            int instance = kong.start("probe", Served.CONFIG);
            kong.event(instance, "access");
            expectLogged(kong, "access failed: java.lang.IllegalStateException: no");
            ExitArgs exit = kong.expectCall("kong.response.exit", ExitArgs.parser());
            assertThat(exit.getStatus()).isEqualTo(500);
            assertThat(exit.getBody().toStringUtf8()).contains("\"message\"");
            kong.replyNothing();
            kong.expectEndOfStream();
            served.isAlive("probe");
        }
    }

    @Test
    @DisplayName("K27 a handler that throws in access and fails open lets the request go on")
    void failsOpen() throws Exception {
        try (Served served = Served.by(new Probe("probe", FailurePolicy.OPEN, (kong, config) -> {
            throw new IllegalStateException("no");
        }))) {
            KongPeer kong = served.connect();
            kong.event(kong.start("probe", Served.CONFIG), "access");
            expectLogged(kong, "access failed: java.lang.IllegalStateException: no");
            kong.expectEnd();
            kong.replyNothing();
        }
    }

    @Test
    @DisplayName("K28 a handler that throws in log, whatever its policy, ends with the closing frames")
    void neverFailsInLog() throws Exception {
        try (Served served = Served.by(Probe.doing(kong -> kong.request().getMethod()))) {
            KongPeer kong = served.connect();
            int instance = kong.start("probe", Served.CONFIG);
            for (String phase : List.of("log", "certificate")) {
                kong.event(instance, phase);
                expectLogged(
                        kong,
                        phase + " failed: io.gatewright.pdk.KongException: " + GET_METHOD + " does not work in the "
                                + phase);
                kong.expectEnd();
                kong.replyNothing();
            }
        }
    }

    @Test
    @DisplayName("K29 a handler that calls after its event is over gets an exception, and nothing is written")
    void refusesCallsAfterTheEnd() throws Exception {
        BlockingQueue<Kong> kept = new LinkedBlockingQueue<>();
        try (Served served = Served.by(Probe.of(kong -> {
            kept.add(kong);
            return Outcome.exit(204);
        }))) {
            KongPeer kong = served.connect();
            kong.event(kong.start("probe", Served.CONFIG), "access");
            kong.expectCall("kong.response.exit");
            kong.expectEndOfStream();
            Kong over = kept.take();
            assertThat(catchThrowable(() -> over.response().setHeader("a", "b")))
                    .isInstanceOf(KongException.class)
                    .hasMessageContaining("over");
            assertThat(catchThrowable(() -> over.request().getMethod())).isInstanceOf(KongException.class);
        }
    }

    @Test
    @DisplayName("K30 a handler that overflows its stack or exhausts the heap is answered for by its policy")
    void survivesErrors() throws Exception {
        for (Error error :
                List.of(new StackOverflowError("deep"), new OutOfMemoryError("full"), new AssertionError("odd"))) {
            try (Served served = Served.by(Probe.doing(kong -> {
                throw error;
            }))) {
                KongPeer kong = served.connect();
                kong.event(kong.start("probe", Served.CONFIG), "access");
                expectLogged(kong, "access failed: " + error);
                kong.expectCall("kong.response.exit");
                kong.replyNothing();
                kong.expectEndOfStream();
                served.isAlive("probe");
            }
        }
    }

    @Test
    @DisplayName("K31 a handler that does not return is answered for, and its connection goes on without it")
    void answersForAHandlerThatBlocks() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        BlockingQueue<String> after = new LinkedBlockingQueue<>();
        try (Served served = Served.by(
                KongVersion.DEFAULT, Duration.ofMillis(50), new Probe("probe", FailurePolicy.OPEN, (kong, config) -> {
                    try {
                        never.await();
                    } catch (InterruptedException e) {
                        after.add(String.valueOf(
                                catchThrowable(() -> kong.response().setHeader("y", "2"))));
                    }
                    return Outcome.exit(500);
                }))) {
            KongPeer kong = served.connect();
            int instance = kong.start("probe", Served.CONFIG);
            for (int round = 0; round < 3; round++) {
                kong.event(instance, "access");
                kong.expectEnd();
                assertThat(after.take()).contains("over");
            }
            kong.close(instance);
        }
    }

    private static void expectLogged(KongPeer kong, String message) throws Exception {
        var line = kong.expectCall("kong.log.err", io.gatewright.proto.kong.LuaList.parser());
        assertThat(line.getValues(0).getStringValue().toStringUtf8()).startsWith("[probe] " + message);
    }

    private static Text text(String value) {
        return Text.newBuilder().setV(ByteString.copyFromUtf8(value)).build();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
