package io.gatewright.gateway;

import static io.gatewright.gateway.Documents.list;
import static io.gatewright.gateway.Documents.setting;
import static io.gatewright.gateway.Documents.tenant;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Cross-origin pages (Fetch standard, CORS protocol). */
final class CorsIT {
    private static final String PATH = "/api/orders";
    private static final String PAGE = "https://app.example.com";
    private static RealGateway gateway;
    private long reached;

    @BeforeAll
    static void start() throws Exception {
        gateway = new RealGateway("a");
        gateway.change(
                tenant("paged", "paged.example.com"),
                setting("tenant=paged", "cors.allowed-origins", list(PAGE, "https://*.wild.example.com")),
                setting("tenant=paged", "cors.max-age", "\"PT5M\""),
                tenant("credentials", "credentials.example.com"),
                setting("tenant=credentials", "cors.allowed-origins", list("https://other.example.com")),
                setting("tenant=credentials", "cors.allow-credentials", "true"),
                tenant("closed", "closed.example.com"),
                tenant("limited"),
                setting("tenant=limited", "cors.allowed-origins", list(PAGE)),
                setting("tenant=limited", "rate-limit.requests", "1"),
                setting("tenant=limited", "rate-limit.period", "\"PT1H\""));
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @BeforeEach
    void count() {
        reached = gateway.upstream().requests();
    }

    /** Every test here that sends preflights only. */
    @AfterEach
    void forwardsNoPreflight(org.junit.jupiter.api.TestInfo test) {
        if (test.getDisplayName().contains("Preflight")) {
            assertThat(gateway.upstream().requests()).isEqualTo(reached);
        }
    }

    private static Answer preflight(String host, String origin) throws java.io.IOException {
        return gateway.send(Request.preflight(host, PATH, origin));
    }

    @Test
    void answersThePreflightOfAnAllowedPageByHost() throws Exception {
        Answer answer = preflight("paged.example.com", PAGE);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.lines("access-control-allow-origin")).containsExactly(PAGE);
        assertThat(answer.header("access-control-allow-methods")).contains("POST", "DELETE");
        assertThat(answer.header("access-control-allow-headers")).contains("authorization", "x-correlation-id");
        assertThat(answer.header("access-control-max-age")).isEqualTo("300");
        assertThat(answer.lines("access-control-allow-credentials")).isEmpty();
        assertThat(answer.header("vary")).containsIgnoringCase("origin");
        assertThat(answer.header("x-correlation-id")).matches(Answer.UUID);
    }

    @Test
    void refusesThePreflightOfAnotherPage() throws Exception {
        for (String host : new String[] {"paged.example.com", "closed.example.com"}) {
            Answer answer = preflight(host, "https://evil.example.com");
            assertThat(answer.lines("access-control-allow-origin")).isEmpty();
            assertThat(answer.lines("access-control-allow-credentials")).isEmpty();
        }
        assertThat(preflight("credentials.example.com", PAGE).lines("access-control-allow-origin"))
                .isEmpty();
    }

    @Test
    void answersAPreflightOnAHostOfNoTenantForEveryTenantsPages() throws Exception {
        for (String origin : new String[] {PAGE, "https://other.example.com", "https://x.wild.example.com"}) {
            Answer answer = preflight("gateway.test", origin);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.lines("access-control-allow-origin")).containsExactly(origin);
            assertThat(answer.header("vary")).containsIgnoringCase("origin");
            assertThat(answer.lines("access-control-allow-credentials")).isEmpty();
        }
        assertThat(preflight("gateway.test", "https://evil.example.com").lines("access-control-allow-origin"))
                .isEmpty();
    }

    @Test
    void takesExactlyOneLabelForAWildcardInPreflights() throws Exception {
        assertThat(preflight("paged.example.com", "https://x-1.wild.example.com")
                        .lines("access-control-allow-origin"))
                .containsExactly("https://x-1.wild.example.com");
        for (String origin : new String[] {
            "https://wild.example.com",
            "https://a.b.wild.example.com",
            "http://x.wild.example.com",
            "https://x.wild.example.com:8443",
            "https://x.wild.example.com.evil.com",
            "https://xwild.example.com",
            "https://x.wildxexample.com"
        }) {
            assertThat(preflight("paged.example.com", origin).lines("access-control-allow-origin"))
                    .as(origin)
                    .isEmpty();
        }
    }

    @Test
    void allowsCredentialsInPreflightsOnlyWhereTheTenantSaysSo() throws Exception {
        Answer answer = preflight("credentials.example.com", "https://other.example.com");
        assertThat(answer.lines("access-control-allow-credentials")).containsExactly("true");
        assertThat(answer.lines("access-control-allow-origin")).containsExactly("https://other.example.com");
    }

    @Test
    void judgesAnOptionsRequestThatIsNoPreflightLikeAnyOther() throws Exception {
        gateway.send(Request.of("OPTIONS", PATH).tenant("paged").with("origin", PAGE))
                .isProblem(401, "token-required");
        gateway.send(Request.of("OPTIONS", PATH).tenant("a")).isProblem(401, "token-required");
    }

    @Test
    void letsAnAllowedPageReadTheAnswer() throws Exception {
        Answer answer =
                gateway.send(Request.get(PATH).token(gateway.token("paged")).with("origin", PAGE));
        answer.isServed();
        assertThat(answer.lines("access-control-allow-origin")).containsExactly(PAGE);
        assertThat(answer.header("access-control-expose-headers")).contains("x-correlation-id", "retry-after");
        assertThat(answer.header("vary")).containsIgnoringCase("origin");
        Answer other = gateway.send(
                Request.get(PATH).token(gateway.token("paged")).with("origin", "https://evil.example.com"));
        assertThat(other.lines("access-control-allow-origin")).isEmpty();
        assertThat(other.header("vary")).containsIgnoringCase("origin");
    }

    @Test
    void letsAnAllowedPageReadRefusals() throws Exception {
        Request page = Request.get(PATH).with("origin", PAGE);
        Answer withoutToken = gateway.send(page.host("paged.example.com")).isProblem(401, "token-required");
        assertThat(withoutToken.lines("access-control-allow-origin")).containsExactly(PAGE);
        Answer mismatch =
                gateway.send(page.token(gateway.token("paged")).tenant("a")).isProblem(403, "tenant-mismatch");
        assertThat(mismatch.header("vary")).containsIgnoringCase("origin");
        Answer badToken =
                gateway.send(page.host("paged.example.com").token("garbage")).isProblem(401, "invalid-token");
        assertThat(badToken.lines("access-control-allow-origin")).containsExactly(PAGE);
    }

    @Test
    void letsAnAllowedPageReadThatItsLimitIsUsedUp() throws Exception {
        Request page = Request.get(PATH)
                .with("origin", PAGE)
                .token(gateway.token("limited"))
                .tenant("limited");
        gateway.send(page).isServed();
        Answer limited = gateway.send(page).isProblem(429, "rate-limited");
        assertThat(limited.lines("access-control-allow-origin")).containsExactly(PAGE);
        assertThat(limited.header("access-control-expose-headers")).contains("retry-after");
    }
}
