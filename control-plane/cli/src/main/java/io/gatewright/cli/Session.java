package io.gatewright.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import java.io.PrintWriter;
import java.net.URI;
import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that every verb has, and what follows from them. One thread at a time. */
final class Session {
    /** How answers are printed. */
    enum Format {
        table,
        json,
        yaml
    }

    @SuppressWarnings("NullAway.Init") // picocli sets it
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--server",
            paramLabel = "URL",
            description = "The control plane (GATEWRIGHT_URL; else http://127.0.0.1:8080).",
            defaultValue = "${env:GATEWRIGHT_URL:-http://127.0.0.1:8080}")
    private String server = "";

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORM",
            description = "${COMPLETION-CANDIDATES}.",
            defaultValue = "table")
    private Format format = Format.table;

    @SuppressWarnings("UnusedVariable") // picocli reads it
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Prints this.")
    private boolean help;

    Api api() {
        String text = server.replaceFirst("/+$", "");
        try {
            URI uri = URI.create(text);
            boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (web && uri.getHost() != null && uri.getRawQuery() == null && uri.getRawFragment() == null) {
                return new Api(uri);
            }
        } catch (IllegalArgumentException e) {
            // falls to the complaint below
        }
        throw usage("'" + server + "' is not the URL of a control plane; write it as http://host:port");
    }

    Documents documents() {
        return new Documents(api());
    }

    PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /** A complaint about what was typed: exit code 2. */
    ParameterException usage(String sentence) {
        return new ParameterException(spec.commandLine(), sentence);
    }

    /** Prints the answer: as it came, or for people as the table says it. */
    void print(JsonNode answer, Supplier<String> table) {
        try {
            out().print(
                            switch (format) {
                                case table -> table.get();
                                case json ->
                                    new ObjectMapper()
                                                    .writerWithDefaultPrettyPrinter()
                                                    .writeValueAsString(answer)
                                            + "\n";
                                case yaml ->
                                    new ObjectMapper(new YAMLFactory()
                                                    .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                                                    .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                                                    .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS))
                                            .writeValueAsString(answer);
                            });
            out().flush();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an answer that was parsed cannot be written", e);
        }
    }

    /** Prints what a write came to, and how to take it back. */
    void printReceipt(JsonNode answer) {
        String revision = answer.path("revision").asText();
        String command = spec.root().name();
        print(answer, () -> "revision " + revision + "\nundo: " + command + " undo " + revision + " --reason '…'\n");
    }
}
