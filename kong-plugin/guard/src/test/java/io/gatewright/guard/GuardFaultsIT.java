package io.gatewright.guard;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatewright.guard.http.Fields;
import io.gatewright.guard.http.Octets;
import io.gatewright.guard.http.Reply;
import io.gatewright.guard.http.RequestHead;
import io.gatewright.guard.store.KeyState;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/** What callers get when something went wrong, or is long ago. */
final class GuardFaultsIT extends GuardFixture {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void case17And24SaysThatTheOutcomeIsUnknownAndRunsNothing() throws Exception {
        upstream.answers = head -> new Ending.Answered(500, Fields.none(), Octets.NONE);
        assertThat(send("{}").fields().first("idempotency-status")).isEqualTo("unknown");
        isProblem(send("{}"), 409, "outcome-unknown");
        isProblem(send("{\"other\":1}"), 422, "fingerprint-mismatch");
        ran(1);
        assertThat(upstream.ask("SELECT body FROM events.log WHERE type = 'gateway.request.outcome-unknown.v1'"))
                .contains("server-error");
    }

    @Test
    void case21SaysThatAKeyIsExpiredForAWeekAndForgetsItThen() throws Exception {
        send("{}");
        upstream.sql("UPDATE idempotency.claim SET expires = clock_timestamp() - interval '1 second'");
        Reply expired = send("{}");
        isProblem(expired, 409, "key-expired");
        assertThat(JSON.readTree(expired.body().text()).path("originalStatus").asInt())
                .isEqualTo(201);
        assertThat(JSON.readTree(expired.body().text()).path("location").asText())
                .isEqualTo("/orders/1");
        upstream.sql("UPDATE idempotency.claim SET expires = clock_timestamp() - interval '7 days 1 second'");
        assertThat(send("{}").status()).isEqualTo(201);
        ran(2);
    }

