package io.gatewright.events;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** A member of the consumer {@code child}, in a process of its own, that writes the table {@code effect}. */
final class ChildConsumer {
    private ChildConsumer() {}

    static void main(String[] args) throws InterruptedException {
        Consumer consumer = Consumer.named("child", List.of(Workload.TOPIC), Effects.existing("effect"))
                .fromFirst()
                .batch(10)
                .lease(Duration.ofMillis(600))
                .poll(Duration.ofMillis(20))
                .build();
        Hints hints = new Hints(() -> ChildSequencer.open(args[0], args[1], args[2]), Duration.ofSeconds(5));
        hints.start();
        Subscription subscription =
                Subscription.start(() -> ChildSequencer.open(args[0], args[1], args[2]), hints, consumer);
        new CountDownLatch(1).await(); // until it is killed
        subscription.close();
    }
}
