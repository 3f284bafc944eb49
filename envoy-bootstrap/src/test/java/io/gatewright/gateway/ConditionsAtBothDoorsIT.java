package io.gatewright.gateway;

import static io.gatewright.gateway.Documents.setting;
import static io.gatewright.gateway.Documents.tenant;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Conditions on a module that compares them, told by a real Envoy and a simulated Kong in the same lines; the numbers are those of
 * docs/guard-cases.md.
 */
final class ConditionsAtBothDoorsIT {
    private static final String BEFORE = "Sun, 06 Nov 1994 08:49:37 GMT";

    private static BothDoors doors;

    private final String paper = "/api/papers/" + UUID.randomUUID();

    @BeforeAll
    static void start() throws Exception {
        doors = new BothDoors(
                tenant("strict"),
                setting("tenant=strict", "precondition.mode", "\"require\""),
                tenant("tagged"),
                setting("tenant=tagged", "precondition.etag", "\"auto\""),
                tenant("digest"),
                setting("tenant=digest", "precondition.etag", "\"digest\""),
                tenant("digest-too"),
                setting("tenant=digest-too", "precondition.etag", "\"digest\""));
    }

    @AfterAll
    static void stop() {
        doors.close();
    }

    private Request get(Teller gateway) {
        return gateway.as("acme-de", "GET", paper);
    }

    private Request put(Teller gateway) {
        return gateway.as("acme-de", "PUT", paper).sized(3);
    }

    @Test
    void case68And69TheCurrentTagWritesAndAStaleOneDoesNot() throws Exception {
        doors.each(gateway -> {
            assertThat(gateway.tell(put(gateway).with("if-none-match", "*"))).isEqualTo("201, ran 1");
            String read = gateway.send(get(gateway)).header("etag");
            Answer written = gateway.send(put(gateway).with("if-match", read));
            assertThat(Teller.line(written)).isEqualTo("200");
            assertThat(written.header("etag")).isNotEmpty().isNotEqualTo(read);
            Answer stale = gateway.send(put(gateway).with("if-match", read));
            assertThat(stale.status()).isEqualTo(412);
            assertThat(stale.body()).as("the module's own").isEqualTo("stale");
            assertThat(stale.header("etag")).isEqualTo(written.header("etag"));
        });
    }

    @Test
    void case71AStarAsksWhetherThereIsOne() throws Exception {
        doors.tellTheSame(
                gateway -> List.of(
                        gateway.tell(put(gateway).with("if-match", "*")),
                        gateway.tell(put(gateway).with("if-none-match", "*")),
                        gateway.tell(put(gateway).with("if-match", "*")),
                        gateway.tell(put(gateway).with("if-none-match", "*")),
                        gateway.tell(put(gateway).with("if-match", "*, \"v2\""))),
                "412, ran 1",
                "201, ran 1",
                "200, ran 1",
                "412, ran 1",
                "400 precondition-malformed, ran 0");
    }

    @Test
    void case72ListsAreReadAsTheStandardHasThem() throws Exception {
        doors.tellTheSame(
                gateway -> List.of(
                        gateway.tell(put(gateway)),
                        gateway.tell(put(gateway).with("if-match", "\"x\" ,, \"v1\"")),
                        gateway.tell(put(gateway).with("if-match", "\"a,b\"")),
                        gateway.tell(put(gateway).with("if-match", "W/\"v2\"")),
                        gateway.tell(put(gateway).with("if-match", "v2"))),
                "201, ran 1",
                "200, ran 1",
                "412, ran 1",
                "412 precondition-failed, ran 0",
                "400 precondition-malformed, ran 0");
    }

