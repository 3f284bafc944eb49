package io.gatewright.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What replays are made of and bodies compared by, told by a real Envoy and a simulated Kong in the same lines; the numbers are
 * those of docs/guard-cases.md.
 */
final class ReplaysAtBothDoorsIT {
    private static final String ORDERS = "/api/orders";
    private static final String PAPERS = "/api/papers";
    private static final String FIRST = "200 executed, ran 1";
    private static final String AGAIN = "200 replayed marked, ran 0";
    private static final String OTHER = "422 fingerprint-mismatch, ran 0";

    private static BothDoors doors;

    private final String key = UUID.randomUUID().toString();

    @BeforeAll
    static void start() throws Exception {
        doors = new BothDoors();
    }

    @AfterAll
    static void stop() {
        doors.close();
    }

    @Test
    void case15And44And50And52AReplayHasWhatBelongsToTheAnswerAndNothingElse() throws Exception {
        doors.each(gateway -> {
            Answer first = gateway.send(gateway.post(key, PAPERS));
            assertThat(Teller.line(first)).as("the module's marks do not count").isEqualTo("201 executed");
            Answer replayed = gateway.send(gateway.post(key, PAPERS));
            assertThat(Teller.line(replayed)).isEqualTo("201 replayed marked");
            assertThat(replayed.lines("idempotent-replayed")).containsExactly("true");
            assertThat(replayed.body()).isEqualTo(first.body());
            for (String kept : List.of("location", "etag", "content-type", "last-modified", "vary")) {
                assertThat(replayed.header(kept)).as(kept).isNotEmpty().isEqualTo(first.header(kept));
            }
            assertThat(replayed.header("cache-control")).isEqualTo("no-store");
            assertThat(first.header("set-cookie")).isEqualTo(VersionedUpstream.COOKIE);
            for (String gone : List.of("age", "expires", "set-cookie")) {
                assertThat(replayed.header(gone)).as(gone).isEmpty();
            }
            assertThat(gateway.door()
                            .ask("SELECT count(*) FROM idempotency.response WHERE position('" + VersionedUpstream.COOKIE
                                    + "'::bytea IN fields || body) > 0"))
                    .isEqualTo("0");
        });
    }

    @Test
    void case52NoCacheKeepsARefusal() throws Exception {
        doors.each(gateway -> {
            gateway.send(gateway.post(key, ORDERS)).isServed();
            Answer refused = gateway.send(gateway.keyed(key, "POST", ORDERS).sized(4));
            refused.isProblem(422, "fingerprint-mismatch");
            assertThat(refused.header("cache-control")).isEqualTo("no-store");
            assertThat(refused.header("age") + refused.header("etag")).isEmpty();
        });
    }

    @Test
    void case53AReplayIsReadableForAClientThatTakesNoGzip() throws Exception {
        doors.each(gateway -> {
            Answer first = gateway.send(gateway.post(key, PAPERS).with("accept-encoding", "gzip"));
            assertThat(first.header("content-encoding")).isEqualTo("gzip");
            Answer same = gateway.send(gateway.post(key, PAPERS).with("accept-encoding", "br, gzip"));
            assertThat(same.header("content-encoding")).isEqualTo("gzip");
            assertThat(same.body()).isEqualTo(first.body());
            for (Request other :
                    List.of(gateway.post(key, PAPERS), gateway.post(key, PAPERS).with("accept-encoding", "identity"))) {
                Answer plain = gateway.send(other);
                assertThat(Teller.line(plain)).isEqualTo("201 replayed marked");
                assertThat(plain.header("content-encoding")).isEmpty();
                assertThat(plain.body()).startsWith("run ");
                assertThat(plain.header("etag")).isEqualTo(first.header("etag"));
            }
        });
    }

    @Test
    void case57AKeptAnswerMayStandForUpToFourMebibytes() throws Exception {
        doors.each(gateway -> {
            Request post = gateway.post(key, PAPERS + "/large");
            Answer first = gateway.send(post.with("accept-encoding", "gzip"));
            assertThat(first.body()).hasSizeLessThan(10_000);
            Answer plain = gateway.send(post);
            assertThat(Teller.line(plain)).isEqualTo("201 replayed marked");
            assertThat(plain.body()).isEqualTo("x".repeat(VersionedUpstream.LARGE));
        });
    }

