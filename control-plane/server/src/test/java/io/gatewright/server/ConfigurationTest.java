package io.gatewright.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

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
    void refusesToListenBeyondLoopbackWithoutALogin() {
        assertThatThrownBy(() -> Configuration.read(List.of("--http-host=0.0.0.0"), Map.of()))
                .isInstanceOf(Configuration.Invalid.class)
                .hasMessageContaining("not a loopback address");
    }

    @Test
    void neverPrintsThePassword() throws Configuration.Invalid {
        Configuration configuration =
                Configuration.read(List.of(), Map.of("GATEWRIGHT_DB_PASSWORD", "seeded-secret", "HOME", "/"));
        assertThat(configuration.toString()).doesNotContain("seeded-secret");
    }
}
