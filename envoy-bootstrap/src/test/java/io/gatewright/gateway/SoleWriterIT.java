package io.gatewright.gateway;

import static io.gatewright.gateway.Documents.setting;
import static io.gatewright.gateway.Documents.tenant;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.settings.Document;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Writes where every writer passes the gateways, before a module that compares nothing, through a real Envoy and through a simulated
 * Kong; the numbers are those of docs/guard-cases.md.
 */
final class SoleWriterIT {
    private static final String THINGS = "/api/things";
    private static final String COMPARES = "/api/compares";

    /** No resource has it, so asking with it writes nothing and tells the tag. */
    private static final String NOBODYS = "\"nobodys\"";

    private static UncomparingUpstream upstream;
    private static GuardedGateway envoy;
    private static GuardedKong kong;
    private static List<Via> doors;

    record Via(String name, Door door, String token) {
        Answer send(String method, String path, String... fields) throws IOException {
            Request request = Request.of(method, path).token(token);
            for (int i = 0; i < fields.length; i += 2) {
                request = request.with(fields[i], fields[i + 1]);
            }
            return door.send(method.equals("PUT") || method.equals("POST") ? request.sized(3) : request);
        }

        /** Waits until the ledger has this tag; Kong tells it how a write ended when the client has its answer already. */
        void awaitTag(String path, String tag) {
            Waiting.until("the ledger of " + name + " has " + tag, () -> {
                Answer answer = send("PUT", path, "if-match", NOBODYS);
                return answer.status() == 412 && answer.header("etag").equals(tag);
            });
        }

        @Override
        public String toString() {
            return name;
        }
    }

    @BeforeAll
    static void start() throws Exception {
        upstream = new UncomparingUpstream();
        Document[] settings = {
            setting("module=things", "precondition.if-match", "\"sole-writer\""),
            setting("module=things", "precondition.upstream-bound", "\"PT1S\""),
            setting("module=things", "idempotency.methods", "[\"PUT\"]")
        };
        envoy = new GuardedGateway("acme-de");
        kong = new GuardedKong(tenant("acme-de"));
        for (Door door : List.of(envoy, kong)) {
            door.serve("things", THINGS, upstream.endpoint());
            door.serve("compares", COMPARES, upstream.endpoint());
            door.change(settings);
        }
        doors = List.of(
                new Via("Envoy", envoy, envoy.token("acme-de", "alice")),
                new Via("Kong", kong, kong.token("acme-de", "alice")));
    }

    @AfterAll
    static void stop() {
        kong.close();
        envoy.close();
        upstream.close();
    }

    static List<Via> doors() {
        return doors;
    }

    private static String path(Via door, String what) {
        return THINGS + "/" + door.name + "-" + what;
    }

    @ParameterizedTest
    @MethodSource("doors")
    void case68And69ComparesTheTagThatTheModuleGaveLast(Via door) throws Exception {
        String path = path(door, "compared");
        Answer made = door.send("PUT", path, "if-none-match", "*");
        assertThat(made.status()).as(made.body()).isEqualTo(201);
        String first = upstream.tag(path);
        door.awaitTag(path, first);
        int writes = upstream.writes();
        assertThat(door.send("PUT", path, "if-none-match", "*")
                        .isProblem(412, "precondition-failed")
                        .header("etag"))
                .isEqualTo(first);
        assertThat(upstream.writes()).isEqualTo(writes);
        assertThat(door.send("PUT", path, "if-match", first).status()).isEqualTo(200);
        assertThat(upstream.condition()).as("handed on").isEqualTo(first);
        String second = upstream.tag(path);
        assertThat(second).isNotEqualTo(first);
        door.awaitTag(path, second);
        door.send("PUT", path, "if-match", first).isProblem(412, "precondition-failed");
        assertThat(door.send("PUT", path).status()).as("without a condition").isEqualTo(200);
        door.awaitTag(path, upstream.tag(path));
        door.send("PUT", path, "if-match", second).isProblem(412, "precondition-failed");
        assertThat(door.send("POST", path).status()).isEqualTo(200);
        assertThat(door.send("DELETE", path, "if-match", upstream.tag(path)).status())
                .isEqualTo(204);
        door.awaitTag(path, "");
        door.send("PUT", path, "if-match", "*").isProblem(412, "precondition-failed");
        assertThat(upstream.writes()).isEqualTo(writes + 3);
    }

    @ParameterizedTest
    @MethodSource("doors")
    void case73OfTwoWritersWithOneTagOneSucceeds(Via door) throws Exception {
        String path = path(door, "raced");
        door.send("PUT", path, "if-none-match", "*");
        race(20, List.of(409, 412), () -> {
            door.awaitTag(path, upstream.tag(path));
            String tag = upstream.tag(path);
            return () -> door.send("PUT", path, "if-match", tag);
        });
    }

