package io.gatewright.gateway;

import static io.gatewright.gateway.Documents.setting;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The correlation id: the client's when it is one, else a new one; on every answer. */
final class CorrelationIT {
    private static final String PATH = "/api/orders/1";
    private static final String UUID7 = "0198c5f2-7a1b-7c3d-8e4f-5a6b7c8d9e0f";
    private static final String ULID = "01K3EZ5YGVFGYRWKTV7N8RD7GF";
    private static final String HEADER = "x-correlation-id";
    private static RealGateway gateway;

    @BeforeAll
    static void start() throws Exception {
        gateway = new RealGateway("a", "never", "tight");
        gateway.change(
                setting("tenant=never", "correlation.accept", "\"never\""),
                setting("tenant=tight", "rate-limit.requests", "1"),
                setting("tenant=tight", "rate-limit.period", "\"PT1H\""),
                setting("tenant=a", "body.max-bytes", "100"));
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void keepsAUuidAndAUlid() throws Exception {
        for (String id : new String[] {UUID7, UUID7.toUpperCase(java.util.Locale.ROOT), ULID}) {
            Answer answer =
                    gateway.send(Request.get(PATH).token(gateway.token("a")).with(HEADER, id));
            assertThat(answer.upstreamGot(HEADER)).containsExactly(id);
            assertThat(answer.lines(HEADER)).containsExactly(id);
        }
    }

    @Test
    void replacesWhateverElseIsSent() throws Exception {
        for (String id : new String[] {
            "garbage",
            "",
            "x".repeat(5000),
            UUID7 + "," + UUID7,
            UUID7 + " ",
            UUID7.replace('-', '_'),
            UUID7.substring(1),
            "0198c5f2-7a1b-7c3d-8e4f-5a6b7c8d9e0g",
            "------------------------------------",
            "0198c5f27a1b-7c3d-8e4f-5a6b7c8d-9e0f",
            "81K3EZ5YGVFGYRWKTV7N8RD7GF",
            "01K3EZ5YGVFGYRWKTV7N8RD7GU"
        }) {
            Answer answer =
                    gateway.send(Request.get(PATH).token(gateway.token("a")).with(HEADER, id));
            List<String> got = answer.upstreamGot(HEADER);
            assertThat(got).as(id).hasSize(1);
            assertThat(got.getFirst()).matches(Answer.UUID);
            if (!id.strip().equals(UUID7)) {
                assertThat(got.getFirst()).isNotEqualTo(id);
            }
            assertThat(answer.lines(HEADER)).isEqualTo(got);
        }
    }

    @Test
    void makesOneWhenNoneOrTwoAreSent() throws Exception {
        Request request = Request.get(PATH).token(gateway.token("a"));
        String first = gateway.send(request).header(HEADER);
        assertThat(first).matches(Answer.UUID);
        assertThat(gateway.send(request).header(HEADER)).matches(Answer.UUID).isNotEqualTo(first);
        Answer twice = gateway.send(request.with(HEADER, UUID7).with(HEADER, "1" + UUID7.substring(1)));
        assertThat(twice.upstreamGot(HEADER)).hasSize(1);
        assertThat(twice.upstreamGot(HEADER).getFirst()).matches(Answer.UUID);
        assertThat(twice.lines(HEADER)).isEqualTo(twice.upstreamGot(HEADER));
    }

    @Test
    void standsOnEveryRefusal() throws Exception {
        Request request = Request.get(PATH).with(HEADER, ULID);
        Request tight = request.token(gateway.token("tight"));
        gateway.send(tight).isServed();
        for (Answer refusal : List.of(
                gateway.send(request.tenant("a")).isProblem(401, "token-required"),
                gateway.send(request.token("garbage")).isProblem(401, "invalid-token"),
                gateway.send(request.token(gateway.token("nobody"))).isProblem(404, "unknown-tenant"),
                gateway.send(Request.get("/nothing").with(HEADER, ULID).token(gateway.token("a")))
                        .isProblem(404, "not-found"),
                gateway.send(request.token(gateway.token("a")).sized(101)).isProblem(413, "body-too-large"),
                gateway.send(tight).isProblem(429, "rate-limited"))) {
            assertThat(refusal.lines(HEADER)).containsExactly(ULID);
        }
    }

    @Test
    void isNotThereWhereEnvoyCouldNotReadTheHeaders() throws Exception {
        Answer tooLarge = gateway.send(Request.get(PATH).with("x-large", "x".repeat(60_000)));
        assertThat(tooLarge.status()).isEqualTo(431);
        assertThat(tooLarge.json().path("type").asText()).isEqualTo("urn:gatewright:problem:headers-too-large");
        assertThat(tooLarge.lines(HEADER)).isEmpty();
    }

    @Test
    void replacesTheClientsIdWhereTheTenantNeverAcceptsOne() throws Exception {
        Answer answer =
                gateway.send(Request.get(PATH).token(gateway.token("never")).with(HEADER, UUID7));
        assertThat(answer.upstreamGot(HEADER)).hasSize(1);
        assertThat(answer.upstreamGot(HEADER).getFirst()).matches(Answer.UUID).isNotEqualTo(UUID7);
        assertThat(answer.lines(HEADER)).isEqualTo(answer.upstreamGot(HEADER));
    }
}
