package io.gatewright.pdk.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatewright.pdk.Headers;
import io.gatewright.pdk.Outcome;
import io.gatewright.proto.kong.ExitArgs;
import io.gatewright.proto.kong.LuaEntry;
import java.util.HexFormat;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Answers to the client in place of the upstream's; the numbers are those of the conformance cases. */
@Timeout(60)
final class ExitTest {
    private static final String EXIT = "kong.response.exit";

    @Test
    @DisplayName("K32 an exit is one call and nothing after it")
    void sendsAnExit() throws Exception {
        try (Served served = Served.by(Probe.of(kong -> Outcome.exit(201, Headers.of("A", "1"), "hi")))) {
            KongPeer kong = served.connect();
            kong.event(kong.start("probe", Served.CONFIG), "access");
            assertThat(HexFormat.of().formatHex(kong.expectCall(EXIT)))
                    .isEqualTo("08c901" + "12026869" + "1a0a" + "0a08" + "0a0141" + "1203" + "1a0131");
            kong.expectEndOfStream();
        }
    }

    @Test
    @DisplayName("K33 setters before an exit leave with it, and the server waits for their answers and no other")
    void waitsForTheAnswersBeforeAnExit() throws Exception {
        try (Served served = Served.by(Probe.of(kong -> {
            kong.service().request().clearHeader("If-Match");
            return Outcome.exit(200);
        }))) {
            KongPeer kong = served.connect();
            kong.event(kong.start("probe", Served.CONFIG), "access");
            kong.expectCall("kong.service.request.clear_header");
            kong.expectCall(EXIT);
            assertThat(served.server().connections()).isEqualTo(1);
            kong.replyNothing();
            kong.expectEndOfStream();
        }
    }

    @Test
    @DisplayName("K34 headers of one connection or one framing are left out")
    void leavesOutHeadersOfTheConnection() throws Exception {
        Headers stored = Headers.of("Content-Length", "5", "transfer-encoding", "chunked")
                .with("Connection", "close")
                .with("X", "1");
        try (Served served = Served.by(Probe.of(kong -> Outcome.exit(200, stored, "hello")))) {
            KongPeer kong = served.connect();
            kong.event(kong.start("probe", Served.CONFIG), "access");
            assertThat(kong.expectCall(EXIT, ExitArgs.parser()).getHeaders().getFieldsList())
                    .extracting(LuaEntry::getKey)
                    .extracting(key -> key.toStringUtf8())
                    .containsExactly("X");
        }
    }

    @Test
    @DisplayName("K35 a body of any bytes and any size arrives as it is")
    void sendsEveryByte() throws Exception {
        byte[] all = new byte[256 * 1024];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        try (Served served = Served.by(Probe.of(kong -> Outcome.exit(200, Headers.none(), all)))) {
            KongPeer kong = served.connect();
            kong.event(kong.start("probe", Served.CONFIG), "response");
            assertThat(kong.expectCall(EXIT, ExitArgs.parser()).getBody().toByteArray())
                    .isEqualTo(all);
            kong.expectEndOfStream();
        }
    }

    @Test
    @DisplayName("K36 what Kong would refuse is refused in Java")
    void refusesWhatKongWouldRefuse() {
        assertThatThrownBy(() -> Outcome.exit(99)).hasMessageContaining("99");
        assertThatThrownBy(() -> Outcome.exit(600)).hasMessageContaining("600");
        assertThatThrownBy(() -> Headers.of("a\nb", "c")).hasMessageContaining("a\\nb");
        assertThatThrownBy(() -> Headers.of("a", "b\nc")).hasMessageContaining("line break");
    }

    @Test
    void aStatusThatPrereadDoesNotKnowIsAFailure() throws Exception {
        try (Served served = Served.by(Probe.of(kong -> Outcome.exit(404)))) {
            KongPeer kong = served.connect();
            kong.event(kong.start("probe", Served.CONFIG), "preread");
            kong.expectCall("kong.log.err");
            assertThat(kong.expectCall(EXIT, ExitArgs.parser()).getStatus()).isEqualTo(500);
        }
    }

    @Test
    void noOutcomeIsAFailure() throws Exception {
        try (Served served = Served.by(new NoOutcome())) {
            KongPeer kong = served.connect();
            kong.event(kong.start("no-outcome", Served.CONFIG), "access");
            kong.expectCall("kong.log.err");
            kong.expectCall(EXIT);
            served.awaitSaid("null instead of an Outcome");
        }
    }

    /** Compiled without a null checker, as plugins may be. */
    private static final class NoOutcome implements io.gatewright.pdk.KongPlugin<Probe.Config> {
        @Override
        @SuppressWarnings("NullAway")
        public Outcome access(io.gatewright.pdk.Kong kong, Probe.Config config) {
            return null;
        }
    }
}
