package io.gatewright.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class KeyFetchTableIT {
    private static final Duration HOUR = Duration.ofHours(1);
    private TestDatabase database;
    private KeyFetchTable one;
    private KeyFetchTable other;

    @BeforeEach
    void migrate() {
        database = TestDatabase.migrated();
        one = new KeyFetchTable(database.service(), "one");
        other = new KeyFetchTable(database.service(), "other");
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void letsOneReplicaAskAnIssuer() {
        assertThat(one.claim(Map.of("a", 1L, "b", 1L), HOUR, HOUR)).containsExactlyInAnyOrder("a", "b");
        assertThat(other.claim(Map.of("a", 1L, "c", 1L), HOUR, HOUR)).containsExactly("c");
        assertThat(one.claim(Map.of(), HOUR, HOUR)).isEmpty();
        assertThat(one.all()).extracting(KeyFetch::askedBy).containsExactly("one", "one", "other");
    }

    @Test
    void letsOneOfManyAtTheSameTime() throws Exception {
        Map<String, Long> issuers = Map.of("a", 1L, "b", 1L, "c", 1L);
        List<Future<Set<String>>> claims = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            for (int i = 0; i < 16; i++) {
                KeyFetchTable replica = i % 2 == 0 ? one : other;
                claims.add(threads.submit(() -> replica.claim(issuers, HOUR, HOUR)));
            }
        }
        List<String> claimed = new ArrayList<>();
        for (Future<Set<String>> claim : claims) {
            claimed.addAll(claim.get());
        }
        assertThat(claimed).containsExactlyInAnyOrder("a", "b", "c");
    }

    @Test
    void givesAnIssuerItsTurnAgainWhenTheIntervalIsOver() {
        one.claim(Map.of("a", 1L), HOUR, HOUR);
        one.succeeded("a");

        assertThat(other.claim(Map.of("a", 1L), Duration.ZERO, HOUR)).containsExactly("a");
    }

    @Test
    void givesAnIssuerItsTurnAtOnceWhenItsDocumentIsNewer() {
        one.claim(Map.of("a", 5L), HOUR, HOUR);

        assertThat(other.claim(Map.of("a", 4L), HOUR, HOUR)).isEmpty();
        assertThat(other.claim(Map.of("a", 6L), HOUR, HOUR)).containsExactly("a");
        assertThat(one.claim(Map.of("a", 6L), HOUR, HOUR)).isEmpty();
    }

    @Test
    void asksAgainSoonerAfterAFailureOrWhenItsReplicaNeverCameBack() {
        one.claim(Map.of("a", 1L, "b", 1L, "c", 1L), HOUR, HOUR);
        one.succeeded("a");
        one.failed("b", "it answered 500");

        assertThat(other.claim(Map.of("a", 1L, "b", 1L, "c", 1L), HOUR, Duration.ZERO))
                .containsExactlyInAnyOrder("b", "c");
    }

    @Test
    void tellsSinceWhenAnIssuerFailsAndForgetsItWhenItAnswers() {
        one.claim(Map.of("a", 1L), HOUR, HOUR);
        one.succeeded("a");
        one.claim(Map.of("a", 1L), Duration.ZERO, HOUR);
        one.failed("a", "it answered 500");
        KeyFetch first = one.all().getFirst();
        one.claim(Map.of("a", 1L), Duration.ZERO, HOUR);
        one.failed("a", "it answered 502" + "!".repeat(1000) + "\u0000");
        KeyFetch second = one.all().getFirst();

        assertThat(first.failure()).isEqualTo("it answered 500");
        assertThat(first.succeededAt()).isNotNull();
        assertThat(second.failingSince()).isEqualTo(first.failingSince()).isNotNull();
        assertThat(second.failure()).startsWith("it answered 502!").hasSize(500);
        one.succeeded("a");
        assertThat(one.all().getFirst().failure()).isNull();
        assertThat(one.all().getFirst().failingSince()).isNull();
    }

    @Test
    void doesNotTakeTheWordOfAReplicaThatLostItsTurn() {
        one.claim(Map.of("a", 1L), HOUR, HOUR);
        other.claim(Map.of("a", 2L), HOUR, HOUR);
        one.failed("a", "too late");

        assertThat(other.all().getFirst().failure()).isNull();
    }

    @Test
    void forgetsIssuersThatAreGone() {
        one.claim(Map.of("a", 9L, "b", 1L), HOUR, HOUR);
        one.keepOnly(Set.of("b"));

        assertThat(one.all()).extracting(KeyFetch::issuer).containsExactly("b");
        assertThat(other.claim(Map.of("a", 1L), HOUR, HOUR)).containsExactly("a");
    }
}
