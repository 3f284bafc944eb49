package io.gatewright.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.envoybootstrap.SidecarProcess;
import io.gatewright.events.OwnServer;
import io.gatewright.guard.history.History;
import io.gatewright.settings.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} of the sidecar, of Postgres and of Envoy at each step of a request with a key. However it falls, no request is
 * executed twice, and no answer is another one than the first. More rounds with {@code -Dgatewright.crash.rounds=50}, the same
 * moments again with {@code -Dgatewright.crash.seed}.
 */
final class GuardCrashIT {
    private static final int ROUNDS = Integer.getInteger("gatewright.crash.rounds", 1);
    private static final int MOST_RETRIES = 400;
    private static final long PAUSE_NANOS = 50_000_000;
    private static final long LONGEST_REQUEST_NANOS = 15_000_000;
    private static final long HELD_NANOS = 300_000_000;

    private enum Victim {
        SIDECAR,
        POSTGRES,
        ENVOY
    }

    /** When it falls: while the claim is written, when the upstream has executed, while the answer is kept, or at any moment. */
    private enum Step {
        CLAIMING,
        EXECUTED,
        KEEPING,
        ANY
    }

    @TempDir
    Path directory;

    private final History history = new History();
    private final Map<String, Integer> ends = new TreeMap<>();
    private OwnServer postgres;
    private Outage outage;
    private PaymentsUpstream upstream;
    private SidecarProcess.Place place;
    private SidecarProcess sidecar;

    @BeforeEach
    void start() throws Exception {
        upstream = new PaymentsUpstream(history);
        postgres = OwnServer.start();
        outage = new Outage(
                directory, List.of("--db-url=" + postgres.url(), "--db-user=postgres", "--db-password=unused"));
        Path socket = directory.resolve("guard.sock");
        place = new SidecarProcess.Place(
                directory.resolve("sidecar"), socket, directory.resolve("kong.sock"), postgres.url());
        sidecar = SidecarProcess.start(place);
        hold();
        outage.commit(
                Documents.of(
                        Kind.MODULE,
                        "payments",
                        "{\"prefix\":\"/api/payments\",\"upstream\":{\"endpoints\":[\"%s\"],\"requestTimeout\":\"PT2S\"}}"
                                .formatted(upstream.endpoint())),
                Documents.setting("global", "guard.service", "[\"unix:" + socket + "\"]"));
        String first = UUID.randomUUID().toString(); // not in the history: the gateway may not know the module yet
        Waiting.until(
                "the guard answers",
                () -> io.gatewright.gateway.Connection.once(outage.port(), outage.payment(first))
                                .status()
                        == 201);
    }

    @AfterEach
    void stop() {
        sidecar.close();
        outage.close();
        upstream.close();
        postgres.close();
    }

    @Test
    void case23To27And36ExecutesNothingTwiceWhateverIsKilledAtWhicheverStep() throws Exception {
        long seed = Long.getLong("gatewright.crash.seed", System.nanoTime());
        System.out.println("seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < ROUNDS; round++) {
            for (Victim victim : Victim.values()) {
                for (Step step : Step.values()) {
                    round(victim, step, random);
                }
            }
        }
        System.out.println("rounds=" + ROUNDS + " requests=" + upstream.executions() + " ends=" + ends);
        assertThat(history.violations()).isEmpty();
    }

    /** Postgres holds writes of claims and of answers for a moment where the table of steps says so. */
    private void hold() throws Exception {
        try (Connection connection = postgres.open();
                Statement statement = connection.createStatement()) {
            statement.execute("""
                CREATE UNLOGGED TABLE IF NOT EXISTS public.held (step text NOT NULL);
                GRANT SELECT ON public.held TO gatewright_service;
                CREATE OR REPLACE FUNCTION public.hold() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    IF EXISTS (SELECT FROM public.held WHERE step = TG_ARGV[0]) THEN
                        PERFORM pg_sleep(0.2);
                    END IF;
                    RETURN NEW;
                END $$;
                CREATE OR REPLACE TRIGGER claiming BEFORE INSERT ON idempotency.claim FOR EACH ROW EXECUTE FUNCTION public.hold('CLAIMING');
                CREATE OR REPLACE TRIGGER keeping BEFORE UPDATE ON idempotency.claim FOR EACH ROW WHEN (NEW.state = 2)
                    EXECUTE FUNCTION public.hold('KEEPING')""");
        }
    }

