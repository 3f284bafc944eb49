package io.gatewright.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that every verb has, and what follows from them. One thread at a time. */
final class Session {
    static final String AT = "As of a revision, or of a time such as 2026-05-04T06:00:00Z.";

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
            names = "--token-file",
            paramLabel = "FILE",
            description = "Holds the bearer token (GATEWRIGHT_TOKEN_FILE, or the token itself in GATEWRIGHT_TOKEN; else"
                    + " that of a control plane on this machine).",
            defaultValue = "${env:GATEWRIGHT_TOKEN_FILE}")
    private @Nullable Path tokenFile;

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
                return new Api(uri, headers(uri));
            }
        } catch (IllegalArgumentException e) {
            // falls to the complaint below
        }
        throw usage("'" + server + "' is not the URL of a control plane; write it as http://host:port");
    }

    /** What every request of this run carries. */
    private Map<String, String> headers(URI server) {
        Map<String, String> headers = new HashMap<>();
        String token = token(server);
        if (token != null) {
            headers.put("Authorization", "Bearer " + token);
        }
        OffsetDateTime notBefore =
                spec.commandLine().getParseResult().matchedOptionValue(Reason.NOT_BEFORE, (OffsetDateTime) null);
        if (notBefore != null) {
            headers.put("Change-Not-Before", notBefore.toString());
        }
        return headers;
    }

    private @Nullable String token(URI server) {
        if (tokenFile == null) {
            return Token.find(server, System.getenv()).orElse(null);
        }
        try {
            return Token.in(tokenFile);
        } catch (IOException e) {
            throw usage("the token file " + tokenFile + " cannot be read; name another with --token-file");
        }
    }

    Documents documents() {
        return new Documents(api());
    }

    PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /** For what is no result: previews, progress. */
    PrintWriter err() {
        return spec.commandLine().getErr();
    }

    /** A complaint about what was typed: exit code 2. */
    ParameterException usage(String sentence) {
        return new ParameterException(spec.commandLine(), sentence);
    }

    Format format() {
        return format;
    }

    /** Prints the answer: as it came, or for people as the table says it. */
    void print(JsonNode answer, Supplier<String> table) {
        print(answer, format, table);
    }

    /** The same in that form, whichever was asked for. */
    void print(JsonNode answer, Format form, Supplier<String> table) {
        try {
            out().print(
                            switch (form) {
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

    /** Whether answers are printed for people to read. */
    boolean forPeople() {
        return format == Format.table;
    }

    /** Prints what a write came to, and how to take it back; or for what it waits. */
    void printReceipt(JsonNode answer) {
        if (answer.has("proposal")) {
            print(answer, () -> ProposalsCommand.receipt(answer, spec.root().name()));
            return;
        }
        String revision = answer.path("revision").asText();
        String command = spec.root().name();
        String receipt = answer.path("unchanged").asBoolean()
                ? "revision " + revision + " is as it should be, nothing was written\n"
                : "revision " + revision + "\nundo: " + command + " undo " + revision + " --reason '…'\n";
        print(answer, () -> receipt);
    }
}
