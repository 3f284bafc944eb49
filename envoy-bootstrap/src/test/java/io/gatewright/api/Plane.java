package io.gatewright.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.gatewright.demo.SampleRegistry;
import io.gatewright.demo.StubIssuer;
import io.gatewright.envoybootstrap.ApiClient;
import io.gatewright.envoybootstrap.ControlPlaneProcess;
import io.gatewright.envoybootstrap.Ports;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A control plane that holds the sample registry, with neither gateway nor reachable issuer, so that nothing is written
 * but by the test. JSON is written with single quotes. One thread at a time.
 */
final class Plane implements AutoCloseable {
    private static final String NEW = "If-None-Match";

    private final ControlPlaneProcess process;

    private Plane(ControlPlaneProcess process) {
        this.process = process;
    }

    static Plane start(Path directory) {
        Plane plane = empty(directory);
        plane.api().commit("the sample", (ArrayNode) sample().path("documents"));
        return plane;
    }

    static Plane empty(Path directory, String... flags) {
        List<String> all =
                Stream.concat(Stream.of("--ephemeral"), Stream.of(flags)).toList();
        return new Plane(ControlPlaneProcess.start(directory, Ports.free(), Ports.free(), all));
    }

    /** An empty one that an issuer's tokens open; requests need a header Authorization of their own. */
    static Plane of(StubIssuer issuer, Path directory, String... flags) {
        return empty(
                directory,
                Stream.concat(
                                Stream.of("--api-issuer=" + issuer.url(), "--api-audience=" + issuer.audience()),
                                Stream.of(flags))
                        .toArray(String[]::new));
    }

    /** The sample registry with addresses where nobody listens. */
    static JsonNode sample() {
        return SampleRegistry.at("127.0.0.1:9", "http://127.0.0.1:9/issuer", Ports.free());
    }

    ApiClient api() {
        return process.api();
    }

    Answer send(String method, String path, @Nullable String body, String... headers) {
        return new Answer(api().send(method, path, body == null ? null : body.replace('\'', '"'), headers));
    }

    Answer get(String path) {
        return send("GET", path, null);
    }

    /** Writes a document that is not there. */
    Answer create(String path, String body) {
        return send("PUT", path, body, NEW, "*", "Change-Reason", "test");
    }

    Answer replace(String path, String etag, String body) {
        return send("PUT", path, body, "If-Match", etag, "Change-Reason", "test");
    }

    Answer remove(String path, String etag) {
        return send("DELETE", path, null, "If-Match", etag, "Change-Reason", "test");
    }

    /** Commits changes, each an object, in one change set. */
    Answer commit(String... changes) {
        return send("POST", "/v1/changesets", "{'reason':'test','changes':[" + String.join(",", changes) + "]}");
    }

    /** The newest revision, as the database has it. */
    long revision() {
        return get("/v1/revisions?limit=1")
                .done()
                .json()
                .at("/revisions/0/revision")
                .asLong();
    }

    /** The first problem of a request that is refused with that status and writes nothing. */
    JsonNode refused(int status, Supplier<Answer> request) {
        long before = revision();
        JsonNode problem = request.get().problem(status);
        assertThat(revision()).isEqualTo(before);
        return problem;
    }

    /** A problem as {@code field; message; fix}. */
    static String sentence(JsonNode problem) {
        return Stream.of("field", "message", "fix")
                .map(name -> problem.path(name).asText())
                .reduce((left, right) -> left + "; " + right)
                .orElseThrow();
    }

    @Override
    public void close() {
        process.close();
    }
}
