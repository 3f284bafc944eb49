package io.gatewright.envoybootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EnvoyProcessIT {
    @TempDir
    Path directory;

    @Test
    void answersItsAdministrationBeforeItHasAnyConfiguration() {
        try (EnvoyProcess envoy =
                EnvoyProcess.start(Bootstrap.local("it-1", Ports.free()), EnvoyProcess.Options.in(directory))) {
            assertThat(envoy.adminPort()).isPositive();
            assertThat(envoy.stat("server.concurrency")).isEqualTo(1);
            assertThat(envoy.stat("no.such.counter")).isZero();
            assertThat(envoy.configDump().at("/configs/0/bootstrap/node/id").asText())
                    .isEqualTo("it-1");
            assertThatThrownBy(() -> envoy.awaitLive(Duration.ZERO))
                    .isInstanceOf(EnvoyUnavailable.class)
                    .hasMessageContaining("was not live");
        }
    }

    @Test
    void looksForUnknownFieldsOnlyWhenStrict() throws Exception {
        EnvoyProcess.Options options = EnvoyProcess.Options.in(directory);
        for (boolean strict : List.of(false, true)) {
            try (EnvoyProcess envoy =
                    EnvoyProcess.start(Bootstrap.local("it-5", Ports.free()), strict ? options.strictly() : options)) {
                JsonNode flags =
                        new ObjectMapper().readTree(envoy.admin("/server_info")).path("command_line_options");
                assertThat(flags.path("ignore_unknown_dynamic_fields").asBoolean())
                        .isEqualTo(!strict);
                assertThat(flags.path("reject_unknown_dynamic_fields").asBoolean())
                        .isEqualTo(strict);
            }
        }
    }

    @Test
    void endsWhenClosed() {
        EnvoyProcess envoy =
                EnvoyProcess.start(Bootstrap.local("it-2", Ports.free()), EnvoyProcess.Options.in(directory));

        envoy.close();

        assertThat(envoy.running()).isFalse();
        assertThat(ProcessHandle.of(envoy.pid()).filter(ProcessHandle::isAlive)).isEmpty();
    }

    @Test
    void saysInOneSentenceThatItsPortIsInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Bootstrap bootstrap = new Bootstrap("it-3", "fleet", "127.0.0.1", Ports.free(), taken.getLocalPort());

            assertThatThrownBy(() -> EnvoyProcess.start(bootstrap, EnvoyProcess.Options.in(directory)))
                    .isInstanceOf(EnvoyUnavailable.class)
                    .hasMessageContaining("Address already in use")
                    .hasMessageNotContaining("\n");
        }
    }

    @Test
    void saysInOneSentenceThatTheBinaryIsNone() throws Exception {
        Path binary = Files.writeString(directory.resolve("envoy"), "not a program");

        assertThatThrownBy(() -> EnvoyProcess.start(
                        binary, Bootstrap.local("it-4", Ports.free()), EnvoyProcess.Options.in(directory)))
                .isInstanceOf(EnvoyUnavailable.class)
                .hasMessageContaining("cannot be started")
                .hasMessageNotContaining("\n");
    }
}
