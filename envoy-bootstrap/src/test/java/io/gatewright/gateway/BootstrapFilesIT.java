package io.gatewright.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.envoybootstrap.Bootstrap;
import io.gatewright.envoybootstrap.EnvoyBinary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files that operators copy are ones that Envoy takes, by {@code envoy --mode validate}. */
final class BootstrapFilesIT {
    private static final Bootstrap BOOTSTRAP = new Bootstrap("edge-1", "fleet", "localhost", 18000, 9901);

    @TempDir
    Path directory;

    @BeforeEach
    void issue() throws Exception {
        new Authority(directory.resolve("authority"), "ca").issue(directory, "edge-1", "dns:edge-1");
    }

    private String validated(String yaml) throws IOException, InterruptedException {
        assertThat(yaml).doesNotContain("${node", "${xds.p", "${admin", "${tls", "${heap");
        Path file = Files.writeString(directory.resolve("bootstrap.yaml"), yaml);
        Process envoy = new ProcessBuilder(
                        EnvoyBinary.find().toString(),
                        "--mode",
                        "validate",
                        "-c",
                        file.toString(),
                        "--disable-hot-restart",
                        "--log-level",
                        "error")
                .redirectErrorStream(true)
                .start();
        String said = new String(envoy.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return envoy.waitFor() + " " + said;
    }

    @Test
    void areTakenByEnvoy() throws Exception {
        assertThat(validated(BOOTSTRAP.yaml())).startsWith("0 ").contains("OK");
        assertThat(validated(BOOTSTRAP.yamlWithTls(directory))).startsWith("0 ").contains("OK");
        assertThat(validated(BOOTSTRAP.yamlOfFleet(directory, "127.0.0.2", "eu", "eu-1", 1L << 30)))
                .startsWith("0 ")
                .contains("OK");
        assertThat(validated(BOOTSTRAP.yaml().replace("connect_timeout: 1s", "connect_timeout: -1s")))
                .startsWith("1 ");
    }
}
