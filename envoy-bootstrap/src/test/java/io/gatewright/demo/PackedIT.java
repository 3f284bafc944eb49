package io.gatewright.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The libraries that the build has put beside the demo, which the launcher runs it with. */
final class PackedIT {
    private static final Path TARGET = Path.of("target").toAbsolutePath();

    @Test
    void theDemosCommandLineHasWhatItNeeds() throws Exception {
        String path = TARGET.resolve("*") + File.pathSeparator + TARGET.resolve("lib/*");
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        path,
                        "io.gatewright.cli.Main",
                        "--help"))
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output).contains("Usage:", "status", "idempotency");
    }
}
