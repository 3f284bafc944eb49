package io.gatewright.gateway;

import static io.gatewright.gateway.Documents.AUDIENCE;
import static io.gatewright.gateway.Documents.listener;
import static io.gatewright.gateway.Documents.org;
import static io.gatewright.gateway.Documents.setting;
import static io.gatewright.gateway.Documents.signingKeys;
import static io.gatewright.gateway.Documents.suspended;
import static io.gatewright.gateway.Documents.tenant;
import static io.gatewright.gateway.Documents.tenantOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.demo.StubIssuer;
import io.gatewright.envoybootstrap.Ports;
import io.gatewright.reference.ReferenceGateway;
import io.gatewright.reference.Verdict;
import io.gatewright.reference.Verdict.CorrelationId;
import io.gatewright.settings.Document;
import io.gatewright.settings.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The real Envoy decides as the reference gateway does, whatever the settings and the request are, and knows every field that
 * it is sent. Repeat a run with {@code -Dparity.seed=N}, lengthen it with {@code -Dparity.rounds=N}; a round is one policy and
 * 40 requests.
 */
final class ParityIT {
    private static final int REQUESTS = 40;
    private static final int FIXED_PORT = Ports.free();
    private static RealGateway gateway;
    private static GeneratedRequest.Issuers issuers;

    @BeforeAll
    static void start() throws Exception {
        gateway = RealGateway.strict();
        issuers = new GeneratedRequest.Issuers(
                gateway.issuer(), new StubIssuer(AUDIENCE), new StubIssuer(AUDIENCE), new StubIssuer(AUDIENCE));
        gateway.change(
                org("beta"),
                tenant("a", "a.example.com"),
                tenant("b", "b.example.com"),
                tenantOf("beta", "other"),
                tenant("single"),
                suspended("stopped"),
                Documents.issuer("foreign", issuers.foreign()),
                signingKeys("foreign", issuers.foreign()),
                Documents.issuer("fixed", issuers.fixed(), "single"),
                signingKeys("fixed", issuers.fixed()),
                listener("edge", FIXED_PORT, "a"),
                setting("global", "rate-limit.requests", "600000"));
        Waiting.until("the fixed listener opens", () -> RealGateway.accepts(FIXED_PORT));
    }

    @AfterAll
    static void stop() {
        gateway.close();
        issuers.foreign().close();
        issuers.fixed().close();
        issuers.unknown().close();
    }

    @Test
    void decidesLikeTheReferenceGateway() throws Exception {
        long seed = Long.getLong("parity.seed", System.nanoTime());
        int rounds = Integer.getInteger("parity.rounds", 25);
        System.out.println("parity.seed=" + seed + " rounds=" + rounds);
        Random random = new Random(seed);
        Map<String, Integer> met = new TreeMap<>();
        for (int round = 0; round < rounds; round++) {
            Settings base = gateway.plane().settings();
            List<Document> policy = GeneratedPolicy.on(base, random);
            gateway.change(policy.toArray(Document[]::new));
            Settings settings = gateway.plane().settings();
            for (int i = 0; i < REQUESTS; i++) {
                GeneratedRequest request = GeneratedRequest.next(random, issuers);
                Verdict verdict = ReferenceGateway.decide(settings, request.sample());
                met.merge(verdict.status() + " " + verdict.problem(), 1, Integer::sum);
                assertAlike(request, verdict, "seed " + seed + ", round " + round + ", policy " + written(policy));
            }
            gateway.change(policy.stream()
                    .map(document -> new Document(document.key(), 1, null))
                    .toArray(Document[]::new));
        }
        System.out.println("parity met " + met);
        assertThat(met).as("of every rule something").containsKeys("200 null", "400 missing-header", "404 not-found");
    }

    private static List<String> written(List<Document> policy) {
        return policy.stream()
                .map(document -> document.key().id() + " "
                        + (document.body() == null ? "" : io.gatewright.settings.BodyFormat.write(document.body())))
                .toList();
    }

    private static void assertAlike(GeneratedRequest request, Verdict verdict, String context) throws Exception {
        int port = request.listener().equals("edge") ? FIXED_PORT : gateway.port();
        Answer answer = Connection.once(port, request.wire());
        String as = request + "\n" + verdict + "\n" + answer + "\n" + context;
        assertThat(answer.status()).as(as).isEqualTo(verdict.status());
        String type = answer.header("content-type").equals("application/problem+json")
                ? answer.json().path("type").asText().replace("urn:gatewright:problem:", "")
                : null;
        assertThat(type).as(as).isEqualTo(verdict.problem());
        assertThat(identity(answer)).as(as).isEqualTo(verdict.upstream());
        assertThat(answer.lines("access-control-allow-origin"))
                .as(as)
                .isEqualTo(verdict.allowedOrigin() == null ? List.of() : List.of(verdict.allowedOrigin()));
        assertCorrelated(request, verdict, answer, as);
        String limit = answer.header("x-ratelimit-limit").replaceFirst("[,;].*", "");
        boolean counted = verdict.limit() != null;
        assertThat(limit).as(as).isEqualTo(counted ? Long.toString(limit(verdict)) : "");
    }

    private static long limit(Verdict verdict) {
        return verdict.limit() == null ? 0 : verdict.limit().requests();
    }

    /** The identity headers that reached the upstream; empty when the request did not. */
    static Map<String, String> identity(Answer answer) {
        Map<String, String> identity = new TreeMap<>();
        boolean echoed = answer.status() == 200
                && !answer.body().isEmpty()
                && answer.json().path("headers").isObject();
        for (String name : echoed ? List.of("x-tenant-id", "x-org-id", "x-user-id") : List.<String>of()) {
            List<String> lines = new ArrayList<>(answer.upstreamGot(name));
            if (!lines.isEmpty()) {
                identity.put(name, String.join(",", lines));
            }
        }
        return identity;
    }

    private static void assertCorrelated(GeneratedRequest request, Verdict verdict, Answer answer, String as) {
        String sent = request.sent("x-correlation-id");
        String got = answer.header("x-correlation-id");
        switch (verdict.correlation()) {
            case KEPT -> assertThat(got).as(as).isEqualTo(sent);
            case MADE -> assertThat(got).as(as).matches(Answer.UUID).isNotEqualTo(sent);
            case NONE -> assertThat(verdict.correlation()).as(as).isEqualTo(CorrelationId.NONE);
        }
    }
}
