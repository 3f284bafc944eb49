package io.gatewright.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatewright.cli.Main;
import io.gatewright.envoybootstrap.ApiClient;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The command line, in this process. Thread-safe.
 *
 * @param tokenFile null: what it finds by itself
 */
public record Cli(String server, @Nullable Path tokenFile) {
    public Cli(ApiClient api) {
        this(api.base(), api.tokenFile());
    }

    /** What a run came to. */
    public record Run(int code, String out, String err) {
        public Run done() {
            assertThat(err).isEmpty();
            assertThat(code).isZero();
            return this;
        }

        Run failed(int expected) {
            assertThat(code).as(err).isEqualTo(expected);
            assertThat(out).isEmpty();
            assertThat(err).isNotBlank().doesNotContain("\tat ").doesNotContain("Exception");
            return this;
        }

        public JsonNode json() throws JsonProcessingException {
            return new ObjectMapper().readTree(out);
        }

        /** The number in the receipt of a write. */
        long revision() {
            return Long.parseLong(out.lines().findFirst().orElseThrow().replace("revision ", ""));
        }
    }

    public Run run(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        addTo(all);
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = run(new PrintWriter(out, true), new PrintWriter(err, true), all);
        return new Run(code, out.toString(), err.toString());
    }

    /** A run that goes on; what it prints is there at once. */
    public Thread start(PrintWriter out, PrintWriter err, String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        addTo(all);
        return Thread.ofVirtual().start(() -> run(out, err, all));
    }

    /** A run with a reason. */
    Run write(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--reason", "für den Test"));
        return run(all.toArray(String[]::new));
    }

    private void addTo(List<String> words) {
        words.addAll(List.of("--server", server));
        if (tokenFile != null) {
            words.addAll(List.of("--token-file", tokenFile.toString()));
        }
    }

    private static int run(PrintWriter out, PrintWriter err, List<String> words) {
        return Main.run(out, err, words.toArray(String[]::new));
    }
}
