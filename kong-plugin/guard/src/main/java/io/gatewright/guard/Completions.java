package io.gatewright.guard;

import io.gatewright.guard.http.Digests;
import io.gatewright.guard.http.Fields;
import io.gatewright.guard.http.Octets;
import io.gatewright.guard.store.Attempt;
import io.gatewright.guard.store.Claim;
import io.gatewright.guard.store.IdempotencyStore;
import io.gatewright.guard.store.Leasing;
import io.gatewright.guard.store.StoreUnavailable;
import io.gatewright.guard.store.StoredAnswer;
import io.gatewright.guard.store.WriteWish;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Ends claims. When the store is away the client has its answer all the same, and the end is tried again: it is fenced, so
 * late does no harm. What is dropped when the queue is full reads as unknown when its lease is over. Thread-safe.
 */
final class Completions implements AutoCloseable {
    private static final int MOST = 1_000;
    private static final int MOST_QUEUED_BODY = 65_536;
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** One end, which can be told again and again. */
    @FunctionalInterface
    private interface End {
        boolean tell() throws StoreUnavailable;
    }

    private final IdempotencyStore store;
    private final Tally tally;
    private final BlockingQueue<End> late = new ArrayBlockingQueue<>(MOST);
    private final AtomicInteger open = new AtomicInteger(); // in the queue or being told
    private final Thread thread = Thread.ofVirtual().name("late-completions").unstarted(this::work);
    private volatile boolean closed;

    Completions(IdempotencyStore store, Tally tally) {
        this.store = store;
        this.tally = tally;
        thread.start();
    }

    /** Takes back what may have been claimed although nothing is sent for it; later, since the store is not well now. */
    void withdraw(Attempt attempt) {
        tally.count("withdrawn");
        queue(() -> {
            store.withdraw(attempt);
            return true;
        });
    }

    /** Returns what Idempotency-Status says, as all of these. */
    String release(Claim claim) {
        tally.count("released");
        end(() -> store.release(claim));
        return "released";
    }

    String unknown(Pending pending, Claim claim, Ending.Cause cause, Duration took) {
        tally.count("unknown");
        String event = GuardEvents.unknown(pending, claim, cause, took);
        end(() -> store.unknown(claim, cause.text(), event));
        return "unknown";
    }

    String complete(Pending pending, Claim claim, Ending.Answered answered, Duration took) {
        Octets body = answered.body();
        @Nullable Octets kept = body != null && body.size() <= pending.policy().bodyLimit() ? body : null;
        Fields fields = KeptFields.of(answered.fields());
        @Nullable Octets digest = body == null ? null : Digests.of(body);
        StoredAnswer answer = new StoredAnswer(answered.status(), fields, kept, digest);
        StoredAnswer slim = kept != null && kept.size() > MOST_QUEUED_BODY
                ? new StoredAnswer(answered.status(), fields, null, digest)
                : answer;
        @Nullable
        String event = answered.status() < 300 ? GuardEvents.executed(pending, claim, answered.status(), took) : null;
        try {
            if (!store.complete(claim, answer, event)) {
                tally.count("superseded");
            }
            return "executed;expires=" + claim.expiresIn().toSeconds();
        } catch (StoreUnavailable e) {
            tally.storeFailed(e);
            queue(() -> store.complete(claim, slim, event));
            return "executed;stored=?0";
        }
    }

    /** Takes back what may have been leased although nothing is sent for it. */
    void abandon(WriteWish wish) {
        tally.count("withdrawn");
        queue(() -> {
            store.abandon(wish);
            return true;
        });
    }

    /** @param tag the new one, or null when it is not known */
    void endWrite(Leasing.Leased lease, Leasing.End how, @Nullable String tag) {
        if (how == Leasing.End.LOST) {
            tally.count("ledger-quarantined");
        }
        end(() -> store.endWrite(lease, how, tag));
    }

    private void end(End end) {
        try {
            if (!end.tell()) {
                tally.count("superseded");
            }
        } catch (StoreUnavailable e) {
            tally.storeFailed(e);
            queue(end);
        }
    }

    private void queue(End end) {
        open.incrementAndGet();
        if (!late.offer(end)) {
            open.decrementAndGet();
            tally.count("completion-dropped");
        }
    }

    private void work() {
        try {
            while (!closed) {
                tellUntilHeard(late.take());
                open.decrementAndGet();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed
        }
    }

    private void tellUntilHeard(End end) throws InterruptedException {
        Backoff backoff = new Backoff(Duration.ofDays(1));
        while (!closed) {
            try {
                tally.count(end.tell() ? "completed-late" : "superseded");
                return;
            } catch (StoreUnavailable e) {
                tally.storeFailed(e);
                if (e.isRefused()) {
                    tally.count("completion-refused");
                    return; // the next ones wait behind it
                }
                if (!backoff.pause()) {
                    throw new InterruptedException("closed");
                }
            }
        }
    }

    @Override
    public void close() {
        Backoff backoff = new Backoff(PATIENCE);
        while (open.get() > 0 && backoff.pause()) {
            Thread.onSpinWait();
        }
        closed = true;
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
