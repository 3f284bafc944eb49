package io.gatewright.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Requests that go on while something happens, each sender on one keep-alive connection that it never opens again: an answer
 * other than 200 and a closed connection are both failures. Thread-safe.
 */
final class Traffic implements AutoCloseable {
    private static final long PAUSE_NANOS = 2_000_000;

    private final List<Thread> senders = new ArrayList<>();
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicLong served = new AtomicLong();
    private volatile boolean over;

    /** Starts one sender for each request and waits until each has had an answer. */
    Traffic(int port, Request... requests) {
        for (Request request : requests) {
            senders.add(Thread.ofVirtual().start(() -> send(port, request)));
        }
        awaitMore(requests.length);
    }

    private void send(int port, Request request) {
        try (Connection connection = new Connection(port)) {
            while (!over && failures.isEmpty()) {
                Answer answer = connection.send(request);
                if (answer.status() == 200) {
                    served.incrementAndGet();
                } else {
                    failures.add(answer.status() + " " + answer.body());
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } catch (IOException | RuntimeException e) {
            failures.add(e.toString());
        }
    }

    /** Waits until so many more requests were served, so that what just happened has met some. */
    void awaitMore(int requests) {
        long wanted = served.get() + requests;
        Waiting.until("traffic goes on", () -> served.get() >= wanted || !failures.isEmpty());
        assertThat(failures).isEmpty();
    }

    /** Ends the senders and asserts that none has failed. */
    @Override
    public void close() {
        over = true;
        for (Thread sender : senders) {
            try {
                sender.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        assertThat(failures).isEmpty();
    }
}
