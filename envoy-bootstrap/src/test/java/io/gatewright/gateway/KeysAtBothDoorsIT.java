package io.gatewright.gateway;

import static io.gatewright.gateway.Documents.setting;
import static io.gatewright.gateway.Documents.suspended;
import static io.gatewright.gateway.Documents.tenant;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Which keys count, whose they are, and who may ask for them, told by a real Envoy and a simulated Kong in the same lines; the
 * numbers are those of docs/guard-cases.md.
 */
final class KeysAtBothDoorsIT {
    private static final String ORDERS = "/api/orders";
    private static final String PAPERS = "/api/papers";
    private static final String FIRST = "200 executed, ran 1";
    private static final String AGAIN = "200 replayed marked, ran 0";

    private static BothDoors doors;

    private final String key = UUID.randomUUID().toString();

    @BeforeAll
    static void start() throws Exception {
        doors = new BothDoors(
                tenant("strict"),
                setting("tenant=strict", "idempotency.mode", "\"required\""),
                tenant("open"),
                setting("tenant=open", "oidc.required", "false"),
                tenant("leaver"),
                setting("tenant=leaver", "oidc.issuers", "[\"main\",\"second\"]"));
    }

    @AfterAll
    static void stop() {
        doors.close();
    }

    @Test
    void case22AKeyWithATimeIsTooOldOrTooYoungWithoutHavingBeenSeen() throws Exception {
        doors.tellTheSame(
                gateway ->
                        List.of(gateway.tell(minted(gateway, "0170a1b2")), gateway.tell(minted(gateway, "0f00a1b2"))),
                "409 key-expired, ran 0",
                "400 key-malformed, ran 0");
    }

    /** @param time the upper 32 bits of a UUIDv7's 48 of milliseconds */
    private Request minted(Teller gateway, String time) {
        String uuid = time + "-" + key.substring(9, 13) + "-7" + key.substring(15, 18) + "-8" + key.substring(20);
        return gateway.as("acme-de", "POST", ORDERS)
                .with("idempotency-key", uuid)
                .sized(3);
    }