    private void round(Victim victim, Step step, SplittableRandom random) throws Exception {
        String key = UUID.randomUUID().toString();
        mark(step.name());
        upstream.takes(step == Step.EXECUTED ? HELD_NANOS : 0);
        int executed = upstream.executions();
        try (ExecutorService client = Executors.newVirtualThreadPerTaskExecutor();
                Connection watch = postgres.open()) {
            Future<String> first = client.submit(() -> send(key));
            switch (step) {
                case CLAIMING, KEEPING -> Waiting.until(step + " of " + victim, () -> sleeps(watch));
                case EXECUTED -> Waiting.until(step + " of " + victim, () -> upstream.executions() > executed);
                case ANY -> LockSupport.parkNanos(random.nextLong(LONGEST_REQUEST_NANOS));
            }
            kill(victim);
            first.get();
        }
        restart(victim);
        mark("");
        upstream.takes(0);
        String end = "";
        for (int retry = 0; retry < MOST_RETRIES && !isFinal(end); retry++) {
            end = send(key);
            LockSupport.parkNanos(isFinal(end) ? 0 : PAUSE_NANOS);
        }
        assertThat(isFinal(end)).as("%s %s: %s", victim, step, end).isTrue();
        assertThat(send(key)).as("the same again").isEqualTo(end);
        ends.merge(victim + " " + step + " " + end, 1, Integer::sum);
        assertThat(send(UUID.randomUUID().toString())).as("it goes on").isEqualTo("answered");
        assertThat(history.violations()).isEmpty();
    }

    private static boolean isFinal(String end) {
        return end.equals("answered") || end.equals("outcome-unknown") || end.equals("replay-unavailable");
    }

    private void mark(String step) throws Exception {
        try (Connection connection = postgres.open();
                Statement statement = connection.createStatement()) {
            statement.execute("DELETE FROM public.held");
            statement.execute("INSERT INTO public.held VALUES ('" + step + "')");
        }
    }

    private static boolean sleeps(Connection watch) throws IOException {
        try (Statement statement = watch.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")) {
            return row.next() && row.getInt(1) > 0;
        } catch (SQLException e) {
            throw new IOException(e);
        }
    }

    private void kill(Victim victim) throws Exception {
        switch (victim) {
            case SIDECAR -> sidecar.kill();
            case POSTGRES -> postgres.kill();
            case ENVOY -> outage.killEnvoy();
        }
    }

    private void restart(Victim victim) throws Exception {
        switch (victim) {
            case SIDECAR -> sidecar = SidecarProcess.start(place);
            case POSTGRES -> postgres.run();
            case ENVOY -> outage.restartEnvoy();
        }
    }

    /** What came of it in a word; a lost call stays open in the history. */
    private String send(String key) {
        History.Call call = history.invoke(key);
        try {
            Answer answer = io.gatewright.gateway.Connection.once(outage.port(), outage.payment(key));
            String problem = answer.status() == 201
                    ? ""
                    : answer.json().path("type").asText().replace("urn:gatewright:problem:", "");
            call.returned(new io.gatewright.guard.history.Answer(
                    answer.status(),
                    answer.body(),
                    answer.header("idempotent-replayed").equals("true"),
                    answer.header("idempotency-status").startsWith("executed;expires"),
                    problem));
            return problem.isEmpty() ? "answered" : problem;
        } catch (IOException e) {
            return "lost";
        }
    }
}
