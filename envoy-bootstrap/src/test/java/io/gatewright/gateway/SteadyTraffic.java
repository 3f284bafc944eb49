package io.gatewright.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Requests at a fixed rate for a fixed time, on keep-alive connections that are never opened again. Who is late sends at once
 * until he has caught up, so that all are sent. An answer other than 200 and a closed connection are both failures.
 * Thread-safe.
 */
final class SteadyTraffic {
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicLong served = new AtomicLong();
    private final List<Thread> senders = new ArrayList<>();
    private final long start = System.nanoTime();
    private final long perSender;
    private final long pauseNanos;

    /**
     * Starts it.
     *
     * @param perSecond of all connections together
     * @param requests gives the next request, to any thread
     */
    SteadyTraffic(int port, int connections, int perSecond, Duration time, Supplier<Request> requests) {
        pauseNanos = Duration.ofSeconds(1).toNanos() * connections / perSecond;
        perSender = time.toNanos() / pauseNanos;
        for (int i = 0; i < connections; i++) {
            long first = start + i * pauseNanos / connections;
            senders.add(Thread.ofVirtual().start(() -> send(port, first, requests)));
        }
    }

    private void send(int port, long first, Supplier<Request> requests) {
        try (Connection connection = new Connection(port)) {
            for (long i = 0; i < perSender; i++) {
                long due = first + i * pauseNanos;
                for (long now = System.nanoTime(); now < due; now = System.nanoTime()) {
                    LockSupport.parkNanos(due - now);
                }
                Answer answer = connection.send(requests.get());
                if (answer.status() == 200) {
                    served.incrementAndGet();
                } else {
                    failures.add(answer.status() + " " + answer.body());
                }
            }
        } catch (IOException | RuntimeException e) {
            failures.add(e.toString());
        }
    }

    /** The part of its time that has gone by, 1 and more when it is over. */
    double progress() {
        return (double) (System.nanoTime() - start) / (perSender * pauseNanos);
    }

    void assertNoFailure() {
        assertThat(failures).isEmpty();
    }

    /** Waits for the last answer, and returns how many there were in a second. */
    double awaitEnd() throws InterruptedException {
        for (Thread sender : senders) {
            sender.join();
        }
        assertNoFailure();
        assertThat(served.get()).isEqualTo(perSender * senders.size());
        return served.get() * 1e9 / (System.nanoTime() - start);
    }

    long served() {
        return served.get();
    }
}
