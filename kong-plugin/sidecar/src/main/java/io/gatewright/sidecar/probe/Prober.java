package io.gatewright.sidecar.probe;

import io.gatewright.guard.Tally;
import io.gatewright.guard.store.Probes;
import io.gatewright.guard.store.StoreUnavailable;
import io.gatewright.guard.store.Unsettled;
import io.gatewright.sidecar.policy.Probe;
import io.gatewright.sidecar.policy.ProbedRoutes;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks modules about attempts whose outcome is unknown, on the routes that say where they can be asked, and settles what they
 * say. Has no thread: call {@link #round} every few seconds, from any number of processes; it does nothing where no route says
 * so. One thread at a time.
 *
 * <p>{@code applied} is final. {@code not-applied} is so far only: the key is set free when the module was asked after the time
 * that it may still act on an attempt nobody waits for, as its settings assert, and asked again until then. Anything else is asked
 * again, ever less often, and at last left to the operator.
 */
public final class Prober implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Prober.class);

    private static final int AT_ONCE = 8;
    private static final int MOST_BATCHES = 32;
    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration ANSWER = Duration.ofSeconds(5);

    /** Longer than a batch takes, whose questions are asked at once. */
    private static final Duration HOLD = Duration.ofMinutes(1);

    private static final Duration FIRST_DELAY = Duration.ofSeconds(5);
    private static final Duration LAST_DELAY = Duration.ofMinutes(10);

    /** The last some seventy minutes after the first. */
    static final int MOST_ASKS = 14;

    private static final Duration OVERLAP = Duration.ofMinutes(1);

    private final Probes probes;
    private final ProbedRoutes routes;
    private final Tally tally;
    private final Duration answer;
    private volatile @Nullable HttpClient http; // made when somebody is asked
    private Map<String, Long> noted = Map.of();
    private long notedNanos;

    /** @param tally counts {@code probe-applied}, {@code probe-not-applied}, {@code probe-in-vain} and {@code probe-left} */
    public Prober(Probes probes, ProbedRoutes routes, Tally tally) {
        this(probes, routes, tally, ANSWER);
    }

    /** @param answer how long an answer may take to its last byte */
    Prober(Probes probes, ProbedRoutes routes, Tally tally, Duration answer) {
        this.probes = probes;
        this.routes = routes;
        this.tally = tally;
        this.answer = answer;
    }

    /** An attempt and what its module is being asked. */
    private record Asked(Unsettled one, Probe probe, Question question) {}

    /** Notes what is unknown, and asks about all that is due, at most 256. */
    public void round() throws StoreUnavailable, InterruptedException {
        Map<String, Long> askable = routes.all();
        if (askable.isEmpty()) {
            return;
        }
        note(askable);
        int size = AT_ONCE;
        for (int batch = 0; batch < MOST_BATCHES && size == AT_ONCE; batch++) {
            List<Unsettled> taken = probes.take(AT_ONCE, HOLD);
            settle(ask(taken));
            size = taken.size();
        }
    }

    /** Reads all claims once, and again when other routes are asked; then those whose lease ended since the last time. */
    private void note(Map<String, Long> askable) throws StoreUnavailable {
        long now = System.nanoTime();
        probes.note(
                askable,
                askable.equals(noted) ? Duration.ofNanos(now - notedNanos).plus(OVERLAP) : null);
        noted = askable;
        notedNanos = now;
    }

    private List<Asked> ask(List<Unsettled> taken) throws StoreUnavailable {
        List<Asked> asked = new ArrayList<>();
        HttpClient client = http;
        if (client == null) {
            client = Question.client(CONNECT);
            http = client;
        }
        for (Unsettled one : taken) {
            Optional<Probe> probe = routes.find(one.tenant(), one.route());
            if (probe.isPresent()) {
                asked.add(new Asked(one, probe.get(), Question.ask(client, probe.get(), one)));
            } else {
                probes.forget(one);
            }
        }
        return asked;
    }

    private void settle(List<Asked> asked) throws StoreUnavailable, InterruptedException {
        try {
            for (Asked each : asked) {
                settle(each.one(), each.probe(), each.question().outcome(answer));
            }
        } finally {
            asked.forEach(each -> each.question().close());
        }
    }

    private void settle(Unsettled one, Probe probe, Outcome outcome) throws StoreUnavailable {
        switch (outcome) {
            case Outcome.Applied applied -> {
                if (probes.applied(one, applied.status(), applied.location(), "the module says: applied")) {
                    settled("probe-applied", one);
                }
            }
            case Outcome.NotApplied notApplied -> {
                Duration early = Duration.between(one.at(), one.since().plus(probe.bound()));
                if (early.isPositive()) { // it may still turn into applied
                    probes.putOff(one, early.compareTo(LAST_DELAY) < 0 ? early : LAST_DELAY, false);
                } else if (probes.notApplied(one, one.at().minus(probe.bound()), "the module says: not applied")) {
                    settled("probe-not-applied", one);
                }
            }
            case Outcome.Unclear(String why)
            when one.asked() + 1 >= MOST_ASKS -> {
                probes.leave(one);
                tally.count("probe-left");
                LOG.warn(
                        "event=idempotency_probe_left tenant={} route={} correlation={} asked={} problem=\"{}\"",
                        one.tenant(),
                        one.route(),
                        one.correlationId(),
                        one.asked() + 1,
                        why);
            }
            case Outcome.Unclear unclear -> {
                probes.putOff(one, delay(one.asked()), true);
                tally.count("probe-in-vain");
            }
        }
    }

    private void settled(String what, Unsettled one) {
        tally.count(what);
        LOG.info(
                "event=idempotency_probed what={} tenant={} route={} correlation={}",
                what,
                one.tenant(),
                one.route(),
                one.correlationId());
    }

    private static Duration delay(int asked) {
        Duration delay = FIRST_DELAY.multipliedBy(1L << Math.min(asked, 10));
        return delay.compareTo(LAST_DELAY) < 0 ? delay : LAST_DELAY;
    }

    /** Leaves what it is asking. */
    @Override
    public void close() {
        HttpClient client = http;
        if (client != null) {
            client.shutdownNow();
            client.close();
        }
    }
}