    @Test
    void case45And46KeysAreSixteenTo255PrintableCharacters() throws Exception {
        String wide = new String("０１２３４５６７８９ａｂｃｄｅｆ".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        String marked =
                new String("0123456789\u202Eabcdef".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        for (String bad : List.of(
                "k".repeat(15), "k".repeat(256), wide, marked, "0123456789abcde\u00C0\u00AF", "0123456789 abcdef")) {
            doors.tellTheSame(
                    gateway -> List.of(gateway.tell(gateway.as("acme-de", "POST", ORDERS)
                            .with("idempotency-key", bad)
                            .sized(3))),
                    "400 key-malformed, ran 0");
        }
        for (int length : List.of(16, 255)) {
            String good = (key + "k".repeat(255)).substring(0, length);
            doors.tellTheSame(
                    gateway -> List.of(gateway.tell(gateway.as("acme-de", "POST", ORDERS)
                            .with("idempotency-key", good)
                            .sized(3))),
                    FIRST);
        }
    }

    @Test
    void case45AVastKeyNeverComesAsFarAsTheGuard() throws Exception {
        doors.each(gateway -> {
            long before = gateway.ran();
            String claims = gateway.door().ask("SELECT count(*) FROM idempotency.claim");
            try {
                Answer refused = gateway.send(gateway.as("acme-de", "POST", ORDERS)
                        .with("idempotency-key", "k".repeat(65_536))
                        .sized(3));
                assertThat(refused.status()).isIn(400, 431);
            } catch (IOException e) {
                assertThat(gateway.name()).as("closes the connection").isEqualTo("Kong");
            }
            assertThat(gateway.ran()).isEqualTo(before);
            assertThat(gateway.door().ask("SELECT count(*) FROM idempotency.claim"))
                    .isEqualTo(claims);
        });
    }

    /** Neither by what comes back nor by waiting for what is done to the row of a key, which its owner does. */
    @Test
    void case58AKeyOfAnotherTenantLooksLikeOneThatNobodyHas() throws Exception {
        doors.each(gateway -> {
            Request own = gateway.post(key, PAPERS + "/later");
            assertThat(gateway.tell(own)).isEqualTo("503 released, ran 1");
            Request post = gateway.as("acme-fr", "POST", PAPERS).sized(3);
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                Future<Answer> waiting;
                try (Door.Held rows = gateway.door().hold("SELECT 1 FROM idempotency.claim FOR UPDATE")) {
                    waiting = threads.submit(() -> gateway.send(own));
                    Waiting.until("it waits for the row", () -> rows.waiters() == 1);
                    Answer ofAnother = gateway.send(post.with("idempotency-key", key));
                    Answer ofNobody = gateway.send(post.with("idempotency-key", key + "-of-nobody"));
                    assertThat(Teller.line(ofAnother))
                            .isEqualTo(Teller.line(ofNobody))
                            .isEqualTo("201 executed");
                    assertThat(names(ofAnother)).isEqualTo(names(ofNobody));
                    assertThat(ofAnother.header("idempotency-status"))
                            .hasSameSizeAs(ofNobody.header("idempotency-status"));
                    assertThat(rows.waiters()).isEqualTo(1);
                }
                assertThat(Teller.line(waiting.get())).isEqualTo("503 released");
            }
        });
    }

    private static Set<String> names(Answer answer) {
        return new TreeSet<>(answer.headers().keySet());
    }

    @Test
    void case59WhoIsNobodyGetsNobodysAnswer() throws Exception {
        doors.tellTheSame(
                gateway -> {
                    Request post = Request.of("POST", PAPERS)
                            .tenant("open")
                            .with("idempotency-key", key)
                            .sized(3);
                    return List.of(gateway.tell(post), gateway.tell(post));
                },
                "201 executed, ran 1",
                "409 replay-unavailable, ran 0");
    }

    @Test
    void case60And61WhoMayNotCallAnyMoreGetsNoReplay() throws Exception {
        doors.tellTheSame(
                gateway -> {
                    Map<String, String> claims = Map.of("tenant_id", "leaver", "org_id", "acme");
                    Request post = Request.of("POST", ORDERS)
                            .with("idempotency-key", key)
                            .sized(3);
                    Request good = post.token(doors.second().token("alice", claims));
                    Request ended =
                            post.token(doors.second().token("alice", claims, Documents.AUDIENCE, Duration.ofHours(-1)));
                    String first = gateway.tell(good);
                    String expired = gateway.tell(ended);
                    gateway.door().change(setting("tenant=leaver", "oidc.issuers", "[\"main\"]"));
                    String foreign = gateway.tell(good);
                    gateway.door()
                            .change(
                                    setting("tenant=leaver", "oidc.issuers", "[\"main\",\"second\"]"),
                                    suspended("leaver"));
                    String stopped = gateway.tell(good);
                    gateway.door().change(tenant("leaver"));
                    return List.of(first, expired, foreign, stopped, gateway.tell(good));
                },
                FIRST,
                "401 invalid-token, ran 0",
                "403 tenant-mismatch, ran 0",
                "403 tenant-suspended, ran 0",
                AGAIN);
    }

    /** An Envoy takes it away before the guard could see it and the module not, or the other way round; a Kong refuses it. */
    @Test
    void case40AKeyThatConnectionNamesIsThereForTheGuardAndTheModuleOrForNeither() throws Exception {
        List<List<String>> told = doors.tell(gateway -> {
            Request post = gateway.keyed(key, "POST", ORDERS).with("connection", "idempotency-key");
            assertThat(gateway.send(post.sized(3)).json().at("/headers/idempotency-key"))
                    .isEmpty();
            Request strict = gateway.as("strict", "POST", ORDERS)
                    .with("idempotency-key", key)
                    .with("connection", "idempotency-key");
            return List.of(gateway.tell(post.sized(3)), gateway.tell(strict.sized(3)));
        });
        assertThat(told)
                .containsExactly(
                        List.of("200, ran 1", "400 key-required, ran 0"),
                        List.of("400 bad-request, ran 0", "400 bad-request, ran 0"));
    }

    @Test
    void case47KeysThatAreCodeElsewhereAreKeysLikeAnyOtherAndWrittenNowhere() throws Exception {
        List<String> hostile = List.of(
                "';DROP/**/TABLE/**/idempotency.claim;--",
                "{}}]}:null:{{[[]]0123456789",
                "${jndi:ldap://127.0.0.1:9/a}",
                "%0d%0aevent=forged%20key=other",
                "<script>alert(1)</script>");
        for (String code : hostile) {
            doors.tellTheSame(
                    gateway -> List.of(
                            gateway.tell(gateway.post(code, ORDERS)),
                            gateway.tell(gateway.post(code, ORDERS)),
                            gateway.tell(gateway.post(code + ".", ORDERS))),
                    FIRST,
                    AGAIN,
                    FIRST);
        }
        doors.each(gateway -> assertThat(gateway.door().ask("SELECT string_agg(c::text, '') FROM idempotency.claim c"))
                .contains("orders/create")
                .doesNotContain(hostile));
    }

    @Test
    void case62ATenantThatHoldsAsManyKeysAsItMayGetsNoMoreAndOthersDo() throws Exception {
        doors.tellTheSame(
                gateway -> {
                    gateway.door().sql("INSERT INTO idempotency.usage VALUES ('strict', " + Door.MOST_KEYS + ")");
                    return List.of(
                            gateway.tell(gateway.as("strict", "POST", ORDERS)
                                    .with("idempotency-key", key)
                                    .sized(3)),
                            gateway.tell(gateway.post(key, ORDERS)));
                },
                "429 quota-exceeded, ran 0",
                FIRST);
    }

    @Test
    void case66AnEventHasNothingOfTheRequestButWhoAndWhichRoute() throws Exception {
        doors.each(gateway -> {
            Request post = gateway.keyed(key, "POST", ORDERS + "/of-jane").body("{\"name\":\"jane\"}");
            Answer answer = gateway.send(post);
            String event = gateway.door()
                    .ask("SELECT body FROM events.log WHERE position('" + answer.header("x-correlation-id")
                            + "' in body::text) > 0");
            assertThat(event)
                    .contains("gateway.request.executed.v1", "\"actor\":\"alice\"", "\"module\":\"orders\"")
                    .doesNotContain("jane", key, gateway.door().token("acme-de", "alice"));
        });
    }

    /** Envoy's parser does not know it; nginx does not either, but Kong hands it on. */
    @Test
    void case87AMethodThatIsNoneOfTheUsualOnesIsNotTurnedIntoAnother() throws Exception {
        List<List<String>> told = doors.tell(gateway -> {
            Request query = gateway.keyed(key, "QUERY", ORDERS + "/1").sized(3);
            return List.of(
                    gateway.tell(query),
                    gateway.send(query).json().path("method").asText());
        });
        assertThat(told).containsExactly(List.of("400 bad-request, ran 0", ""), List.of("200 ignored, ran 1", "QUERY"));
    }
}
