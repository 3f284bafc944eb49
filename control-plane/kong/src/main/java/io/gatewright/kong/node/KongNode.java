package io.gatewright.kong.node;

import io.gatewright.kong.Bundle;
import io.gatewright.kong.DblessDocument;
import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one Kong at the newest bundle that was offered. What it runs is asked for again and again: one that has lost
 * everything, or was given something by others, gets the bundle again at once; one that does not answer is tried again, later
 * and later. Thread-safe; the work is done on one virtual thread of its own.
 */
public final class KongNode implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KongNode.class);
    private static final Duration BEACON_LAG = Duration.ofMillis(20);

    private final NodeOptions options;
    private final AdminApi admin;
    private final @Nullable Beacons beacons;
    private final @Nullable LastGood lastGoodFile;
    private final NodeRecord record;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition woken = lock.newCondition();
    private final Thread thread;
    private @Nullable Bundle offered;
    private boolean again;
    private boolean closed;

    // What the thread alone knows.
    private @Nullable Bundle wanted;
    private Application.Outcome.@Nullable Loaded loaded;
    private volatile Bundle lastGood = Bundle.empty(); // others read it
    private String provenHash = "";
    private int failures;

    /** Does nothing before {@link #start}. */
    public KongNode(NodeOptions options, HttpClient client, Clock clock, Listener listener) {
        this.options = options;
        this.admin = new AdminApi(options.admin(), client);
        this.beacons = options.proxy() == null ? null : new Beacons(options.proxy(), client);
        this.lastGoodFile = options.lastGood() == null ? null : new LastGood(options.lastGood(), options.name());
        this.clock = clock;
        this.record = new NodeRecord(options, clock, listener);
        this.thread = Thread.ofVirtual().name("kong-" + options.name()).unstarted(this::run);
    }

    /** Told on the node's thread, which it must not block. */
    public interface Listener {
        /** Something about it is otherwise than before. */
        void changed(NodeView view);

        void drifted(Drift drift);
    }

    public void start() {
        thread.start();
    }

    /** What it shall run from now on. The newest counts; returns at once. */
    public void offer(Bundle bundle) {
        lock.lock();
        try {
            if (offered == null || !offered.digest().equals(bundle.digest())) {
                offered = bundle;
                record.wants(bundle);
                woken.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Has it asked now what it runs, and what it refuses offered to it once more. */
    public void check() {
        record.asks();
        lock.lock();
        try {
            again = true;
            woken.signalAll();
        } finally {
            lock.unlock();
        }
    }

    public NodeView view() {
        return record.view();
    }

    /** What it proved last; empty before it has proved anything. */
    public Bundle proven() {
        return lastGood;
    }

    /** Waits until it has answered to the bundle of this digest, or shall run another one; says whether it has. */
    public boolean awaitSettled(String digest, Duration timeout) throws InterruptedException {
        return record.await(view -> view.answered() || !view.digest().equals(digest), timeout)
                && record.view().digest().equals(digest);
    }

    /** The same, but not for one that cannot be reached. */
    boolean awaitSettledIfThere(String digest, Duration timeout) throws InterruptedException {
        return record.await(view -> view.answered() || !view.digest().equals(digest) || view.away(), timeout)
                && record.view().digest().equals(digest);
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            woken.signalAll();
        } finally {
            lock.unlock();
        }
        thread.interrupt();
    }

    private void run() {
        Duration next = options.watch();
        try {
            while (take(next)) {
                next = turn();
            }
        } catch (InterruptedException e) {
            LOG.debug("node={} is no longer kept", options.name());
        }
    }

    /** Waits for something to do, and says whether there is. */
    private boolean take(Duration longest) throws InterruptedException {
        long left = longest.toNanos();
        lock.lockInterruptibly();
        try {
            while (!closed && left > 0 && !again && (offered == null || offered == wanted)) {
                left = woken.awaitNanos(left);
            }
            if (again || offered != wanted) {
                loaded = null; // also what was refused is tried again
                failures = 0;
            }
            again = false;
            wanted = offered;
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    /** Returns how long nothing has to be done. */
    private Duration turn() throws InterruptedException {
        Bundle bundle = wanted;
        if (bundle == null) {
            return options.watch();
        }
        try {
            return look(bundle);
        } catch (IOException e) {
            failures++;
            loaded = null;
            String why = e.getMessage() == null ? "nobody answers at " + options.admin() : e.getMessage();
            record.away(why);
            LOG.warn("kong node={} cannot be reached attempt={} problem=\"{}\"", options.name(), failures, why);
            return options.retry(failures);
        }
    }

    private Duration look(Bundle bundle) throws IOException, InterruptedException {
        String running = admin.hash();
        if (!record.connected()) {
            record.here(admin.version());
        }
        if (!provenHash.isEmpty() && !provenHash.equals(running)) {
            drifted(running);
        }
        Application.Outcome.Loaded last = loaded;
        return last != null && last.document().hash().equals(running) ? prove(bundle, last) : apply(bundle, running);
    }

    private void drifted(String running) {
        provenHash = "";
        boolean restarted = running.isEmpty();
        String found = restarted ? "had lost its configuration" : "ran a configuration of somebody else";
        LOG.warn("drift kong node={} found=\"{}\" hash={}", options.name(), found, running);
        record.drifted(new Drift(options.name(), restarted, found));
    }

    private Duration apply(Bundle bundle, String running) throws IOException, InterruptedException {
        Application application = new Application(admin, lastGood, clock.instant(), record::posts);
        return switch (application.apply(bundle, running)) {
            case Application.Outcome.Loaded now -> {
                loaded = now;
                provenHash = ""; // it runs another one from now on, and that is no drift
                if (!admin.hash().equals(now.document().hash())) {
                    throw new IOException("runs another configuration than it was just given");
                }
                yield prove(bundle, now);
            }
            case Application.Outcome.Refused refused -> {
                loaded = null;
                LOG.error("kong node={} refuses everything: {}", options.name(), refused.refusals());
                record.answers(bundle, refused.refusals(), false);
                yield options.longestRetry();
            }
            case Application.Outcome.Later later -> {
                failures++;
                LOG.warn("kong node={} takes nothing now attempt={}: {}", options.name(), failures, later.reason());
                record.waits(later.reason());
                Duration wait = options.retry(failures);
                yield later.after().compareTo(wait) > 0 ? later.after() : wait;
            }
        };
    }

    private Duration prove(Bundle bundle, Application.Outcome.Loaded now) throws IOException, InterruptedException {
        String hash = now.document().hash();
        if (beacons != null && !provenHash.equals(hash) && !beacons.serves(now.bundle())) {
            record.waits("its workers do not serve it yet");
            return BEACON_LAG;
        }
        if (!provenHash.equals(hash)) {
            provenHash = hash;
            lastGood = now.bundle();
            keep(now.document());
            LOG.info(
                    "kong node={} proven digest={} refused={}",
                    options.name(),
                    bundle.digest(),
                    now.refusals().size());
        }
        failures = 0;
        record.answers(bundle, now.refusals(), true);
        return options.watch();
    }

    private void keep(DblessDocument document) {
        if (lastGoodFile != null) {
            try {
                lastGoodFile.write(document);
            } catch (IOException e) {
                LOG.error(
                        "kong node={} its last good configuration cannot be written: {}", options.name(), e.toString());
            }
        }
    }

    @Override
    public String toString() {
        return options.name() + " at " + options.admin();
    }
}
