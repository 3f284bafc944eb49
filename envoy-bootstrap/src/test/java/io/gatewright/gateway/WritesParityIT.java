package io.gatewright.gateway;

import static io.gatewright.gateway.Documents.AUDIENCE;
import static io.gatewright.gateway.Documents.org;
import static io.gatewright.gateway.Documents.setting;
import static io.gatewright.gateway.Documents.signingKeys;
import static io.gatewright.gateway.Documents.suspended;
import static io.gatewright.gateway.Documents.tenant;
import static io.gatewright.gateway.Documents.tenantOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.demo.StubIssuer;
import io.gatewright.reference.ReferenceGateway;
import io.gatewright.reference.Verdict;
import io.gatewright.settings.Document;
import io.gatewright.testkit.SimulatedKong;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Writes with a key that are sent twice, by chance under settings by chance, to a real Envoy with the guard and to our plugins
 * behind a simulated Kong: both answer both alike, and run them equally often; and the first time as the reference gateway
 * decides, which knows no keys. Repeat a run with {@code -Dparity.seed=N}.
 */
final class WritesParityIT {
    private static final int ROUNDS = Integer.getInteger("parity.rounds", 9);
    private static final int WRITES = 60;
    private static final List<String> MODES = List.of("\"off\"", "\"optional\"", "\"required\"");
    private static final Set<String> NOBODY = Set.of("unknown-tenant", "token-required");
    private static final List<String> METHODS = List.of("[\"POST\"]", "[\"POST\",\"PUT\"]");

    /** Where requests are sent. */
    @FunctionalInterface
    private interface Gateway {
        Answer send(Request request) throws IOException;
    }

    /** What is seen of one answer. */
    private record Seen(
            int status,
            String problem,
            Map<String, String> identity,
            String correlation,
            String state,
            boolean replayed,
            long ran) {
        boolean isAs(Verdict verdict) {
            int status = forOthers(verdict.status(), verdict.problem()) ? 401 : verdict.status();
            return this.status == status
                    && problem.equals(Objects.requireNonNullElse(verdict.problem(), ""))
                    && identity.equals(verdict.upstream())
                    && correlation.equals(String.valueOf(verdict.correlation()))
                    && ran == (status == 200 ? 1 : 0);
        }
    }

