package io.gatewright.pdk.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import io.gatewright.pdk.FailurePolicy;
import io.gatewright.pdk.Headers;
import io.gatewright.pdk.Kong;
import io.gatewright.pdk.Outcome;
import io.gatewright.pdk.Request;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * The server against connections that say anything at all. Two seconds, unless {@code -Dgatewright.fuzz.seconds} says otherwise; the seed is printed, and
 * {@code -Dgatewright.fuzz.seed} repeats it.
 */
final class FuzzTest {
    private static final int ATTACKERS = 4;
    private static final int PATIENCE_SECONDS = 60;

    @Test
    void survivesWhateverComes() throws Exception {
        long seed = Long.getLong("gatewright.fuzz.seed", new Random().nextLong());
        int seconds = Integer.getInteger("gatewright.fuzz.seconds", 2);
        System.err.printf("fuzz: seed %d, %d s (-Dgatewright.fuzz.seed, -Dgatewright.fuzz.seconds)%n", seed, seconds);
        long attacks = 0;
        try (Served served = Served.by(new Probe("probe", FailurePolicy.CLOSED, FuzzTest::handle));
                ExecutorService threads = Executors.newFixedThreadPool(ATTACKERS)) {
            Attacker first = new Attacker(served.server().socket(), new Random(seed));
            for (int i = 0; i < 50; i++) {
                first.attack();
            }
            served.awaitConnections(0);
            long filesBefore = openFiles();
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
            List<Future<Long>> results = new ArrayList<>();
            for (int i = 0; i < ATTACKERS; i++) {
                Attacker attacker = new Attacker(served.server().socket(), new Random(seed + i));
                results.add(threads.submit(() -> attackUntil(end, attacker)));
            }
            for (Future<Long> result : results) {
                attacks += result.get(seconds + PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
            served.awaitConnections(0);
            served.isAlive("probe");
            served.awaitConnections(0);
            assertThat(openFiles()).as("open files, seed %d", seed).isLessThanOrEqualTo(filesBefore);
        }
        System.err.printf("fuzz: %d connections%n", attacks);
        assertThat(attacks).isPositive();
    }

    private static long attackUntil(long endNanos, Attacker attacker) throws IOException {
        long attacks = 0;
        while (System.nanoTime() < endNanos) {
            attacker.attack();
            attacks++;
        }
        return attacks;
    }

    /** What the config says. */
    private static Outcome handle(Kong kong, Probe.Config config) {
        return switch (config.word().orElse("")) {
            case "a" -> Outcome.proceed();
            case "b" -> {
                for (int i = 0; i < 200; i++) {
                    kong.log().warn("line " + i);
                }
                yield Outcome.proceed();
            }
            case "c" -> {
                kong.fetch(Request.method(), Request.headers(), Request.rawBody());
                yield Outcome.proceed();
            }
            case "d" -> {
                kong.log().warn("exit");
                yield Outcome.exit(403, Headers.of("a", "b"), "no");
            }
            case "e" -> throw new IllegalStateException("on purpose");
            default -> Outcome.exit(200, Headers.none(), new byte[50_000]);
        };
    }

    private static long openFiles() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getOpenFileDescriptorCount()
                : 0;
    }
}