    @ParameterizedTest
    @MethodSource("doors")
    void case73OfTwoWritersWithOneTagOneSucceedsWhereTheModuleCompares(Via door) throws Exception {
        String path = COMPARES + "/" + door.name;
        door.send("PUT", path, "if-none-match", "*");
        race(20, List.of(412), () -> {
            String tag = upstream.tag(path);
            return () -> door.send("PUT", path, "if-match", tag);
        });
    }

    @ParameterizedTest
    @MethodSource("doors")
    void case77OfTwoCreationsOneSucceeds(Via door) throws Exception {
        int[] n = {0};
        race(20, List.of(409, 412), () -> {
            String path = path(door, "created-" + n[0]++);
            return () -> door.send("PUT", path, "if-none-match", "*");
        });
    }

    /** One write of each pair is done, the other refused. */
    private static void race(int rounds, List<Integer> refusals, Callable<Callable<Answer>> writers) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            for (int round = 0; round < rounds; round++) {
                Callable<Answer> writer = writers.call();
                CyclicBarrier start = new CyclicBarrier(2);
                Callable<Integer> together = () -> {
                    start.await();
                    return writer.call().status();
                };
                Future<Integer> one = threads.submit(together);
                Future<Integer> other = threads.submit(together);
                List<Integer> statuses =
                        Stream.of(one.get(), other.get()).sorted().toList();
                assertThat(statuses.getFirst()).as("round %d", round).isIn(200, 201);
                assertThat(statuses.getLast()).as("round %d", round).isIn(refusals);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("doors")
    void case74ALostAnswerLeavesTheResourceToARead(Via door) throws Exception {
        String path = path(door, "lost");
        door.send("PUT", path, "if-none-match", "*");
        String first = upstream.tag(path);
        door.awaitTag(path, first);
        assertThat(door.send("PUT", path, "if-match", first, UncomparingUpstream.LOSE, "1")
                        .status())
                .isIn(502, 503);
        String second = upstream.tag(path);
        assertThat(second).as("it was done").isNotEqualTo(first);
        int writes = upstream.writes();
        Answer busy = door.send("PUT", path, "if-match", first).isProblem(409, "resource-busy");
        assertThat(Integer.parseInt(busy.header("retry-after"))).isPositive();
        door.door().sql("UPDATE idempotency.resource SET lease_until = lease_until - interval '1 hour'");
        door.send("PUT", path, "if-match", first).isProblem(409, "resource-busy");
        assertThat(upstream.writes()).isEqualTo(writes);
        Answer read = door.send("GET", path);
        assertThat(read.header("etag")).isEqualTo(second);
        door.awaitTag(path, second);
        door.send("PUT", path, "if-match", first).isProblem(412, "precondition-failed");
        assertThat(door.send("PUT", path, "if-match", second).status()).isEqualTo(200);
        assertThat(upstream.writes()).isEqualTo(writes + 1);
    }

    @ParameterizedTest
    @MethodSource("doors")
    void case83And84ARetryIsNotComparedAgainAndARefusalSetsItsKeyFree(Via door) throws Exception {
        String path = path(door, "keyed");
        door.send("PUT", path, "if-none-match", "*");
        String first = upstream.tag(path);
        door.awaitTag(path, first);
        String key = "the-key-of-a-write";
        assertThat(door.send("PUT", path, "if-match", first, "idempotency-key", key)
                        .status())
                .isEqualTo(200);
        String second = upstream.tag(path);
        door.awaitTag(path, second);
        int writes = upstream.writes();
        Answer retry = door.send("PUT", path, "if-match", first, "idempotency-key", key);
        assertThat(retry.status()).as("Kong keeps no body of it").isEqualTo(door.name.equals("Kong") ? 409 : 200);
        String other = "the-key-of-another-write";
        door.send("PUT", path, "if-match", first, "idempotency-key", other).isProblem(412, "precondition-failed");
        assertThat(upstream.writes()).isEqualTo(writes);
        assertThat(door.send("PUT", path, "if-match", second, "idempotency-key", other)
                        .status())
                .isEqualTo(200);
        assertThat(upstream.writes()).isEqualTo(writes + 1);
    }

    @ParameterizedTest
    @MethodSource("doors")
    void case75AWritePastTheGatewayIsSeenByTheNextRead(Via door) throws Exception {
        String path = path(door, "bypassed");
        door.send("PUT", path, "if-none-match", "*");
        String first = upstream.tag(path);
        door.awaitTag(path, first);
        upstream.write(path);
        assertThat(door.send("GET", path).status()).isEqualTo(200);
        door.awaitTag(path, upstream.tag(path));
        door.send("PUT", path, "if-match", first).isProblem(412, "precondition-failed");
    }
}
