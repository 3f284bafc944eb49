package io.gatewright.registry;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the {@link LastGoodFile} up to date, seldom enough that a storm of changes costs one write. Thread-safe; writes on
 * a virtual thread of its own, which exists only while something waits to be written, and at close.
 */
final class LastGoodWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LastGoodWriter.class);
    private static final Duration GAP = Duration.ofSeconds(3);

    private final Path path;
    private final AtomicReference<@Nullable Known> waiting = new AtomicReference<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private @Nullable Thread thread; // guarded by this

    LastGoodWriter(Path path) {
        this.path = path;
    }

    /** Has it written soon, unless something newer comes before. */
    synchronized void changed(Known known) {
        boolean writerWaits = waiting.getAndSet(known) != null;
        if (!writerWaits && closed.getCount() > 0) {
            thread = Thread.ofVirtual().name("last-good-file").start(this::writeAfterGap);
        }
    }

    private void writeAfterGap() {
        try {
            closed.await(GAP.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return; // nobody interrupts it but the end of the process
        }
        write();
    }

    private void write() {
        Known known = waiting.getAndSet(null);
        if (known == null) {
            return;
        }
        try {
            LastGoodFile.write(path, known);
        } catch (IOException e) {
            LOG.error("event=last_good_file_not_written path={} problem=\"{}\"", path, e.getMessage());
        }
    }

    @Override
    public void close() {
        closed.countDown();
        Thread last;
        synchronized (this) {
            last = thread;
        }
        if (last != null) {
            Threads.join(last);
        }
        write();
    }
}
