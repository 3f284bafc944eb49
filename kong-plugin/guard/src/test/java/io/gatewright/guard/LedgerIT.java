package io.gatewright.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.guard.http.Fields;
import io.gatewright.guard.http.Octets;
import io.gatewright.guard.http.Reply;
import io.gatewright.guard.http.RequestHead;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What writers of one resource get where every writer passes the gateway, from a real Postgres. */
final class LedgerIT extends GuardFixture {
    private static final String ORDER = "/orders/1";
    private static final GuardPolicy SOLE = GuardedUpstream.soleWriter();
    private static final Fields NO_TAG = Fields.none();

    private static RequestHead head(String method, String... fields) {
        return new RequestHead(method, ORDER, Fields.of(fields));
    }

    private Reply send(RequestHead head) {
        return upstream.send(head, "{}", GuardedUpstream.caller("acme-de", "alice"), SOLE);
    }

    private int put(String ifMatch) {
        return send(head("PUT", "if-match", ifMatch)).status();
    }

    private Reply read() {
        return send(head("GET"));
    }

    private void answers(int status, String etag) {
        upstream.answers = head -> answer(status, etag);
    }

    private static Ending answer(int status, String etag) {
        return new Ending.Answered(status, etag.isEmpty() ? NO_TAG : Fields.of("etag", etag), Octets.NONE);
    }

    private long count(String what) {
        return upstream.guard.tally().counts().getOrDefault(what, 0L);
    }

    /** As if this much time had gone. */
    private void later(String interval) {
        upstream.sql("UPDATE idempotency.resource SET lease_until = lease_until - interval '" + interval + "'");
    }

    /** A writer that gets through and then says nothing any more. */
    private Pending dies(String ifMatch) {
        Decision decision = upstream.guard.onLedger(
                head("PUT", "if-match", ifMatch), GuardedUpstream.caller("acme-de", "bob"), SOLE);
        assertThat(decision).isInstanceOf(Decision.Proceed.class);
        return ((Decision.Proceed) decision).pending();
    }

