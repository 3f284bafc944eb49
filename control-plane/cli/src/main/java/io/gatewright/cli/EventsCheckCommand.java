package io.gatewright.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatewright.events.schema.Finding;
import io.gatewright.events.schema.SchemaEvolution;
import io.gatewright.events.schema.SchemaFolder;
import io.gatewright.events.schema.SchemaLanguage;
import io.gatewright.events.schema.UnreadableSchemaException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "check",
        description = "Says whether an event schema only adds to an older one; needs no control plane.",
        footer = {
            "",
            "OLD and NEW are two schemas, or two folders such as proto/events with the newest revision of each type and",
            "their history. Exit codes: 0 only adds, 1 breaks something, 2 cannot be read as event schemas."
        })
final class EventsCheckCommand implements Callable<Integer> {
    @SuppressWarnings("NullAway.Init") // picocli sets it
    @Spec
    private CommandSpec spec;

    @SuppressWarnings("UnusedVariable") // picocli reads it
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Prints this.")
    private boolean help;

    @Parameters(index = "0", paramLabel = "OLD", description = "What was published.")
    private Path older = Path.of("");

    @Parameters(index = "1", paramLabel = "NEW", description = "What shall be.")
    private Path newer = Path.of("");

    /** What is no schema at all, and what breaks. */
    private record Result(List<Finding> unusable, List<Finding> breaks) {}

    @Override
    public Integer call() {
        Result result = compare();
        PrintWriter err = spec.commandLine().getErr();
        List<Finding> findings = result.unusable().isEmpty() ? result.breaks() : result.unusable();
        findings.forEach(finding -> err.println(Text.printable(finding.toString())));
        if (!result.unusable().isEmpty()) {
            return ExitCode.USAGE;
        }
        if (!result.breaks().isEmpty()) {
            err.println(
                    "A change that breaks readers or old events is a new type: the same name with the next vMAJOR.");
            return ExitCode.SOFTWARE;
        }
        spec.commandLine().getOut().println(newer + " only adds to " + older);
        return ExitCode.OK;
    }

    private Result compare() {
        for (Path path : List.of(older, newer)) {
            if (!Files.exists(path)) {
                throw usage(path + " does not exist");
            }
        }
        if (Files.isDirectory(older) != Files.isDirectory(newer)) {
            throw usage(older + " and " + newer + " are not both files or both folders");
        }
        try {
            return Files.isDirectory(newer) ? folders() : files();
        } catch (UnreadableSchemaException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
    }

    private Result folders() throws UnreadableSchemaException {
        SchemaFolder before = SchemaFolder.read(older);
        SchemaFolder after = SchemaFolder.read(newer);
        List<Finding> unusable = all(before.outsideTheLanguage(), after.outsideTheLanguage());
        return new Result(unusable, unusable.isEmpty() ? after.breaksSince(before) : List.of());
    }

    private Result files() throws UnreadableSchemaException {
        JsonNode before = SchemaFolder.file(older);
        JsonNode after = SchemaFolder.file(newer);
        List<Finding> unusable = all(in(older, SchemaLanguage.check(before)), in(newer, SchemaLanguage.check(after)));
        return new Result(unusable, unusable.isEmpty() ? in(newer, SchemaEvolution.check(before, after)) : List.of());
    }

    private static List<Finding> in(Path file, List<Finding> findings) {
        return findings.stream().map(finding -> finding.in(file.toString())).toList();
    }

    private static List<Finding> all(List<Finding> some, List<Finding> others) {
        return Stream.concat(some.stream(), others.stream()).distinct().toList();
    }

    private ParameterException usage(String sentence) {
        return new ParameterException(spec.commandLine(), sentence);
    }
}