    @Test
    void case22KnowsKeysThatAreTooOldOrTooYoungWithoutHavingSeenThem() throws Exception {
        RequestHead old = new RequestHead(
                "POST", "/orders", Fields.of("idempotency-key", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"));
        isProblem(upstream.send(old, "{}"), 409, "key-expired");
        RequestHead future =
                new RequestHead("POST", "/orders", Fields.of("idempotency-key", "7ZZZZZZZZZTSV4RRFFQ69G5FAV"));
        GuardPolicy timed = GuardedUpstream.policy("optional", "time-ordered", false, false);
        isProblem(upstream.send(future, "{}", GuardedUpstream.caller("acme-de", "alice"), timed), 400, "key-malformed");
        ran(0);
        assertThat(upstream.send(future, "{}").status())
                .as("a word like any other where keys need no time")
                .isEqualTo(201);
    }

    @Test
    void case34And19SaysThatAnAnswerWasNotKept() throws Exception {
        upstream.answers =
                head -> new Ending.Answered(201, Fields.of("location", "/orders/9"), Octets.of("x".repeat(262_145)));
        send("{}");
        Reply retry = send("{}");
        isProblem(retry, 409, "replay-unavailable");
        assertThat(JSON.readTree(retry.body().text()).path("location").asText()).isEqualTo("/orders/9");
        ran(1);
    }

    @Test
    void case38FindsKeysMadeUnderAnOlderPepper() {
        send("{}");
        Pepper rotated = Pepper.of(List.of(Octets.of("a newer pepper of thirty-two oct"), GuardedUpstream.SECRET));
        try (Guard later = new Guard(upstream.store, rotated, java.time.Clock.systemUTC())) {
            Decision decision = later.onRequest(
                    post(),
                    io.gatewright.guard.http.Digests.of(Octets.of("{}")),
                    GuardedUpstream.caller("acme-de", "alice"),
                    GuardedUpstream.POLICY);
            assertThat(decision).isInstanceOf(Decision.Answer.class);
        }
        ran(1);
    }

    @Test
    void case48And50KeepsAndReplaysNothingThatIsNotTheAnswers() {
        upstream.answers = head -> new Ending.Answered(
                200,
                Fields.of(
                        "set-cookie",
                        "secret=1",
                        "access-control-allow-origin",
                        "*",
                        "authorization",
                        "secret",
                        "content-type",
                        "text/plain",
                        "connection",
                        "link",
                        "link",
                        "<x>",
                        "x-ratelimit-limit",
                        "1"),
                Octets.of("ok"));
        send("{}");
        upstream.sql(
                "UPDATE idempotency.response SET fields = fields || convert_to(E'location:/a\\rset-cookie: b=1\\nset-cookie:c=1\\n', 'UTF8')");
        Fields replayed = send("{}").fields();
        assertThat(replayed.lines().stream().map(Fields.Field::name))
                .containsExactlyInAnyOrder(
                        "content-type",
                        "cache-control",
                        "idempotent-replayed",
                        "idempotency-status",
                        "idempotency-original-correlation-id");
        assertThat(upstream.ask(
                        "SELECT count(*) FROM idempotency.response WHERE encode(fields, 'escape') LIKE '%secret%'"))
                .isEqualTo("0");
    }

    @Test
    void takesOverOnlyWhereTheRouteSaysSo() throws Exception {
        upstream.answers = head -> new Ending.Unknown(Ending.Cause.TIMEOUT);
        send("{}");
        isProblem(send("{}"), 409, "outcome-unknown");
        GuardPolicy takeover = GuardedUpstream.policy("optional", "any", true, false);
        upstream.answers = head -> new Ending.Answered(201, Fields.none(), Octets.of("ok"));
        assertThat(upstream.send(post(), "{}", GuardedUpstream.caller("acme-de", "alice"), takeover)
                        .status())
                .isEqualTo(201);
        ran(2);
    }

    @Test
    void case20And30RefusesAndSendsNothingWhenTheStoreIsAway() throws Exception {
        upstream.sql("ALTER FUNCTION idempotency.acquire RENAME TO gone");
        Reply refused = send("{}");
        isProblem(refused, 503, "store-unavailable");
        assertThat(refused.fields().first("retry-after")).isEqualTo("1");
        ran(0);
    }

    @Test
    void case26DeliversTheAnswerAndKeepsItLater() throws Exception {
        upstream.answers = head -> {
            upstream.sql("ALTER FUNCTION idempotency.complete RENAME TO gone");
            return new Ending.Answered(201, Fields.none(), Octets.of("ok"));
        };
        Reply first = send("{}");
        assertThat(first.status()).isEqualTo(201);
        assertThat(first.fields().first("idempotency-status")).isEqualTo("executed;stored=?0");
        upstream.sql("ALTER FUNCTION idempotency.gone RENAME TO complete");
        Reply retry = upstream.send(post("prefer", "wait=10"), "{}");
        assertThat(retry.status()).as(retry.body().text()).isEqualTo(201);
        assertThat(retry.fields().has("idempotent-replayed")).isTrue();
        ran(1);
    }

    @Test
    void case64KeepsNeitherKeysNorPlainBodiesWhenSealed() throws InterruptedException, ExecutionException {
        try (GuardedUpstream sealed = GuardedUpstream.sealed()) {
            sealed.answers = head -> new Ending.Answered(201, Fields.of("location", "/x"), Octets.of("plain text"));
            sealed.send(post(), "{}");
            Reply replayed = sealed.send(post(), "{}");
            assertThat(replayed.body().text()).isEqualTo("plain text");
            String dump = sealed.ask("SELECT string_agg(r::text, '') FROM idempotency.response r")
                    + sealed.ask("SELECT string_agg(c::text, '') FROM idempotency.claim c");
            assertThat(dump).contains("orders/create").doesNotContain(key).doesNotContain("706c61696e2074657874");
        }
    }

    @Test
    void case44SaysItselfWhatIsAReplayAndLetsNoUpstreamSayIt() {
        upstream.answers = head -> new Ending.Answered(
                201,
                Fields.of("idempotent-replayed", "true", "idempotency-original-correlation-id", "x"),
                Octets.of("ok"));
        Fields first = send("{}").fields();
        assertThat(first.has("idempotent-replayed")).isFalse();
        assertThat(first.has("idempotency-original-correlation-id")).isFalse();
        assertThat(send("{}").fields().first("idempotent-replayed")).isEqualTo("true");
        ran(1);
    }

    @Test
    void case59RepeatsNoAnswerToWhoHasNoToken() throws Exception {
        upstream.answers = head -> new Ending.Answered(201, Fields.of("location", "/orders/9"), Octets.of("private"));
        Caller nobody = GuardedUpstream.caller("acme-de", "");
        assertThat(upstream.send(post(), "{}", nobody, GuardedUpstream.POLICY).status())
                .isEqualTo(201);
        Reply retry = upstream.send(post(), "{}", GuardedUpstream.caller("acme-de", ""), GuardedUpstream.POLICY);
        isProblem(retry, 409, "replay-unavailable");
        assertThat(retry.body().text())
                .contains("201")
                .doesNotContain("private")
                .doesNotContain("/orders/9");
        ran(1);
    }

    @Test
    void sendsOnWithoutTheStoreOnlyWhereThatIsChosen() throws Exception {
        upstream.sql("ALTER FUNCTION idempotency.acquire RENAME TO gone");
        GuardPolicy open = GuardedUpstream.policy("optional", "any", false, true);
        Reply sent = upstream.send(post(), "{}", GuardedUpstream.caller("acme-de", "alice"), open);
        assertThat(sent.status()).isEqualTo(201);
        assertThat(sent.fields().first("idempotency-status")).isEqualTo("bypassed");
        isProblem(send("{}"), 503, "store-unavailable");
        ran(1);
    }

    @Test
    void case34AnEndThatFindsNoRoomIsKeptLater() throws Exception {
        upstream.sql("""
                CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = 'disk_full'; END $$;
                CREATE TRIGGER full_disk BEFORE UPDATE ON idempotency.claim FOR EACH ROW EXECUTE FUNCTION full_disk()""");
        Reply first = send("{}");
        assertThat(first.status()).isEqualTo(201);
        assertThat(first.fields().first("idempotency-status")).isEqualTo("executed;stored=?0");
        upstream.sql("DROP TRIGGER full_disk ON idempotency.claim");
        Reply retry = upstream.send(post("prefer", "wait=10"), "{}");
        if (retry.status() != 201) { // the room came when it tried without the body
            isProblem(retry, 409, "replay-unavailable");
        }
        assertThat(upstream.ask("SELECT state FROM idempotency.claim"))
                .as("done")
                .isEqualTo("2");
        ran(1);
    }

    @Test
    void oneEndThatPostgresRefusesForGoodHoldsUpNoOther() throws Exception {
        upstream.sql("ALTER FUNCTION idempotency.complete RENAME TO gone");
        upstream.answers = head -> new Ending.Answered(799, Fields.none(), Octets.of("odd"));
        send("{}");
        upstream.answers = head -> new Ending.Answered(201, Fields.none(), Octets.of("ok"));
        RequestHead next = new RequestHead("POST", "/orders", Fields.of("idempotency-key", key + "-next"));
        upstream.send(next, "{}");
        upstream.sql("ALTER FUNCTION idempotency.gone RENAME TO complete");
        Reply retry =
                upstream.send(new RequestHead("POST", "/orders", next.fields().plus("prefer", "wait=10")), "{}");
        assertThat(retry.status()).as(retry.body().text()).isEqualTo(201);
        ran(2);
    }

    @Test
    void case25AnOperatorSettlesWhatNobodyKnew() throws Exception {
        KeyDesk desk = new KeyDesk(upstream.store, Pepper.of(List.of(GuardedUpstream.SECRET)));
        KeyDesk.Whose whose = new KeyDesk.Whose("acme-de", "alice", "orders", "create", key);
        assertThat(desk.show(whose)).isEmpty();
        assertThat(desk.release(whose, "nobody has it")).isFalse();
        upstream.answers = head -> new Ending.Unknown(Ending.Cause.TIMEOUT);
        send("{}");
        assertThat(desk.show(whose).orElseThrow().state()).isEqualTo(KeyState.State.UNKNOWN);
        assertThat(desk.release(whose, "not in the books")).isTrue();
        assertThat(desk.show(whose).orElseThrow().cause()).isEqualTo("not in the books");
        isProblemOf504(send("{}"));
        ran(2);
        assertThat(desk.reconcile(whose, 201, "/orders/7", "in the books")).isTrue();
        assertThat(desk.reconcile(whose, 201, "/orders/8", "twice")).isFalse();
        Reply retry = send("{}");
        isProblem(retry, 409, "replay-unavailable");
        assertThat(retry.body().text()).contains("/orders/7").contains("201");
        ran(2);
    }

    private static void isProblemOf504(Reply reply) {
        assertThat(reply.status()).isEqualTo(504);
        assertThat(reply.fields().first("idempotency-status")).isEqualTo("unknown");
    }
}
