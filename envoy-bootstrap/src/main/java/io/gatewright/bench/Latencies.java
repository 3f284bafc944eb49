package io.gatewright.bench;

import io.gatewright.envoybootstrap.HttpConnection;
import java.io.IOException;
import java.util.function.Supplier;

/** How long requests of one kind take, one after the other on one connection, round by round. One thread at a time. */
final class Latencies {
    private static final int REQUESTS_PER_ROUND = 500;

    private final String what;
    private final int port;
    private final Supplier<String> key;
    private final Spread p50;
    private final Spread p99;

    /** @param key of the next request, empty for none */
    Latencies(String what, int rounds, int port, Supplier<String> key) {
        this.what = what;
        this.port = port;
        this.key = key;
        this.p50 = new Spread(rounds);
        this.p99 = new Spread(rounds);
    }

    void round(GuardedDoor door, boolean counts) throws IOException {
        Sample sample = new Sample();
        try (HttpConnection connection = new HttpConnection(port)) {
            for (int i = 0; i < REQUESTS_PER_ROUND; i++) {
                byte[] request = door.post(key.get());
                long before = System.nanoTime();
                HttpConnection.Answer answer = connection.exchange(request);
                sample.add(System.nanoTime() - before);
                if (answer.status() != 200) {
                    throw new IllegalStateException(what + " was answered " + answer.status() + ": " + answer.body());
                }
            }
        }
        if (counts) {
            p50.add(sample.percentileNanos(0.50) / 1e6);
            p99.add(sample.percentileNanos(0.99) / 1e6);
        }
    }

    /** Of the rounds' medians, in milliseconds. */
    double median() {
        return p50.median();
    }

    String text() {
        return "what=" + what + " " + p50.text("p50", "ms", 3) + " " + p99.text("p99", "ms", 3);
    }
}
