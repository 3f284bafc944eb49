package io.gatewright.bench.pdk;

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
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The jar and the cache of classes that this module's build has made, started as Kong does: without any environment. */
@Timeout(120)
final class EightCallsIT {
    private static final Path TARGET = Path.of("target").toAbsolutePath();

    @TempDir
    Path directory;

    @Test
    void servesFromItsCacheWithAnEmptyEnvironment() throws Exception {
        Process process = start();
        try {
            Path socket = directory.resolve("eight-calls.socket");
            while (!Files.exists(socket)) {
                assertThat(process.isAlive())
                        .as("the server ended: its words are above")
                        .isTrue();
                LockSupport.parkNanos(1_000_000);
            }
            for (String config : List.of("{}", "{\"one_by_one\":true}")) {
                assertAsksAndSets(socket, config);
            }
        } finally {
            process.destroyForcibly();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** With {@code AOTMode=on} a JVM that cannot use the cache ends instead of starting without it. */
    private Process start() throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:AOTCache=" + TARGET.resolve("eight-calls.aot"),
                        "-XX:AOTMode=on",
                        "-XX:+UseSerialGC",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-jar",
                        TARGET.resolve("eight-calls.jar").toString(),
                        "--kong-prefix",
                        directory.toString())
                .inheritIO();
        builder.environment().clear();
        return builder.start();
    }

    private static void assertAsksAndSets(Path socket, String config) throws Exception {
        Script script = new Script()
                .expect(Method.REQUEST_GET_METHOD, Replies.text("PUT"))
                .expect(Method.REQUEST_GET_PATH, Replies.text("/orders"))
                .expect(Method.REQUEST_GET_HEADERS, Replies.table(Map.of("host", "h", "accept", "a")))
                .expect(Method.REQUEST_GET_RAW_BODY, Replies.text("body"))
                .expect(Method.CLIENT_GET_CONSUMER, Replies.EMPTY)
                .expect(Method.CTX_SHARED_SET, Replies.EMPTY)
                .expect(Method.CTX_SHARED_SET, Replies.EMPTY)
                .expect(Method.RESPONSE_SET_HEADER, Replies.EMPTY);
        try (SimulatedKong kong = SimulatedKong.on(socket).start()) {
            EventResult result = kong.event(
                    ConfiguredPlugin.of("eight-calls", 905, Set.of(Phase.ACCESS), config), Phase.ACCESS, script);
            script.verify();
            assertThat(result).isEqualTo(new EventResult.Finished());
        }
    }
}
