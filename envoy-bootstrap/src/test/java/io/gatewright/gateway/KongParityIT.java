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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Our plugins on Kong decide as the reference gateway does, and so as Envoy does ({@link ParityIT}), on what they are there for:
 * who calls, for which tenant, with which headers and correlation id. What Kong decides itself (paths, CORS, sizes, limits) and
 * what only Envoy reads (hosts) is left out. Repeat a run with {@code -Dparity.seed=N}.
 */
final class KongParityIT {
    private static final int PAIRS = Integer.getInteger("parity.pairs", 500);
    private static final int REQUESTS = 20;
    private static final Set<String> OF_KONG_ITSELF =
            Set.of("not-found", "body-too-large", "rate-limited", "bad-request");

    private GuardedKong guarded;
    private GeneratedRequest.Issuers issuers;
    private Map<String, SimulatedKong> kongs;

    @BeforeEach
    void start() throws Exception {
        StubIssuer foreign = new StubIssuer(AUDIENCE);
        StubIssuer fixed = new StubIssuer(AUDIENCE);
        guarded = new GuardedKong();
        issuers = new GeneratedRequest.Issuers(guarded.issuer(), foreign, fixed, new StubIssuer(AUDIENCE));
        guarded.change(
                org("beta"),
                tenant("a"),
                tenant("b"),
                tenantOf("beta", "other"),
                tenant("single"),
                suspended("stopped"),
                module("orders", "/api/orders", guarded),
                module("reports", "/api/orders/reports", guarded),
                module("customers", "/api/customers", guarded),
                Documents.issuer("foreign", foreign),
                signingKeys("foreign", foreign),
                Documents.issuer("fixed", fixed, "single"),
                signingKeys("fixed", fixed),
                setting("global", "rate-limit.requests", "600000"));
        kongs = kongs(guarded);
    }

    /** A module of the guarded Kong's upstream; orders has routes. */
    static Document module(String id, String prefix, GuardedKong guarded) {
        return id.equals("orders")
                ? Documents.module(
                        id,
                        prefix,
                        guarded.upstream.endpoint(),
                        Documents.route("create", "POST", "/"),
                        Documents.route("line", "GET", "/{id}/lines/{line}"))
                : Documents.module(id, prefix, guarded.upstream.endpoint());
    }

    /** A Kong for each module and route that requests go to, by its scope; the caller closes them. */
    static Map<String, SimulatedKong> kongs(GuardedKong guarded) throws IOException {
        Map<String, SimulatedKong> kongs = new TreeMap<>();
        for (String what : List.of(
                "module=orders", "module=reports", "module=customers", "route=orders/create", "route=orders/line")) {
            kongs.put(what, guarded.another(config(what)));
        }
        return kongs;
    }

    private static String config(String what) {
        String name = what.substring(what.indexOf('=') + 1);
        return what.startsWith("module=")
                ? "{\"module\":\"" + name + "\"}"
                : "{\"module\":\"" + name.substring(0, name.indexOf('/')) + "\",\"route\":\"" + name + "\"}";
    }

    @AfterEach
    void stop() {
        kongs.values().forEach(SimulatedKong::close);
        issuers.foreign().close();
        issuers.fixed().close();
        issuers.unknown().close();
        guarded.close();
    }

    @Test
    void decidesLikeTheReferenceGateway() throws Exception {
        long seed = Long.getLong("parity.seed", System.nanoTime());
        Random random = new Random(seed);
        Map<String, Integer> met = new TreeMap<>();
        List<String> differences = new ArrayList<>();
        int pairs = 0;
        while (pairs < PAIRS) {
            List<Document> policy = GeneratedPolicy.on(guarded.settings(), random);
            guarded.change(policy.toArray(Document[]::new));
            for (int i = 0; i < REQUESTS; i++) {
                GeneratedRequest request = GeneratedRequest.next(random, issuers);
                Verdict verdict = ReferenceGateway.decide(guarded.settings(), request.sample());
                if (isForThePlugins(request, verdict, kongs)) {
                    pairs++;
                    met.merge(verdict.status() + " " + verdict.problem(), 1, Integer::sum);
                    Seen seen = seen(request, verdict);
                    if (!seen.equals(expected(verdict))) {
                        differences.add(seen + " for " + request + "\n" + verdict + "\n" + policy);
                    }
                }
            }
            guarded.change(policy.stream()
                    .map(document -> new Document(document.key(), 1, null))
                    .toArray(Document[]::new));
        }
        System.out.println("parity.seed=" + seed + " pairs=" + pairs + " met " + met);
        assertThat(differences).isEmpty();
        assertThat(met).containsKeys("200 null", "400 missing-header", "401 invalid-token", "403 tenant-mismatch");
    }

    /** Whether our plugins decide it, and not Kong itself. */
    static boolean isForThePlugins(GeneratedRequest request, Verdict verdict, Map<String, SimulatedKong> kongs) {
        boolean plainPath = !request.path().contains("//")
                && !request.path().contains("%")
                && !request.path().contains("..");
        return request.host().equals("gateway.test")
                && request.listener().equals("public")
                && plainPath
                && !request.method().equals("OPTIONS")
                && kongs.containsKey(String.valueOf(verdict.route()))
                && !OF_KONG_ITSELF.contains(String.valueOf(verdict.problem()));
    }

    /** What is seen of a decision. */
    private record Seen(int status, @Nullable String problem, Map<String, String> identity, String correlation) {}

    private static Seen expected(Verdict verdict) {
        int status = verdict.status();
        if (status == 403 && "invalid-token".equals(verdict.problem())) {
            status = 401; // a token for others: Envoy's filter has a status of its own, Kong's plugin that of RFC 6750
            // §3.1
        }
        return new Seen(status, verdict.problem(), verdict.upstream(), String.valueOf(verdict.correlation()));
    }

    private Seen seen(GeneratedRequest request, Verdict verdict) throws IOException {
        SimulatedKong kong = Objects.requireNonNull(kongs.get(String.valueOf(verdict.route())));
        Answer answer = Connection.once(kong.proxy().getPort(), request.wire());
        String type = answer.header("content-type").equals("application/problem+json")
                ? answer.json().path("type").asText().replace("urn:gatewright:problem:", "")
                : null;
        return new Seen(answer.status(), type, ParityIT.identity(answer), correlation(request, answer));
    }

    /** What became of the correlation id that was sent, in the words of the reference gateway. */
    static String correlation(GeneratedRequest request, Answer answer) {
        String got = answer.header("x-correlation-id");
        boolean made = got.matches(Answer.UUID) && !got.equals(request.sent("x-correlation-id"));
        return got.equals(request.sent("x-correlation-id")) ? "KEPT" : made ? "MADE" : "NONE";
    }
}
