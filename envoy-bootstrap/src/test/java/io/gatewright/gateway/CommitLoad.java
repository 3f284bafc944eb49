package io.gatewright.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatewright.envoybootstrap.ApiClient;
import io.gatewright.envoybootstrap.EnvoyUnavailable;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Writers that commit without pause, each change set the same new value for both tenants, and remember what was
 * acknowledged. That a commit gets no answer or a 503 is no failure: then nobody knows. Thread-safe.
 */
final class CommitLoad implements AutoCloseable {
    static final String KEY = "body.max-bytes";
    private static final Duration AT_MOST = Duration.ofSeconds(90);
    private static final long PAUSE_NANOS = 2_000_000;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ApiClient api;
    private final AtomicLong values;
    private final Map<Long, Long> acknowledged;
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicLong written = new AtomicLong();
    private final List<Thread> writers = new ArrayList<>();
    private volatile boolean over;

    /**
     * Starts them.
     *
     * @param values where the next value comes from
     * @param acknowledged gets the value of each revision that was acknowledged
     */
    CommitLoad(ApiClient api, int writers, AtomicLong values, Map<Long, Long> acknowledged) {
        this.api = api;
        this.values = values;
        this.acknowledged = acknowledged;
        for (int i = 0; i < writers; i++) {
            this.writers.add(Thread.ofVirtual().start(this::write));
        }
    }

    private void write() {
        while (!over && failures.isEmpty()) {
            long value = values.incrementAndGet();
            @Nullable HttpResponse<String> answer = commit(value);
            if (answer != null && answer.statusCode() == 200) {
                acknowledge(answer.body(), value);
            } else if (answer != null && answer.statusCode() != 503) {
                failures.add(answer.statusCode() + " " + answer.body());
            } else {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private @Nullable HttpResponse<String> commit(long value) {
        try {
            return api.send("POST", "/v1/changesets", """
                {"reason":"load","changes":[
                  {"kind":"setting","id":"tenant=a/%1$s","body":{"value":%2$d}},
                  {"kind":"setting","id":"tenant=b/%1$s","body":{"value":%2$d}}]}""".formatted(KEY, value));
        } catch (EnvoyUnavailable e) {
            return null;
        }
    }

    private void acknowledge(String answer, long value) {
        try {
            long revision = JSON.readTree(answer).path("revision").asLong();
            @Nullable Long twice = acknowledged.putIfAbsent(revision, value);
            if (twice != null) {
                failures.add("revision " + revision + " was acknowledged for " + twice + " and for " + value);
            }
            written.incrementAndGet();
        } catch (JsonProcessingException e) {
            failures.add("not JSON: " + answer);
        }
    }

    static Map<Long, Long> nothingAcknowledged() {
        return new ConcurrentHashMap<>();
    }

    /** Waits until so many more change sets were acknowledged. */
    void awaitMore(long commits) {
        long wanted = written.get() + commits;
        Waiting.until("writing goes on", AT_MOST, () -> written.get() >= wanted || !failures.isEmpty());
        assertThat(failures).isEmpty();
    }

    /** Ends the writers and asserts that none met anything but the crash. */
    @Override
    public void close() {
        over = true;
        for (Thread writer : writers) {
            try {
                writer.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        assertThat(failures).isEmpty();
    }
}
