package io.gatewright.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class SidecarOptionsTest {
    private static final String SECRET = Base64.getEncoder()
            .encodeToString("a pepper of thirty-two octets ok".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    private static final Map<String, String> GOOD = Map.of(
            "GATEWRIGHT_GUARD_SOCKET", "/run/gatewright/guard.sock",
            "GATEWRIGHT_DB_URL", "jdbc:postgresql://db:5432/gatewright",
            "GATEWRIGHT_DB_PASSWORD", "very-secret",
            "GATEWRIGHT_PEPPER", SECRET);

    @Test
    void readsWhatIsNeededAndDefaultsTheRest() {
        SidecarOptions options = SidecarOptions.read(GOOD);
        assertThat(options.relaxed()).isFalse();
        assertThat(options.poolSize()).isEqualTo(16);
        assertThat(options.kongSocket()).isNull();
        assertThat(options.toString()).doesNotContain("very-secret").doesNotContain(SECRET);
    }

    @Test
    void saysEverythingThatIsMissingOrWrongAtOnce() {
        assertThatThrownBy(() -> SidecarOptions.read(Map.of(
                        "GATEWRIGHT_DB_POOL_SIZE", "0",
                        "GATEWRIGHT_COMPLETION", "sometimes",
                        "GATEWRIGHT_SEAL", "c2hvcnQ=")))
                .isInstanceOf(SidecarOptions.Invalid.class)
                .message()
                .contains("GATEWRIGHT_GUARD_SOCKET", "GATEWRIGHT_DB_URL", "GATEWRIGHT_PEPPER", "GATEWRIGHT_SEAL")
                .contains("GATEWRIGHT_DB_POOL_SIZE is no number from 2 to 200.")
                .contains("GATEWRIGHT_COMPLETION is sometimes; use durable or relaxed.");
    }

    @Test
    void readsWhereToTellItsStatus() {
        assertThat(SidecarOptions.read(GOOD).status()).isNull();
        for (String address : List.of("127.0.0.1:9465", "0.0.0.0:0", "[::1]:9465")) {
            Map<String, String> good = new HashMap<>(GOOD);
            good.put("GATEWRIGHT_STATUS_ADDRESS", address);
            assertThat(SidecarOptions.read(good).status()).as(address).isNotNull();
        }
        for (String address : List.of("9465", "localhost:9465", "1.2.3.4.5:1", "127.0.0.1:99999", "[1:2]:1")) {
            Map<String, String> bad = new HashMap<>(GOOD);
            bad.put("GATEWRIGHT_STATUS_ADDRESS", address);
            assertThatThrownBy(() -> SidecarOptions.read(bad))
                    .as(address)
                    .hasMessage("GATEWRIGHT_STATUS_ADDRESS is " + address
                            + "; give an IP address and a port, such as 127.0.0.1:9465.");
        }
    }

    @Test
    void refusesASocketPathThatNoSystemTakes() {
        Map<String, String> long_ = new HashMap<>(GOOD);
        long_.put("GATEWRIGHT_GUARD_SOCKET", "/" + "a".repeat(100));
        assertThatThrownBy(() -> SidecarOptions.read(long_)).message().contains("at most 80");
    }

    @Test
    void refusesANameThatNobodyReadsAndNamesTheNearest() {
        Map<String, String> slips = new HashMap<>(GOOD);
        slips.put("GATEWRIGHT_DB_PASWORD", "x");
        slips.put("GATEWRIGHT_QUOTA_KEYS", "1");
        slips.put("GATEWRIGHT_STATUS_PORT", "9465");
        assertThatThrownBy(() -> SidecarOptions.read(slips))
                .isInstanceOf(SidecarOptions.Invalid.class)
                .hasMessage("The environment has GATEWRIGHT_DB_PASWORD, which is not a setting of this process;"
                        + " did you mean GATEWRIGHT_DB_PASSWORD?\n"
                        + "The environment has GATEWRIGHT_QUOTA_KEYS, which is not a setting of this process;"
                        + " did you mean GATEWRIGHT_TENANT_KEYS?\n"
                        + "The environment has GATEWRIGHT_STATUS_PORT, which is not a setting of this process;"
                        + " did you mean GATEWRIGHT_STATUS_ADDRESS?");
    }

    @Test
    void leavesAloneWhatOtherProgramsRead() {
        Map<String, String> more = new HashMap<>(GOOD);
        more.put("GATEWRIGHT_NO_BUILD", "1");
        more.put("GATEWRIGHT_TOKEN", "t");
        more.put("PATH", "/bin");
        more.put("GATEWRIGHT_SERVICE_HOST", "10.96.0.12"); // of a Service of Kubernetes named gatewright
        more.put("GATEWRIGHT_SERVICE_PORT_XDS", "18000");
        more.put("GATEWRIGHT_PORT", "tcp://10.96.0.12:8080");
        more.put("GATEWRIGHT_PORT_8080_TCP_ADDR", "10.96.0.12");
        more.put("GATEWRIGHT_REDIS_PORT", "tcp://10.96.0.13:6379");
        assertThat(SidecarOptions.read(more).poolSize()).isEqualTo(16);
    }
}
