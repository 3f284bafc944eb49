package io.gatewright.events;

import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a subscription does. Immutable; made by {@link #named}.
 *
 * @param name of the consumer; subscriptions with one name, in any process, share its partitions
 * @param topics whose events are handled
 * @param retry what happens when the handler throws
 * @param fromFirst whether a consumer that is new begins with the first event kept, and not with the next one
 * @param batch how many events one transaction handles at most, 1 to 1000; 1 when the handler has effects elsewhere
 * @param upcast makes the version of an event that the handler knows out of an older one; null: all reach it as they are
 * @param lease how long a silent member keeps its partitions, 100 ms to 1 min
 * @param poll how long it waits at most before it looks for events, 1 ms to 10 s
 * @param handlerLimit how long the handler may leave the connection idle before Postgres ends it
 */
public record Consumer(
        String name,
        List<String> topics,
        Handler handler,
        RetryPolicy retry,
        boolean fromFirst,
        int batch,
        @Nullable UnaryOperator<CloudEvent> upcast,
        Duration lease,
        Duration poll,
        Duration handlerLimit) {
    /** Checks the ranges. */
    public Consumer {
        topics = List.copyOf(topics);
        require(name.matches("[a-z][a-z0-9.-]{0,99}"), "name must match [a-z][a-z0-9.-]{0,99}");
        require(!topics.isEmpty(), "topics must not be empty");
        require(batch >= 1 && batch <= 1000, "batch must be 1 to 1000");
        require(lease.toMillis() >= 100 && lease.toMillis() <= 60_000, "lease must be 100 ms to 1 min");
        require(poll.toMillis() >= 1 && poll.toMillis() <= 10_000, "poll must be 1 ms to 10 s");
        require(handlerLimit.toMillis() >= 1, "handlerLimit must be at least 1 ms");
    }

    /** Starts from the defaults: next event, batches of 100, lease 3 s, poll 200 ms, handler limit 5 min. */
    public static Builder named(String name, List<String> topics, Handler handler) {
        return new Builder(name, topics, handler);
    }

    private static void require(boolean fine, String problem) {
        if (!fine) {
            throw new IllegalArgumentException(problem);
        }
    }

    /** One thread at a time. */
    public static final class Builder {
        private final String name;
        private final List<String> topics;
        private final Handler handler;
        private RetryPolicy retry = RetryPolicy.DEFAULT;
        private boolean fromFirst;
        private int batch = 100;
        private @Nullable UnaryOperator<CloudEvent> upcast;
        private Duration lease = Duration.ofSeconds(3);
        private Duration poll = Duration.ofMillis(200);
        private Duration handlerLimit = Duration.ofMinutes(5);

        private Builder(String name, List<String> topics, Handler handler) {
            this.name = name;
            this.topics = topics;
            this.handler = handler;
        }

        public Builder retry(RetryPolicy policy) {
            retry = policy;
            return this;
        }

        public Builder fromFirst() {
            fromFirst = true;
            return this;
        }

        public Builder batch(int events) {
            batch = events;
            return this;
        }

        public Builder upcast(UnaryOperator<CloudEvent> to) {
            upcast = to;
            return this;
        }

        public Builder lease(Duration duration) {
            lease = duration;
            return this;
        }

        public Builder poll(Duration duration) {
            poll = duration;
            return this;
        }

        public Builder handlerLimit(Duration duration) {
            handlerLimit = duration;
            return this;
        }

        /**
         * Checks and makes it.
         *
         * @throws IllegalArgumentException when a value is out of its range
         */
        public Consumer build() {
            return new Consumer(name, topics, handler, retry, fromFirst, batch, upcast, lease, poll, handlerLimit);
        }
    }
}
