package io.gatewright.bench;

import io.gatewright.guard.Guard;
import io.gatewright.guard.Pepper;
import io.gatewright.guard.http.Octets;
import io.gatewright.guard.store.IdempotencyStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.ExecutionException;

/**
 * What idempotency costs: in the store, and to a request through a real Envoy and through Kong's plugin socket, where Kong is
 * played by the testkit. Everything is on this machine, Postgres too.
 */
final class GuardBench {
    private static final int CLIENTS = 16;

    private final int rounds;

    GuardBench(int rounds) {
        this.rounds = rounds;
    }

    void run() throws IOException, SQLException, InterruptedException, ExecutionException {
        System.setProperty(
                "sun.net.httpserver.nodelay", "true"); // else the played Kong's answers wait 40 ms for an ACK
        try (BenchDatabase database = BenchDatabase.start(CLIENTS + 2);
                GuardedFleet fleet = new GuardedFleet()) {
            database.migrateGuard();
            GuardStore statements = new GuardStore(database.pool(), rounds);
            for (boolean relaxed : new boolean[] {false, true}) {
                statements.run(1, relaxed);
                statements.run(CLIENTS, relaxed);
            }
            for (boolean relaxed : new boolean[] {false, true}) {
                IdempotencyStore store = new IdempotencyStore(
                        database.pool(), new IdempotencyStore.Options(Duration.ofSeconds(5), relaxed, 0, null));
                try (Guard guard = new Guard(
                        store, Pepper.of(List.of(Octets.of("a pepper of thirty-two octets ok"))), Clock.systemUTC())) {
                    through("envoy", () -> GuardedDoor.envoy(fleet, guard, directory()), relaxed);
                    through("kong", () -> GuardedDoor.kong(fleet, guard, directory()), relaxed);
                }
            }
        }
    }

    private static Path directory() throws IOException {
        return Files.createTempDirectory("gatewright-bench");
    }

    /** Opens a gateway. */
    @FunctionalInterface
    private interface Opening {
        GuardedDoor open() throws IOException, InterruptedException;
    }

    /** The four kinds of requests take turns, so that what else the machine does meets all of them. */
    private void through(String gateway, Opening opening, boolean relaxed) throws IOException, InterruptedException {
        try (GuardedDoor door = opening.open()) {
            String again = UUID.randomUUID().toString();
            List<Latencies> kinds = List.of(
                    new Latencies("without", rounds, door.plainPort(), () -> ""),
                    new Latencies("no_key", rounds, door.port(), () -> ""),
                    new Latencies(
                            "first_use",
                            rounds,
                            door.port(),
                            () -> UUID.randomUUID().toString()),
                    new Latencies("replay", rounds, door.port(), () -> again));
            for (int round = -1; round < rounds; round++) { // the first to warm up
                for (Latencies kind : kinds) {
                    kind.round(door, round >= 0);
                }
                Progress.say(gateway + ": round " + (round + 2) + " of " + (rounds + 1));
            }
            double without = kinds.getFirst().median();
            for (Latencies kind : kinds) {
                System.out.printf(
                        Locale.ROOT,
                        "result guard.%s completion=%s %s added_p50_ms=%.3f ratio=%.2f%n",
                        gateway,
                        relaxed ? "relaxed" : "durable",
                        kind.text(),
                        kind.median() - without,
                        kind.median() / without);
            }
        }
    }
}