    /** Two at once, again and again; returns how many rounds had another end than one success and one refusal. */
    private int race(int rounds, Function<Integer, RequestHead> heads, GuardPolicy policy, List<Integer> refusals)
            throws Exception {
        int wrong = 0;
        CyclicBarrier start = new CyclicBarrier(2);
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            for (int round = 0; round < rounds; round++) {
                RequestHead head = heads.apply(round);
                Callable<Integer> writer = () -> {
                    start.await();
                    return upstream.send(head, "{}", GuardedUpstream.caller("acme-de", "alice"), policy)
                            .status();
                };
                List<Future<Integer>> both = List.of(threads.submit(writer), threads.submit(writer));
                List<Integer> statuses =
                        new ArrayList<>(List.of(both.get(0).get(), both.get(1).get()));
                boolean right = statuses.removeIf(status -> status < 300)
                        && statuses.size() == 1
                        && refusals.containsAll(statuses);
                wrong += right ? 0 : 1;
            }
        }
        return wrong;
    }

    @Test
    void case73OfTwoWritersWithOneTagOneSucceedsBeforeAnUpstreamThatComparesNothing() throws Exception {
        AtomicInteger version = new AtomicInteger();
        upstream.answers = head -> answer(200, "\"v" + version.incrementAndGet() + "\"");
        int wrong =
                race(1_000, round -> head("PUT", "if-match", "\"v" + version.get() + "\""), SOLE, List.of(409, 412));
        assertThat(wrong).isZero();
        assertThat(version).as("no update was lost").hasValue(1_000);
        ran(1_000);
    }

    @Test
    void case73OfTwoWritersWithOneTagOneSucceedsWhereTheUpstreamCompares() throws Exception {
        AtomicReference<String> tag = new AtomicReference<>("\"v0\"");
        AtomicInteger versions = new AtomicInteger();
        upstream.answers = head -> {
            String next = "\"v" + versions.incrementAndGet() + "\"";
            String now = tag.get();
            boolean written = now.equals(head.fields().first("if-match")) && tag.compareAndSet(now, next);
            return answer(written ? 200 : 412, written ? next : tag.get());
        };
        int wrong = race(1_000, round -> head("PUT", "if-match", tag.get()), GuardedUpstream.POLICY, List.of(412));
        assertThat(wrong).isZero();
        ran(2_000);
    }

    @Test
    void case74AWriterThatDiesLeavesTheResourceToARead() throws Exception {
        answers(200, "\"v1\"");
        assertThat(put("\"v0\"")).isEqualTo(200);
        Pending dead = dies("\"v1\"");
        isProblem(send(head("PUT", "if-match", "\"v1\"")), 409, "resource-busy");
        later("1 hour");
        Reply quarantined = send(head("PUT", "if-match", "\"v1\""));
        isProblem(quarantined, 409, "resource-busy");
        assertThat(quarantined.fields().first("retry-after")).isEqualTo("1");
        answers(200, "\"v2\""); // for the dead one's write has been done
        assertThat(read().status()).isEqualTo(200);
        assertThat(count("ledger-reconciled")).isEqualTo(1);
        Reply stale = send(head("PUT", "if-match", "\"v1\""));
        isProblem(stale, 412, "precondition-failed");
        assertThat(stale.fields().first("etag")).isEqualTo("\"v2\"");
        upstream.guard.onResponse(dead, answer(200, "\"v9\""));
        answers(200, "\"v3\"");
        assertThat(put("\"v2\"")).isEqualTo(200);
        ran(3);
    }

    @Test
    void case74AReadBeforeTheBoundIsOverEndsNoQuarantine() throws Exception {
        answers(200, "\"v1\"");
        assertThat(put("\"v0\"")).isEqualTo(200);
        upstream.answers = head -> new Ending.Unknown(Ending.Cause.TIMEOUT);
        send(head("PUT", "if-match", "\"v1\""));
        assertThat(count("ledger-quarantined")).isEqualTo(1);
        answers(200, "\"v1\"");
        Decision before = upstream.guard.onLedger(head("GET"), GuardedUpstream.caller("acme-de", "bob"), SOLE);
        later("2 minutes");
        upstream.guard.onResponse(((Decision.Proceed) before).pending(), answer(200, "\"v1\""));
        Reply busy = send(head("PUT", "if-match", "\"v1\""));
        isProblem(busy, 409, "resource-busy");
        answers(404, "");
        read();
        isProblem(send(head("PUT", "if-match", "\"v1\"")), 412, "precondition-failed");
        answers(201, "\"v3\"");
        assertThat(send(head("PUT", "if-none-match", "*")).status()).isEqualTo(201);
    }

    @Test
    void everyEndWithoutAWholeAnswerQuarantinesAndEveryRefusalSetsFree() {
        for (Ending lost : List.of(
                answer(500, ""),
                answer(408, ""),
                answer(202, "\"v2\""),
                new Ending.Unknown(Ending.Cause.CONNECTION_LOST))) {
            upstream.sql("DELETE FROM idempotency.resource");
            upstream.answers = head -> lost;
            send(head("PUT"));
            answers(200, "\"v2\"");
            assertThat(send(head("PUT")).status()).as(lost.toString()).isEqualTo(409);
        }
        upstream.sql("DELETE FROM idempotency.resource");
        answers(200, "\"v1\"");
        send(head("PUT"));
        for (Ending free : List.of(
                answer(404, ""),
                answer(422, ""),
                new Ending.Answered(503, Fields.of("retry-after", "1"), Octets.NONE),
                new Ending.Answered(500, Fields.of("idempotency-outcome", "not-applied"), Octets.NONE),
                new Ending.NotSent())) {
            upstream.answers = head -> free;
            send(head("PUT", "if-match", "\"v1\""));
            answers(200, "\"v1\"");
            assertThat(put("\"v1\"")).as(free.toString()).isEqualTo(200);
        }
    }

    @Test
    void case75AReadThatFindsAnotherTagIsAnAlarmAndTheLedgerFollows() throws Exception {
        answers(200, "\"v1\"");
        put("\"v0\"");
        read();
        assertThat(count("ledger-drift")).isZero();
        answers(200, "\"by-the-back-door\"");
        read();
        assertThat(count("ledger-drift")).isEqualTo(1);
        isProblem(send(head("PUT", "if-match", "\"v1\"")), 412, "precondition-failed");
        assertThat(put("\"by-the-back-door\"")).isEqualTo(200);
    }

    @Test
    void case75TheUpstreamsOwnRefusalIsAnAlarmAndTheResourceMustBeReadAgain() throws Exception {
        answers(200, "\"v1\"");
        put("\"v0\"");
        answers(412, "");
        assertThat(put("\"v1\"")).isEqualTo(412);
        assertThat(count("ledger-drift")).isEqualTo(1);
        answers(200, "\"v5\"");
        isProblem(send(head("PUT", "if-match", "\"v5\"")), 412, "precondition-failed");
        read();
        assertThat(count("ledger-drift")).isEqualTo(1);
        assertThat(put("\"v5\"")).isEqualTo(200);
    }

    @Test
    void case76ATagOfContentThatComesBackPassesAndAVersionDoesNot() {
        for (String tag : List.of("\"hash-of-a\"", "\"hash-of-b\"", "\"hash-of-a\"")) {
            answers(200, tag);
            send(head("PUT"));
        }
        assertThat(put("\"hash-of-a\"")).as("two writes in between").isEqualTo(200);
        for (String tag : List.of("\"1\"", "\"2\"", "\"3\"")) {
            answers(200, tag);
            send(head("PUT"));
        }
        assertThat(put("\"1\"")).isEqualTo(412);
    }

    @Test
    void case77OfTwoCreationsOneSucceeds() throws Exception {
        answers(201, "\"v1\"");
        int wrong = race(
                100,
                round -> new RequestHead("PUT", "/orders/" + round, Fields.of("if-none-match", "*")),
                SOLE,
                List.of(409, 412));
        assertThat(wrong).isZero();
        ran(100);
    }

    @Test
    void aDeletedResourceHasNoTagOfBefore() throws Exception {
        answers(200, "\"v1\"");
        put("\"v0\"");
        answers(204, "");
        assertThat(send(head("DELETE", "if-match", "\"v1\"")).status()).isEqualTo(204);
        isProblem(send(head("PUT", "if-match", "\"v1\"")), 412, "precondition-failed");
        isProblem(send(head("PUT", "if-match", "*")), 412, "precondition-failed");
        answers(201, "\"v3\"");
        assertThat(send(head("PUT", "if-none-match", "*")).status()).isEqualTo(201);
        isProblem(send(head("PUT", "if-match", "\"v1\"")), 412, "precondition-failed");
    }

    @Test
    void case83And84AReplayComesBeforeTheLedgerAndARefusalSetsTheKeyFree() throws Exception {
        RequestHead put = request("PUT", ORDER, "if-match", "\"v0\"");
        answers(200, "\"v1\"");
        assertThat(send(put).fields().first("idempotency-status")).startsWith("executed");
        assertThat(send(put).fields().first("idempotent-replayed")).isEqualTo("true");
        ran(1);
        String other = "a-key-of-another-write";
        isProblem(send(head("PUT", "if-match", "\"v0\"", "idempotency-key", other)), 412, "precondition-failed");
        assertThat(send(head("PUT", "if-match", "\"v1\"", "idempotency-key", other))
                        .status())
                .isEqualTo(200);
        ran(2);
    }

    @Test
    void onePathInSeveralSpellingsIsOneResource() throws Exception {
        answers(200, "\"v1\"");
        put("\"v0\"");
        for (String spelling : List.of("/orders/%31", "/orders//1", "/orders/1/", "/%6Frders/1?x=1")) {
            isProblem(
                    upstream.send(
                            new RequestHead("PUT", spelling, Fields.of("if-match", "\"v0\"")),
                            "{}",
                            GuardedUpstream.caller("acme-de", "alice"),
                            SOLE),
                    412,
                    "precondition-failed");
        }
        assertThat(upstream.ask("SELECT count(*) FROM idempotency.resource")).isEqualTo("1");
        assertThat(upstream.ask("SELECT resource::text FROM idempotency.resource"))
                .doesNotContain("orders");
    }

    @Test
    void writesNothingWhileTheStoreIsAwayAndReadsAllTheSame() throws Exception {
        upstream.sql("ALTER TABLE idempotency.resource RENAME TO gone");
        isProblem(send(head("PUT", "if-match", "\"v1\"")), 503, "store-unavailable");
        isProblem(send(request("PUT", ORDER)), 503, "store-unavailable");
        ran(0);
        answers(200, "\"v1\"");
        assertThat(read().status()).isEqualTo(200);
        upstream.sql("ALTER TABLE idempotency.gone RENAME TO resource");
        assertThat(send(request("PUT", ORDER)).status()).isEqualTo(200);
    }

    @Test
    void otherMethodsAndRoutesWithoutALedgerPass() {
        answers(200, "\"v1\"");
        dies("\"v1\"");
        assertThat(send(head("POST")).status()).isEqualTo(200);
        assertThat(read().status()).isEqualTo(200);
        assertThat(upstream.send(head("PUT"), "{}", GuardedUpstream.caller("acme-de", "alice"), GuardedUpstream.POLICY)
                        .status())
                .isEqualTo(200);
    }
}
