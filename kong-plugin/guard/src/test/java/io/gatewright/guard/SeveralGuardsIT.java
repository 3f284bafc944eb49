package io.gatewright.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.guard.http.Digests;
import io.gatewright.guard.http.Fields;
import io.gatewright.guard.http.Octets;
import io.gatewright.guard.http.Reply;
import io.gatewright.guard.http.RequestHead;
import io.gatewright.guard.store.IdempotencyStore.Options;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Gateways that differ in their clocks or in what they have heard of the settings. */
final class SeveralGuardsIT extends GuardFixture {
    @ParameterizedTest
    @ValueSource(ints = {-1, 1})
    void case31AGatewayWhoseClockIsAnHourOffGivesTheSameAnswers(int hours) throws Exception {
        Clock off = Clock.offset(Clock.systemUTC(), Duration.ofHours(hours));
        try (GuardedUpstream wrong =
                new GuardedUpstream(Pepper.of(List.of(GuardedUpstream.SECRET)), Options.DEFAULT, off)) {
            Reply first = wrong.send(post(), "{}");
            Reply replayed = wrong.send(post(), "{}");
            assertThat(first.fields().first("idempotency-status")).matches("executed;expires=86[34][0-9]{2}");
            assertThat(replayed.body()).isEqualTo(first.body());
            assertThat(replayed.fields().first("idempotency-status"))
                    .matches("replayed;age=[0-9]{1,2};expires=86[34][0-9]{2}");
            assertThat(wrong.executions).hasValue(1);

            long now = Long.parseLong(wrong.ask("SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint"));
            assertThat(wrong.send(minted(now), "{}").status()).isEqualTo(201);
            isProblem(wrong.send(minted(now + 3_600_000), "{}"), 400, "key-malformed");
            isProblem(wrong.send(minted(now - Duration.ofDays(9).toMillis()), "{}"), 409, "key-expired");
            assertThat(wrong.executions).hasValue(2);
        }
    }

    /** A UUIDv7 of that time. */
    private static RequestHead minted(long millis) {
        String time = "%012x".formatted(millis);
        String random = UUID.randomUUID().toString();
        String uuid = time.substring(0, 8) + "-" + time.substring(8) + "-7" + random.substring(15, 18) + "-8"
                + random.substring(20);
        return new RequestHead("POST", "/orders", Fields.of("idempotency-key", uuid));
    }

    @Test
    void case37GatewaysOfTwoPoliciesRunAKeyOnceBetweenThem() throws Exception {
        GuardPolicy older = GuardedUpstream.POLICY;
        GuardPolicy newer = GuardedUpstream.policy("required", "uuid", false, false);
        Caller caller = GuardedUpstream.caller("acme-de", "alice");
        try (Guard other = new Guard(upstream.store, Pepper.of(List.of(GuardedUpstream.SECRET)), Clock.systemUTC())) {
            Pending running = switch (ask(upstream.guard, caller, older)) {
                case Decision.Proceed(Pending pending) -> pending;
                case Decision decision -> throw new AssertionError(decision);
            };
            assertThat(ask(other, another(caller), newer))
                    .isInstanceOfSatisfying(
                            Decision.Answer.class,
                            answer -> assertThat(answer.reply().status()).isEqualTo(409));
            upstream.guard.onResponse(
                    running, new Ending.Answered(201, Fields.of("location", "/orders/1"), Octets.of("{}")));
            assertThat(ask(other, another(caller), newer)).isInstanceOfSatisfying(Decision.Answer.class, answer -> {
                assertThat(answer.reply().status()).isEqualTo(201);
                assertThat(answer.reply().fields().first("location")).isEqualTo("/orders/1");
            });
        }
    }

    private Decision ask(Guard guard, Caller caller, GuardPolicy policy) {
        return guard.onRequest(post(), Digests.of(Octets.of("{}")), caller, policy);
    }

    private static Caller another(Caller caller) {
        return GuardedUpstream.caller(caller.tenant(), caller.actor());
    }
}