    @Test
    void case77OfManyWhoCreateOneDoes() throws Exception {
        doors.each(gateway -> {
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int round = 0; round < 25; round++) {
                    Request create = gateway.as("acme-de", "PUT", paper + "/" + round)
                            .with("if-none-match", "*")
                            .sized(3);
                    List<Future<Answer>> answers = new ArrayList<>();
                    for (int i = 0; i < 4; i++) {
                        answers.add(threads.submit(() -> gateway.send(create)));
                    }
                    List<Integer> statuses = new ArrayList<>();
                    for (Future<Answer> answer : answers) {
                        statuses.add(answer.get().status());
                    }
                    assertThat(statuses).as("round " + round).containsExactlyInAnyOrder(201, 412, 412, 412);
                }
            }
        });
    }

    /** Dates are the module's to compare, and cannot tell two writes of one second apart; hence they do not count as a condition. */
    @Test
    void case79DatesAreWeakerThanTags() throws Exception {
        doors.tellTheSame(
                gateway -> List.of(
                        gateway.tell(put(gateway)),
                        gateway.tell(put(gateway).with("if-match", "\"v1\"").with("if-unmodified-since", BEFORE)),
                        gateway.tell(put(gateway).with("if-unmodified-since", "yesterday")),
                        gateway.tell(put(gateway).with("if-unmodified-since", BEFORE)),
                        gateway.tell(put(gateway).with("if-unmodified-since", VersionedUpstream.WRITTEN)),
                        gateway.tell(put(gateway).with("if-unmodified-since", VersionedUpstream.WRITTEN)),
                        gateway.tell(gateway.as("strict", "PUT", paper)
                                .with("if-unmodified-since", VersionedUpstream.WRITTEN)
                                .sized(3))),
                "201, ran 1",
                "200, ran 1",
                "200, ran 1",
                "412, ran 1",
                "200, ran 1",
                "200, ran 1",
                "428 precondition-required, ran 0");
    }

    @Test
    void case82TheTagOfACompressedAnswerStaysStrongAndWrites() throws Exception {
        doors.each(gateway -> {
            gateway.send(put(gateway));
            Answer read = gateway.send(get(gateway).with("accept-encoding", "gzip"));
            assertThat(read.header("content-encoding")).isEqualTo("gzip");
            assertThat(read.header("etag")).isEqualTo("\"v1-gzip\"");
            assertThat(gateway.tell(put(gateway).with("if-match", read.header("etag"))))
                    .isEqualTo("200, ran 1");
        });
    }

    @Test
    void case82And85And86TagsThatTheGuardMakesDifferByCodingAndTenant() throws Exception {
        doors.each(gateway -> {
            gateway.send(put(gateway));
            Request read = gateway.as("digest", "GET", paper);
            String plain = gateway.send(read).header("etag");
            Answer coded = gateway.send(read.with("accept-encoding", "gzip"));
            String other = gateway.send(gateway.as("digest-too", "GET", paper)).header("etag");
            assertThat(plain).matches("\"[A-Za-z0-9_-]{43}\"");
            assertThat(coded.header("etag")).matches("\"[A-Za-z0-9_-]{43}-gzip\"");
            assertThat(coded.header("vary")).containsIgnoringCase("accept-encoding");
            assertThat(other).matches("\"[A-Za-z0-9_-]{43}\"").isNotEqualTo(plain);
            Request known = read.with("if-none-match", plain);
            assertThat(gateway.send(known).status()).isEqualTo(304);
            assertThat(gateway.send(known.with("accept-encoding", "gzip")).status())
                    .isEqualTo(200);
            assertThat(gateway.send(gateway.as("digest-too", "GET", paper).with("if-none-match", plain))
                            .status())
                    .isEqualTo(200);
        });
    }

    @Test
    void case84AfterA412TheKeyMayComeWithTheFreshTag() throws Exception {
        doors.each(gateway -> {
            Request keyed = put(gateway).with("idempotency-key", paper.replace('/', '-'));
            gateway.send(put(gateway));
            assertThat(gateway.send(keyed.with("if-match", "\"v0\"")).status()).isEqualTo(412);
            Waiting.until(
                    "the key is free",
                    () -> gateway.send(keyed.with("if-match", "\"v1\"")).status() == 200);
            assertThat(gateway.send(get(gateway)).header("etag")).isEqualTo("\"v2\"");
        });
    }

    /** See docs/guard.md for why a Kong has kept no body: nginx would have compared the condition with the new tag. */
    @Test
    void case80And83TheRetryOfAWriteWithAConditionIsNotHeldAgainstTheNewTag() throws Exception {
        List<List<String>> told = doors.tell(gateway -> {
            Request keyed = put(gateway)
                    .with("idempotency-key", paper.replace('/', '-'))
                    .with("if-match", "\"v1\"");
            gateway.send(put(gateway));
            String first = gateway.tell(keyed).replace(" executed", "");
            Waiting.until(
                    "the answer is kept",
                    () -> !Teller.line(gateway.send(keyed)).contains("in-progress"));
            return List.of(
                    first, gateway.tell(keyed), gateway.send(get(gateway)).header("etag"));
        });
        assertThat(told)
                .containsExactly(
                        List.of("200, ran 1", "200 replayed marked, ran 0", "\"v2\""),
                        List.of("200, ran 1", "409 replay-unavailable, ran 0", "\"v2\""));
    }

    @Test
    void case81AWriteNeverBecomes304() throws Exception {
        doors.each(gateway -> {
            gateway.send(put(gateway));
            Request keyed = put(gateway).with("idempotency-key", paper.replace('/', '-'));
            assertThat(gateway.send(keyed.with("if-none-match", "\"v2\"")).status())
                    .isEqualTo(200);
        });
    }

    @Test
    void case78AReadWhoseTagTheClientHasGetsNoBody() throws Exception {
        doors.each(gateway -> {
            gateway.send(put(gateway));
            Request read = gateway.as("tagged", "GET", paper).with("if-none-match", "\"x\", W/\"v1\"");
            Answer known = gateway.send(read);
            assertThat(known.status()).isEqualTo(304);
            for (String kept : List.of("etag", "vary", "cache-control", "expires", "date")) {
                assertThat(known.header(kept)).as(kept).isNotEmpty();
            }
            assertThat(known.header("content-type") + known.header("content-length"))
                    .isEmpty();
        });
    }

    /** On a Kong it is the module that may answer 304, and this one does not. */
    @Test
    void case78AHeadIsJudgedAsItsGetOnEnvoy() throws Exception {
        List<List<String>> told = doors.tell(gateway -> {
            gateway.send(put(gateway));
            Request read = gateway.as("tagged", "HEAD", paper).with("if-none-match", "\"x\", W/\"v1\"");
            return List.of(gateway.tell(read), gateway.send(read).header("etag"));
        });
        assertThat(told).containsExactly(List.of("304, ran 1", "\"v1\""), List.of("200, ran 1", "\"v1\""));
    }
}