    @Test
    void bothAnswerTheFirstAndTheSecondAlike() throws Exception {
        long seed = Long.getLong("parity.seed", System.nanoTime());
        Random random = new Random(seed);
        Map<String, Integer> met = new TreeMap<>();
        List<String> differences = new ArrayList<>();
        try (StubIssuer foreign = new StubIssuer(AUDIENCE);
                StubIssuer fixed = new StubIssuer(AUDIENCE);
                StubIssuer unknown = new StubIssuer(AUDIENCE);
                GuardedGateway envoy = new GuardedGateway();
                GuardedKong kong = new GuardedKong()) {
            RealGateway gateway = envoy.gateway;
            gateway.change(settings(foreign, fixed).toArray(Document[]::new));
            kong.change(settings(foreign, fixed).toArray(Document[]::new));
            kong.change(
                    KongParityIT.module("orders", "/api/orders", kong),
                    KongParityIT.module("reports", "/api/orders/reports", kong),
                    KongParityIT.module("customers", "/api/customers", kong));
            Map<String, SimulatedKong> kongs = KongParityIT.kongs(kong);
            var ofEnvoy = new GeneratedRequest.Issuers(gateway.issuer(), foreign, fixed, unknown);
            var ofKong = new GeneratedRequest.Issuers(kong.issuer(), foreign, fixed, unknown);
            for (int round = 0; round < ROUNDS; round++) {
                List<Document> policy = GeneratedPolicy.on(kong.settings(), random);
                policy.add(setting("tenant=a", "idempotency.mode", pick(random, MODES)));
                policy.add(setting("tenant=b", "idempotency.mode", pick(random, MODES)));
                policy.add(setting("tenant=b", "idempotency.methods", pick(random, METHODS)));
                gateway.change(policy.toArray(Document[]::new));
                kong.change(policy.toArray(Document[]::new));
                for (int writes = 0; writes < WRITES; ) {
                    long chance =
                            random.nextLong(); // the same request twice, each with a token of its gateway's issuer
                    GeneratedRequest toEnvoy = GeneratedRequest.next(new Random(chance), ofEnvoy);
                    GeneratedRequest toKong = GeneratedRequest.next(new Random(chance), ofKong);
                    Verdict verdict = ReferenceGateway.decide(kong.settings(), toKong.sample());
                    boolean writing =
                            toKong.method().equals("POST") || toKong.method().equals("PUT");
                    if (!writing || !KongParityIT.isForThePlugins(toKong, verdict, kongs)) {
                        continue;
                    }
                    writes++;
                    boolean goodKey = random.nextInt(8) > 0;
                    String key = goodKey ? new UUID(chance, seed).toString() : "short";
                    int port = Objects.requireNonNull(kongs.get(String.valueOf(verdict.route())))
                            .proxy()
                            .getPort();
                    for (int time = 1; time <= 2; time++) {
                        Seen there = seen(toEnvoy, key, gateway::send, gateway.upstream()::requests);
                        Seen here =
                                seen(toKong, key, request -> Connection.once(port, request), kong.upstream::requests);
                        met.merge(
                                here.status + " " + here.problem + " " + here.state + " " + here.replayed,
                                1,
                                Integer::sum);
                        boolean first = time == 1 && goodKey;
                        if (!here.equals(likeKong(there, verdict)) || (first && !here.isAs(verdict))) {
                            differences.add(time + ": " + there + "\n" + here + "\n" + toKong + "\n" + policy);
                        }
                    }
                }
                Document[] gone = policy.stream()
                        .map(document -> new Document(document.key(), 1, null))
                        .toArray(Document[]::new);
                gateway.change(gone);
                kong.change(gone);
            }
            kongs.values().forEach(SimulatedKong::close);
        }
        System.out.println("parity.seed=" + seed + " writes met " + met);
        assertThat(differences).isEmpty();
        assertThat(met).containsKeys("200  executed false", "200  replayed true");
    }

    private static List<Document> settings(StubIssuer foreign, StubIssuer fixed)
            throws IOException, InterruptedException {
        return List.of(
                org("beta"),
                tenant("a"),
                tenant("b"),
                tenantOf("beta", "other"),
                tenant("single"),
                suspended("stopped"),
                Documents.issuer("foreign", foreign),
                signingKeys("foreign", foreign),
                Documents.issuer("fixed", fixed, "single"),
                signingKeys("fixed", fixed),
                setting("global", "rate-limit.requests", "600000"));
    }

    private static String pick(Random random, List<String> from) {
        return from.get(random.nextInt(from.size()));
    }

    private static Seen seen(GeneratedRequest request, String key, Gateway gateway, LongSupplier upstream)
            throws IOException {
        long before = upstream.getAsLong();
        Answer answer = gateway.send(request.wire().with("idempotency-key", key));
        String problem = answer.header("content-type").equals("application/problem+json")
                ? answer.json().path("type").asText().replace("urn:gatewright:problem:", "")
                : "";
        return new Seen(
                answer.status(),
                problem,
                ParityIT.identity(answer),
                KongParityIT.correlation(request, answer),
                answer.header("idempotency-status").replaceFirst(";.*", ""),
                !answer.header("idempotent-replayed").isEmpty(),
                upstream.getAsLong() - before);
    }

    /** What is listed in docs/kong.md: the status of a token for others, and a key of no tenant that the guard knows. */
    private static Seen likeKong(Seen envoy, Verdict verdict) {
        boolean forOthers = forOthers(envoy.status, envoy.problem);
        boolean ofNobody = envoy.status == 503
                && envoy.problem.equals("store-unavailable")
                && verdict.tenant() == null
                && NOBODY.contains(String.valueOf(verdict.problem()));
        return forOthers || ofNobody
                ? new Seen(
                        forOthers ? 401 : verdict.status(),
                        String.valueOf(verdict.problem()),
                        envoy.identity,
                        envoy.correlation,
                        envoy.state,
                        envoy.replayed,
                        envoy.ran)
                : envoy;
    }

    private static boolean forOthers(int status, @Nullable String problem) {
        return status == 403 && "invalid-token".equals(problem);
    }
}
