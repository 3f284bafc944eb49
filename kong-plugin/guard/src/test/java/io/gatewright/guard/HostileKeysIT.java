package io.gatewright.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.guard.http.Fields;
import io.gatewright.guard.http.Reply;
import io.gatewright.guard.http.RequestHead;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys that would be something else wherever text becomes code; each is a key like any other, and is written nowhere. */
final class HostileKeysIT extends GuardFixture {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "';DROP/**/TABLE/**/idempotency.claim;--",
                "x'::uuid);SELECT/**/pg_sleep(9);--",
                "$$;SELECT/**/1;$$::bytea",
                "{}}]}:null:{{[[]]0123456789",
                "${jndi:ldap://127.0.0.1:9/a}",
                "%0d%0aevent=forged%20key=other",
                "%s%s%s%n%n%n{}{}{}{0}{1}",
                "../../../../../../etc/passwd",
                "<script>alert(1)</script>"
            })
    void case47AHostileKeyIsAKeyLikeAnyOther(String hostile) {
        Reply first = upstream.send(with(hostile), "{}");
        Reply second = upstream.send(with(hostile), "{}");
        upstream.send(with(hostile + "."), "{}");

        assertThat(first.status()).as(first.body().text()).isEqualTo(201);
        assertThat(second.fields().first("idempotent-replayed")).isEqualTo("true");
        assertThat(second.body()).isEqualTo(first.body());
        ran(2);
        assertThat(upstream.ask("SELECT count(*) FROM idempotency.claim")).isEqualTo("2");
        assertThat(upstream.ask("SELECT string_agg(c::text, '') FROM idempotency.claim c")
                        + upstream.ask("SELECT string_agg(e.body::text, '') FROM events.log e"))
                .contains("orders/create", "gateway.request.executed.v1")
                .doesNotContain(hostile);
    }

    private static RequestHead with(String hostile) {
        return new RequestHead("POST", "/orders", Fields.of("idempotency-key", hostile));
    }
}
