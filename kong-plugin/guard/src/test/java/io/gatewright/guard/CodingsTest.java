package io.gatewright.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.guard.http.Fields;
import io.gatewright.guard.http.Octets;
import io.gatewright.guard.http.Reply;
import io.gatewright.guard.http.RequestHead;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CodingsTest {
    private static final RequestHead PLAIN = new RequestHead("POST", "/", Fields.of("accept-encoding", "identity"));

    private static Reply coded(String coding, byte[] body) {
        return new Reply(201, Fields.of("content-encoding", coding, "etag", "\"v1\""), Octets.of(body));
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(plain);
        }
        return out.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "identity", "br, deflate", "gzip;q=0", "GZIP; q=0.00, *", "*;q=0", "gzip2"})
    void case53TakesTheCodingOffForAClientThatDoesNotNameIt(String accepted) throws IOException {
        Reply replay = coded("gzip", gzip(new byte[] {'o', 'k'}));

        Reply readable = Codings.readable(replay, new RequestHead("POST", "/", Fields.of("accept-encoding", accepted)));

        assertThat(readable).isEqualTo(new Reply(201, Fields.of("etag", "\"v1\""), Octets.of("ok")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "br, x-gzip;q=0.5", "*", "identity;q=0, GZIP"})
    void case53LeavesItForAClientThatDoes(String accepted) throws IOException {
        Reply replay = coded("gzip", gzip(new byte[] {'o', 'k'}));
        assertThat(Codings.readable(replay, new RequestHead("POST", "/", Fields.of("accept-encoding", accepted))))
                .isSameAs(replay);
    }

    @Test
    void case53LeavesWhatItCannotTakeOff() throws IOException {
        byte[] gzip = gzip(new byte[] {'o', 'k'});
        for (Reply replay : new Reply[] {coded("br", gzip), coded("gzip, br", gzip), coded("gzip", new byte[] {1})}) {
            assertThat(Codings.readable(replay, PLAIN)).isSameAs(replay);
        }
    }

    @Test
    void case57AnAnswerThatStandsForFarMoreStaysAsItIs() throws IOException {
        Reply most = coded("gzip", gzip(new byte[Codings.MOST_BYTES]));
        assertThat(Codings.readable(most, PLAIN).body().size()).isEqualTo(Codings.MOST_BYTES);
        Reply bomb = coded("gzip", gzip(new byte[Codings.MOST_BYTES + 1]));
        assertThat(bomb.body().size()).isLessThan(10_000);
        assertThat(Codings.readable(bomb, PLAIN)).isSameAs(bomb);
    }
}
