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
record Cli(String server, @Nullable Path tokenFile) {
    Cli(ApiClient api) {
        this(api.base(), api.tokenFile());
    }

    /** What a run came to. */
    record Run(int code, String out, String err) {
        Run done() {
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

        JsonNode json() throws JsonProcessingException {
            return new ObjectMapper().readTree(out);
        }

        /** The number in the receipt of a write. */
        long revision() {
            return Long.parseLong(out.lines().findFirst().orElseThrow().replace("revision ", ""));
        }
    }

    Run run(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--server", server));
        if (tokenFile != null) {
            all.addAll(List.of("--token-file", tokenFile.toString()));
        }
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), all.toArray(String[]::new));
        return new Run(code, out.toString(), err.toString());
    }

    /** A run with a reason. */
    Run write(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--reason", "für den Test"));
        return run(all.toArray(String[]::new));
    }
}
