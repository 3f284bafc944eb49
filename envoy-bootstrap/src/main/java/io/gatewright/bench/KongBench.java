package io.gatewright.bench;

import io.gatewright.kong.Bundle;
import io.gatewright.kong.DblessDocument;
import io.gatewright.kong.KongTranslator;
import io.gatewright.kong.Target;
import io.gatewright.kong.node.KongFleet;
import io.gatewright.kong.node.NodeOptions;
import io.gatewright.testkit.admin.SimulatedAdmin;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * What one change costs on the way to a Kong without a database, which always gets everything: translating, writing, posting
 * and the proof by the hash. The Kong is simulated: it reads and hashes the document and loads nothing, so the time of a real
 * one comes on top.
 */
final class KongBench {
    private static final int MODULES = 8;
    private static final int WARM_UP_ROUNDS = 2;
    private static final int UNUSED_PORT = 9;
    private static final Duration LONGEST = Duration.ofMinutes(1);

    private final List<Integer> tenants;
    private final int rounds;

    KongBench(List<Integer> tenants, int rounds) {
        this.tenants = tenants;
        this.rounds = rounds;
    }

    void run() throws IOException, InterruptedException {
        for (int count : tenants) {
            Progress.say("making " + count + " tenants of " + MODULES + " modules");
            measure(new XdsFleet(count, MODULES, UNUSED_PORT));
        }
    }

    private void measure(XdsFleet fleet) throws IOException, InterruptedException {
        Spread translate = new Spread(rounds);
        Spread write = new Spread(rounds);
        Spread proof = new Spread(rounds);
        long bytes = 0;
        long entities = 0;
        try (SimulatedAdmin kong = SimulatedAdmin.start(document -> List.of());
                KongFleet nodes = new KongFleet(
                        List.of(NodeOptions.of("bench", kong.uri(), null, null)),
                        HttpClient.newHttpClient(),
                        Clock.systemUTC())) {
            nodes.start();
            for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
                fleet.change(round + WARM_UP_ROUNDS);
                long start = System.nanoTime();
                Bundle bundle =
                        KongTranslator.translate(fleet.settings(), Target.FULL).bundle();
                long translated = System.nanoTime();
                nodes.offer(bundle);
                if (!nodes.awaitSettled(bundle.digest(), LONGEST)) {
                    throw new IllegalStateException("not proven: " + nodes.views());
                }
                long proven = System.nanoTime();
                DblessDocument document = DblessDocument.of(bundle);
                if (round >= 0) {
                    translate.add((translated - start) / 1e6);
                    proof.add((proven - start) / 1e6);
                    write.add((System.nanoTime() - proven) / 1e6);
                }
                bytes = document.text().getBytes(StandardCharsets.UTF_8).length;
                entities = bundle.all().count();
            }
        }
        System.out.printf(
                Locale.ROOT,
                "result kong tenants=%d modules=%d entities=%d rounds=%d document_bytes=%d tenant_bytes=%.0f %s %s %s%n",
                fleet.tenants(),
                MODULES,
                entities,
                rounds,
                bytes,
                (double) bytes / fleet.tenants(),
                translate.text("translate", "ms", 1),
                write.text("write", "ms", 1),
                proof.text("change_to_proof", "ms", 1));
    }
}
