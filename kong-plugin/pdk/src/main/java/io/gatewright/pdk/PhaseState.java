package io.gatewright.pdk;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a plugin remembers of a request from one phase to a later one, in this process and by the request's id: the way that is
 * safe from mixing up requests ({@link Kong}). Entries go after a time, because Kong does not promise the later phase. Thread-safe.
 *
 * @param <S> the state
 */
public final class PhaseState<S> {
    private record Entry<S>(S state, long atNanos) {}

    private final Map<String, Entry<S>> entries = new ConcurrentHashMap<>();
    private final AtomicLong sweptNanos;
    private final long lifeNanos;
    private final LongSupplier clock;

    /** Remembers for this long; 10 minutes are plenty unless responses take longer. */
    public PhaseState(Duration life) {
        this(life, System::nanoTime);
    }

    PhaseState(Duration life, LongSupplier clock) {
        this.lifeNanos = life.toNanos();
        this.clock = clock;
        this.sweptNanos = new AtomicLong(clock.getAsLong());
    }

    /** Remembers it under this id, see {@link Kong#requestId}. */
    public void put(String requestId, S state) {
        long now = clock.getAsLong();
        entries.put(requestId, new Entry<>(state, now));
        long swept = sweptNanos.get();
        if (now - swept > lifeNanos / 4 && sweptNanos.compareAndSet(swept, now)) {
            entries.values().removeIf(entry -> now - entry.atNanos > lifeNanos);
        }
    }

    /** What is remembered. */
    public Optional<S> get(String requestId) {
        return state(entries.get(requestId));
    }

    /** What was remembered, and is not any more. */
    public Optional<S> take(String requestId) {
        return state(entries.remove(requestId));
    }

    /** How many are remembered. */
    public int size() {
        return entries.size();
    }

    private Optional<S> state(@Nullable Entry<S> entry) {
        return entry == null || clock.getAsLong() - entry.atNanos > lifeNanos
                ? Optional.empty()
                : Optional.of(entry.state);
    }
}
