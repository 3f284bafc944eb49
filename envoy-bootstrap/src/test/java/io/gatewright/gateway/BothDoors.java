package io.gatewright.gateway;

import static io.gatewright.gateway.Documents.issuer;
import static io.gatewright.gateway.Documents.setting;
import static io.gatewright.gateway.Documents.signingKeys;
import static io.gatewright.gateway.Documents.tenant;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.gatewright.demo.StubIssuer;
import io.gatewright.settings.Document;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A real Envoy and a simulated Kong with the same settings: tenants {@code acme-de}, whose keys count for all writes and which
 * has no rate limit, and {@code acme-fr}; module {@code papers} on a {@link VersionedUpstream} of each; issuer {@code second}
 * beside {@code main}. One thread at a time.
 */
final class BothDoors implements AutoCloseable {
    private final StubIssuer second = new StubIssuer(Documents.AUDIENCE);
    private final List<Teller> tellers = new ArrayList<>();

    /** What happens at a door, in lines. */
    @FunctionalInterface
    interface Story {
        List<String> at(Teller teller) throws Exception;
    }

    /** What is to hold at a door. */
    @FunctionalInterface
    interface Check {
        void at(Teller teller) throws Exception;
    }

    BothDoors(Document... more) throws IOException, InterruptedException {
        List<Document> documents = new ArrayList<>(List.of(
                tenant("acme-de"),
                tenant("acme-fr"),
                setting("tenant=acme-de", "idempotency.methods", "[\"POST\",\"PUT\",\"DELETE\"]"),
                setting("tenant=acme-de", "rate-limit.mode", "\"off\""),
                issuer("second", second),
                signingKeys("second", second)));
        documents.addAll(List.of(more));
        tellers.add(teller("Envoy", new GuardedGateway("acme-de"), documents));
        tellers.add(teller("Kong", new GuardedKong(), documents));
    }

    private static Teller teller(String name, Door door, List<Document> documents)
            throws IOException, InterruptedException {
        VersionedUpstream papers = new VersionedUpstream();
        door.serve("papers", "/api/papers", papers.endpoint());
        door.change(documents.toArray(Document[]::new));
        return new Teller(name, door, papers);
    }

    StubIssuer second() {
        return second;
    }

    /** The story at each, Envoy's first. */
    List<List<String>> tell(Story story) throws Exception {
        List<List<String>> told = new ArrayList<>();
        for (Teller teller : tellers) {
            told.add(story.at(teller));
        }
        return told;
    }

    /** Each tells these lines, and so both the same. */
    void tellTheSame(Story story, String... lines) throws Exception {
        for (Teller teller : tellers) {
            assertThat(story.at(teller)).as(teller.name()).containsExactly(lines);
        }
    }

    void each(Check check) {
        for (Teller teller : tellers) {
            assertThatCode(() -> check.at(teller)).as(teller.name()).doesNotThrowAnyException();
        }
    }

    @Override
    public void close() {
        for (Teller teller : tellers) {
            teller.door().close();
            teller.papers().close();
        }
        second.close();
    }
}