    @Test
    void case48WhatWouldEndALineIsNotReplayed() throws Exception {
        doors.each(gateway -> {
            gateway.send(gateway.post(key, PAPERS));
            gateway.door()
                    .sql("UPDATE idempotency.response SET fields = fields || convert_to("
                            + "E'link:/a\\rset-cookie: b=1\\nset-cookie:c=1\\n', 'UTF8')");
            Answer replayed = gateway.send(gateway.post(key, PAPERS));
            assertThat(Teller.line(replayed)).isEqualTo("201 replayed marked");
            assertThat(replayed.header("set-cookie") + replayed.header("link")).isEmpty();
            assertThat(replayed.header("location")).isNotEmpty();
        });
    }

    @Test
    void case55BodiesAreComparedByteByByte() throws Exception {
        doors.tellTheSame(
                gateway -> List.of(
                        gateway.tell(gateway.keyed(key, "POST", ORDERS).body("{\"a\":1,\"b\":2}")),
                        gateway.tell(chunks(gateway.keyed(key, "POST", ORDERS), "{\"a\":1", ",\"b\":2}")),
                        gateway.tell(gateway.keyed(key, "POST", ORDERS).body("{\"b\":2,\"a\":1}")),
                        gateway.tell(gateway.keyed(key, "POST", ORDERS).body("{\"a\":1,\"b\":2}\n"))),
                FIRST,
                AGAIN,
                OTHER,
                OTHER);
    }

    private static Request chunks(Request head, String one, String two) {
        Request chunked = head.with("transfer-encoding", "chunked");
        String body = Integer.toHexString(one.length()) + "\r\n" + one + "\r\n" + Integer.toHexString(two.length())
                + "\r\n" + two + "\r\n0\r\n\r\n";
        return new Request(chunked.method(), chunked.path(), chunked.headers(), body);
    }

    @Test
    void case56ABodyThatIsNotWhatItsDigestSaysDoesNotRun() throws Exception {
        doors.tellTheSame(
                gateway -> List.of(gateway.tell(
                        gateway.post(key, ORDERS).with("content-digest", "sha-256=:" + "A".repeat(43) + "=:"))),
                "400 digest-mismatch, ran 0");
    }

    /** Nobody here takes the coding off a request's body: it counts as what it is on the wire. */
    @Test
    void case57ABodyThatStandsForFarMoreIsPassedOnAsItIs() throws Exception {
        String bomb = new String(VersionedUpstream.gzip(new byte[50_000_000]), StandardCharsets.ISO_8859_1);
        doors.each(gateway -> {
            Request post = gateway.keyed(key, "POST", ORDERS)
                    .with("content-encoding", "gzip")
                    .body(bomb);
            Answer first = gateway.send(post).isServed();
            assertThat(first.json().path("bodyBytes").asInt()).isEqualTo(bomb.length());
            assertThat(gateway.tell(post)).isEqualTo(AGAIN);
        });
    }

    @Test
    void case34OfAnAnswerTooLargeToKeepARetryHearsStatusAndPlace() throws Exception {
        doors.each(gateway -> {
            Answer first = gateway.send(gateway.post(key, PAPERS + "/large"));
            assertThat(Teller.line(first)).isEqualTo("201 executed");
            assertThat(first.body()).hasSize(VersionedUpstream.LARGE);
            Answer retry = gateway.send(gateway.post(key, PAPERS + "/large"));
            retry.isProblem(409, "replay-unavailable");
            assertThat(retry.json().path("originalStatus").asInt()).isEqualTo(201);
            assertThat(retry.json().path("location").asText()).isEqualTo(first.header("location"));
        });
    }

    @Test
    void case54AReplayIsWholeWhateverPartIsAskedFor() throws Exception {
        doors.each(gateway -> {
            Answer first = gateway.send(gateway.post(key, PAPERS));
            for (String range : List.of("bytes=0-3", "bytes=-1", "bytes=999999-")) {
                Answer part = gateway.send(
                        gateway.post(key, PAPERS).with("range", range).with("if-range", first.header("etag")));
                assertThat(Teller.line(part)).as(range).isEqualTo("201 replayed marked");
                assertThat(part.header("content-range")).isEmpty();
                assertThat(part.body()).isEqualTo(first.body());
            }
            assertThat(gateway.tell(gateway.keyed(key, "HEAD", ORDERS + "/1"))).isEqualTo("200 ignored, ran 1");
        });
    }
}
