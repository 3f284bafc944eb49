package io.gatewright.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ConfigurationTest {
    @Test
    void hasADefaultForEverything() throws Configuration.Invalid {
        Configuration configuration = Configuration.read(List.of(), Map.of("HOME", "/home/x"));
        assertThat(configuration.httpPort()).isEqualTo(8080);
        assertThat(configuration.xdsPort()).isEqualTo(18000);
        assertThat(configuration.reconcileInterval()).isEqualTo(Duration.ofMinutes(5));
        assertThat(configuration.dataDir()).hasToString("/home/x/.local/share/gatewright");
        assertThat(configuration.ephemeral()).isFalse();
    }

    @Test
    void letsAFlagWinOverTheEnvironment() throws Configuration.Invalid {
        Configuration configuration = Configuration.read(
                List.of("--http-port", "9001", "--xds-port=9002", "--ephemeral"),
                Map.of("GATEWRIGHT_HTTP_PORT", "9000", "GATEWRIGHT_LOG_FORMAT", "json"));
        assertThat(configuration.httpPort()).isEqualTo(9001);
        assertThat(configuration.xdsPort()).isEqualTo(9002);
        assertThat(configuration.ephemeral()).isTrue();
        assertThat(configuration.jsonLogs()).isTrue();
    }

    @Test
    void namesItselfAfterHostAndProcessUnlessTold() throws Configuration.Invalid {
        String pid = Long.toString(ProcessHandle.current().pid());
        assertThat(Configuration.read(List.of(), Map.of("HOSTNAME", "edge_1.example"))
                        .replica())
                .isEqualTo("edge1.example-" + pid);
        assertThat(Configuration.read(List.of(), Map.of()).replica()).isEqualTo("control-plane-" + pid);
        assertThat(Configuration.read(List.of("--replica=cp-1"), Map.of()).replica())
                .isEqualTo("cp-1");
        assertThatThrownBy(() -> Configuration.read(List.of("--replica=cp 1"), Map.of()))
                .isInstanceOf(Configuration.Invalid.class)
                .hasMessageContaining("--replica is cp 1; write 1 to 64 letters, digits, dots, hyphens");
    }

    @Test
    void listsAllProblemsAtOnce() {
        assertThatThrownBy(() -> Configuration.read(
                        List.of("--http-port=x", "--nonsense=1", "--db-url=mysql://h"),
                        Map.of("GATEWRIGHT_KEYS_INTERVAL", "soon", "GATEWRIGHT_TYPO", "1")))
                .isInstanceOf(Configuration.Invalid.class)
                .hasMessageContaining("--http-port is x")
                .hasMessageContaining("--nonsense is not a flag")
                .hasMessageContaining("--db-url is not a JDBC URL")
                .hasMessageContaining("--keys-interval is soon")
                .hasMessageContaining("GATEWRIGHT_TYPO");
    }

    @Test
    void leavesAloneWhatKubernetesTellsOfServices() throws Exception {
        Map<String, String> environment = Map.of(
                "GATEWRIGHT_SERVICE_HOST", "10.96.0.12",
                "GATEWRIGHT_PORT", "tcp://10.96.0.12:8080",
                "GATEWRIGHT_PORT_8080_TCP", "tcp://10.96.0.12:8080",
                "HOME", "/");
        assertThat(Configuration.read(List.of(), environment).httpPort()).isEqualTo(8080);
        assertThatThrownBy(() -> Configuration.read(List.of(), Map.of("GATEWRIGHT_PORT", "8080", "HOME", "/")))
                .hasMessageContaining("GATEWRIGHT_PORT");
    }

    @Test
    void refusesToListenBeyondLoopbackWithoutALogin() {
        assertThatThrownBy(() -> Configuration.read(List.of("--http-host=0.0.0.0"), Map.of()))
                .isInstanceOf(Configuration.Invalid.class)
                .hasMessageContaining("not a loopback address");
    }

    @Test
    void listensAnywhereWithAnIssuer() throws Configuration.Invalid {
        Configuration configuration = Configuration.read(
                List.of("--http-host=0.0.0.0", "--api-issuer=https://id.example/realms/x", "--api-audience=gatewright"),
                Map.of("HOME", "/"));
        assertThat(configuration.httpHost()).isEqualTo("0.0.0.0");
        assertThat(configuration.api().issuer()).isEqualTo("https://id.example/realms/x");
        assertThat(configuration.api().claims().orgs()).isEqualTo("gateway_orgs");
        assertThat(configuration.api().bodyLimitBytes()).isEqualTo(16 << 20);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://id.example/realms/x",
                "ftp://127.0.0.1/x",
                "https://id.example/x?realm=1",
                "https://user@id.example/",
                "id.example",
                "https://"
            })
    void refusesAnIssuerThatCannotBeTrusted(String issuer) {
        assertThatThrownBy(() ->
                        Configuration.read(List.of("--api-issuer=" + issuer, "--api-audience=gatewright"), Map.of()))
                .isInstanceOf(Configuration.Invalid.class)
                .hasMessage("--api-issuer is " + issuer + "; write URL, https unless on loopback");
    }

    @Test
    void takesAnIssuerOnLoopbackWithoutTls() throws Configuration.Invalid {
        for (String host : List.of("127.0.0.1", "localhost", "[::1]")) {
            String issuer = "http://" + host + ":8180/realms/x";
            assertThat(Configuration.read(List.of("--api-issuer=" + issuer, "--api-audience=a"), Map.of("HOME", "/"))
                            .api()
                            .issuer())
                    .isEqualTo(issuer);
        }
    }

    @Test
    void wantsIssuerAndAudienceTogether() {
        assertThatThrownBy(() -> Configuration.read(List.of("--api-issuer=https://id.example"), Map.of()))
                .hasMessage("--api-issuer and --api-audience belong together; set both, or neither");
        assertThatThrownBy(() -> Configuration.read(List.of("--api-audience=gatewright"), Map.of()))
                .hasMessage("--api-issuer and --api-audience belong together; set both, or neither");
    }

    @Test
    void neverPrintsThePassword() throws Configuration.Invalid {
        Configuration configuration =
                Configuration.read(List.of(), Map.of("GATEWRIGHT_DB_PASSWORD", "seeded-secret", "HOME", "/"));
        assertThat(configuration.toString()).doesNotContain("seeded-secret");
    }

    @Test
    void takesThePepperOfTheSidecarsAndNeverPrintsIt() throws Configuration.Invalid {
        String secret = "c2VlZGVkIHNlY3JldCBvZiB0aGlydHktdHdvIG9jdGV0cw==";
        Configuration configuration = Configuration.read(
                List.of("--pepper=" + secret + ", " + secret.replace('c', 'd')), Map.of("HOME", "/"));
        assertThat(configuration.pepper()).isNotNull();
        assertThat(configuration.toString()).doesNotContain(secret, "seeded");
        assertThat(Configuration.read(List.of(), Map.of("HOME", "/")).pepper()).isNull();
        assertThatThrownBy(() -> Configuration.read(
                        List.of(), Map.of("GATEWRIGHT_PEPPER", secret + ",c2hvcnQ=,?seeded?", "HOME", "/")))
                .isInstanceOf(Configuration.Invalid.class)
                .hasMessage("--pepper has 5 octets; give at least 32, from openssl rand -base64 32.\n"
                        + "--pepper is not base64; make one by openssl rand -base64 32.");
    }

    @Test
    void readsKongsByNameWithAndWithoutTheirProxy() throws Configuration.Invalid {
        Configuration.Kong kong = Configuration.read(
                        List.of(
                                "--kong-nodes=a=http://127.0.0.1:8001|http://127.0.0.1:8000, b=https://kong.internal:8444",
                                "--kong-profile=native",
                                "--kong-redis=redis.internal:6379"),
                        Map.of())
                .kong();
        assertThat(kong.nodes()).extracting(Configuration.KongAddress::name).containsExactly("a", "b");
        assertThat(kong.nodes().getFirst().proxy()).hasToString("http://127.0.0.1:8000");
        assertThat(kong.nodes().getLast().proxy()).isNull();
        assertThat(kong.target().profile().wireName()).isEqualTo("native");
        assertThat(kong.target().redis()).hasToString("redis.internal:6379");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--kong-nodes=http://127.0.0.1:8001",
                "--kong-nodes=a=http://kong.internal:8001",
                "--kong-nodes=a=http://127.0.0.1:8001|ftp://127.0.0.1",
                "--kong-nodes=a=http://127.0.0.1:8001,a=http://127.0.0.1:8002",
                "--kong-profile=both",
                "--kong-redis=redis.internal"
            })
    void refusesKongsThatItCannotReachSafelyOrTellApart(String flag) {
        assertThatThrownBy(() -> Configuration.read(List.of(flag), Map.of()))
                .isInstanceOf(Configuration.Invalid.class)
                .hasMessageContaining(flag.substring(0, flag.indexOf('=')));
    }
}
