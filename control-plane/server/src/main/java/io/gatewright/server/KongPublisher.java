package io.gatewright.server;

import io.gatewright.kong.Bundle;
import io.gatewright.kong.KongTranslator;
import io.gatewright.kong.Target;
import io.gatewright.kong.node.KongFleet;
import io.gatewright.settings.Settings;
import io.gatewright.settings.SettingsChange;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Translates settings for Kongs and offers what comes out to all of them, on a thread of its own: the newest settings count, so
 * a burst of changes is translated once. A tenant whose entities cannot be made keeps its last good ones. Thread-safe.
 */
public final class KongPublisher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KongPublisher.class);

    private final KongFleet fleet;
    private final BiFunction<Settings, Target, KongTranslator.Translation> translation;
    private final Target target;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private final Thread thread;
    private @Nullable Settings newest;
    private Offer offer = new Offer(-1, Bundle.empty(), Map.of());
    private final List<BiConsumer<Offer, Offer>> listeners = new CopyOnWriteArrayList<>();
    private boolean closed;

    /**
     * What is offered. Immutable.
     *
     * @param revision of the settings
     * @param failures tenants whose entities cannot be made, with the reason
     */
    public record Offer(long revision, Bundle bundle, Map<String, String> failures) {}

    /** Does nothing before {@link #start}. */
    public KongPublisher(KongFleet fleet, Target target) {
        this(fleet, target, KongTranslator::translate);
    }

    KongPublisher(
            KongFleet fleet, Target target, BiFunction<Settings, Target, KongTranslator.Translation> translation) {
        this.fleet = fleet;
        this.target = target;
        this.translation = translation;
        this.thread = Thread.ofVirtual().name("kong-publisher").unstarted(this::run);
    }

    /** Has it called with the last offer and the next when their contents differ; it must not block. */
    public void onOffer(BiConsumer<Offer, Offer> listener) {
        listeners.add(listener);
    }

    /** Begins to translate and to post, when there is a Kong. */
    public void start() {
        if (!fleet.isEmpty()) {
            thread.start();
            fleet.start();
        }
    }

    /** Takes a change; returns at once. */
    public void onChange(SettingsChange change) {
        lock.lock();
        try {
            newest = change.current();
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** What the Kongs shall run now. */
    public Offer offer() {
        lock.lock();
        try {
            return offer;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until settings of this revision or a later one are offered; at once when there is no Kong. */
    public boolean awaitOffered(long revision, Duration timeout) throws InterruptedException {
        long left = timeout.toNanos();
        lock.lockInterruptibly();
        try {
            while (!fleet.isEmpty() && offer.revision() < revision) {
                if (left <= 0) {
                    return false;
                }
                left = moved.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * What these settings would come to, without offering it. Tenants that cannot be made keep what is offered.
     *
     * @throws RuntimeException when what all tenants share cannot be made
     */
    public Offer translate(Settings settings) {
        KongTranslator.Translation made = translation.apply(settings, target);
        Bundle bundle =
                made.bundle().withTenantsOf(offer().bundle(), made.failures().keySet());
        return new Offer(settings.revision(), bundle, made.failures());
    }

    /** The same, but when what all tenants share cannot be made, everything keeps what is offered. */
    public Offer translateOrKeep(Settings settings) {
        try {
            return translate(settings);
        } catch (RuntimeException e) {
            LOG.error("revision={} cannot be made for Kong", settings.revision(), e);
            return new Offer(
                    settings.revision(), offer().bundle(), Map.of(Derivation.SHARED, String.valueOf(e.getMessage())));
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            moved.signalAll();
        } finally {
            lock.unlock();
        }
        fleet.close();
    }

    private void run() {
        try {
            for (Settings settings = take(); settings != null; settings = take()) {
                publish(settings);
            }
        } catch (InterruptedException e) {
            LOG.debug("no longer publishing to Kongs");
        }
    }

    private @Nullable Settings take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!closed && (newest == null || newest.revision() == offer.revision())) {
                moved.await();
            }
            return closed ? null : newest;
        } finally {
            lock.unlock();
        }
    }

    private void publish(Settings settings) {
        Offer last = offer();
        Offer next = translateOrKeep(settings);
        next.failures().forEach((tenant, reason) -> LOG.error("tenant={} cannot be made for Kong: {}", tenant, reason));
        if (!next.failures().containsKey(Derivation.SHARED)) {
            fleet.offer(next.bundle());
        }
        advance(next);
        if (!last.bundle().digest().equals(next.bundle().digest())) {
            listeners.forEach(listener -> listener.accept(last, next));
        }
    }

    private void advance(Offer next) {
        lock.lock();
        try {
            offer = next;
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
