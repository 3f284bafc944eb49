package io.gatewright.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many who write at once through the API. The long form: {@code ./gatewright test -pl envoy-bootstrap -am
 * -Dit.test=EditorsIT -Dgatewright.editors.seconds=60 …}, see docs/operations.md.
 */
final class EditorsIT {
    private static final int EDITORS = 50;
    private static final Duration FOR = Duration.ofSeconds(Integer.getInteger("gatewright.editors.seconds", 3));
    private static final List<String> COUNTERS = List.of(
            "/v1/settings/global/rate-limit.requests",
            "/v1/settings/tenant=gruenkost-de/rate-limit.requests",
            "/v1/settings/tenant=frischwerk-de,module=hilfe/rate-limit.requests");

    @TempDir
    private static Path directory;

    private static Plane plane;

    @BeforeAll
    static void start() {
        plane = Plane.start(directory);
    }

    @AfterAll
    static void stop() {
        plane.close();
    }

    @Test
    void loseNoUpdateAndNoRevision() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed=" + seed);
        for (String counter : COUNTERS) {
            Answer there = plane.get(counter);
            if (there.status() == 200) {
                plane.replace(counter, there.header("ETag"), "{'value':1}").done();
            } else {
                plane.create(counter, "{'value':1}").done();
            }
        }
        long before = plane.revision();

        List<Long> acknowledged = new ArrayList<>();
        int refused = 0;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Edits>> editors = new ArrayList<>();
            long end = System.nanoTime() + FOR.toNanos();
            for (int i = 0; i < EDITORS; i++) {
                SplittableRandom random = new SplittableRandom(seed + i);
                editors.add(() -> edit(random, end));
            }
            for (Future<Edits> editor : threads.invokeAll(editors)) {
                acknowledged.addAll(editor.get().revisions());
                refused += editor.get().refused();
            }
        }
        System.out.println("editors=" + EDITORS + " seconds=" + FOR.toSeconds() + " increments=" + acknowledged.size()
                + " answers_412=" + refused);

        Collections.sort(acknowledged);
        assertThat(acknowledged)
                .hasSizeGreaterThanOrEqualTo(EDITORS)
                .containsExactlyElementsOf(LongStream.rangeClosed(before + 1, plane.revision())
                        .boxed()
                        .toList());
        assertThat(COUNTERS.stream().mapToLong(EditorsIT::value).sum())
                .isEqualTo(COUNTERS.size() + acknowledged.size());
        assertThat(refused).as("editors who met each other").isPositive();
    }

    private record Edits(List<Long> revisions, int refused) {}

    /** Adds one again and again, and at least once; after a 412 on what is there by then. */
    private static Edits edit(SplittableRandom random, long end) {
        List<Long> revisions = new ArrayList<>();
        int refused = 0;
        while (revisions.isEmpty() || System.nanoTime() < end) {
            String counter = COUNTERS.get(random.nextInt(COUNTERS.size()));
            Answer read = plane.get(counter).done();
            Answer written = plane.replace(counter, read.header("ETag"), "{'value':" + (value(read.json()) + 1) + "}");
            if (written.status() == 412) {
                assertThat(value(written.json().path("current"))).isGreaterThan(value(read.json()));
                refused++;
            } else {
                revisions.add(written.done().json().path("revision").asLong());
            }
        }
        return new Edits(revisions, refused);
    }

    private static long value(String counter) {
        return value(plane.get(counter).done().json());
    }

    private static long value(JsonNode document) {
        return document.at("/body/value").asLong();
    }

    @Test
    void showOfTwoWhoWriteAtOnceTheSecondWhatTheFirstWrote() throws Exception {
        String path = "/v1/settings/tenant=frischwerk-at/body.max-bytes";
        String etag = plane.create(path, "{'value':1}").done().header("ETag");
        for (int round = 0; round < 20; round++) {
            String read = etag;
            CyclicBarrier both = new CyclicBarrier(2);
            List<Callable<Answer>> editors = new ArrayList<>();
            for (int value : new int[] {1_000 + 2 * round, 1_001 + 2 * round}) {
                editors.add(() -> {
                    both.await();
                    return plane.replace(path, read, "{'value':" + value + "}");
                });
            }
            List<Answer> answers = new ArrayList<>();
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (Future<Answer> answer : threads.invokeAll(editors)) {
                    answers.add(answer.get());
                }
            }
            assertThat(answers).extracting(Answer::status).containsExactlyInAnyOrder(200, 412);
            Answer won = answers.get(answers.get(0).status() == 200 ? 0 : 1);
            Answer late = answers.get(answers.get(0).status() == 200 ? 1 : 0);
            assertThat(late.json().path("current")).isEqualTo(won.json().at("/documents/0"));
            etag = won.header("ETag");
        }
    }
}
