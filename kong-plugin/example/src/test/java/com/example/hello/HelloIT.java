package com.example.hello;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.pdk.Method;
import io.gatewright.pdk.Phase;
import io.gatewright.testkit.ConfiguredPlugin;
import io.gatewright.testkit.EventResult;
import io.gatewright.testkit.Replies;
import io.gatewright.testkit.Script;
import io.gatewright.testkit.SimulatedKong;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the build has packed, started as Kong does: without any environment. */
@Timeout(120)
final class HelloIT {
    private static final Path TARGET = Path.of("target").toAbsolutePath();

    @TempDir
    Path directory;

    @Test
    void servesFromItsCacheOfClassesWithAnEmptyEnvironment() throws Exception {
        Path socket = directory.resolve("hello.socket");
        Process process = start();
        try (SimulatedKong kong = SimulatedKong.on(socket).start()) {
            while (!Files.exists(socket)) {
                assertThat(process.isAlive())
                        .as("the server ended; its words are above")
                        .isTrue();
                LockSupport.parkNanos(1_000_000);
            }
            ConfiguredPlugin hello = ConfiguredPlugin.of("hello", 1000, Set.of(Phase.ACCESS), "{}");
            Script script = new Script()
                    .expect(Method.REQUEST_GET_HEADER, Replies.text("Ada"))
                    .expect(Method.RESPONSE_SET_HEADER, Replies.EMPTY);

            assertThat(kong.event(hello, Phase.ACCESS, script)).isEqualTo(new EventResult.Finished());
            script.verify();
        } finally {
            process.destroyForcibly();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** With {@code AOTMode=on} a JVM that cannot use the cache ends instead of doing without. */
    private Process start() throws Exception {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:AOTCache=" + TARGET.resolve("hello.aot"),
                "-XX:AOTMode=on",
                "-XX:+UseSerialGC",
                "-Xmx64m",
                "--sun-misc-unsafe-memory-access=allow",
                "-jar",
                TARGET.resolve("hello.jar").toString(),
                "-kong-prefix",
                directory.toString());
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment().clear();
        return builder.start();
    }
}
