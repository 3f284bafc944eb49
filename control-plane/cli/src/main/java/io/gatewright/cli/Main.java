package io.gatewright.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The command {@code gatewright}. Exit codes: 0 done, 1 the server said no or cannot be reached, 2 usage; {@code apply} ends
 * with 1 after any error and with 2 when a dry run finds changes.
 */
@Command(
        name = "gatewright",
        description = "Says, shows and explains what the gateways do.",
        subcommands = {
            StatusCommand.class,
            GetCommand.class,
            SetCommand.class,
            UnsetCommand.class,
            PutCommand.class,
            DeleteCommand.class,
            ExplainCommand.class,
            ApplyCommand.class,
            PreviewCommand.class,
            ExportCommand.class,
            UndoCommand.class,
            RollbackCommand.class,
            ProposalsCommand.class,
            SyncCommand.class,
            SyncsCommand.class,
            HistoryCommand.class,
            DiffCommand.class,
            AuditCommand.class,
            GatewaysCommand.class,
            EventsCommand.class,
            IdempotencyCommand.class,
            CompletionCommand.class
        },
        synopsisSubcommandLabel = "VERB")
public final class Main {
    @SuppressWarnings("UnusedVariable") // picocli reads it
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Prints this.")
    private boolean help;

    private Main() {}

    /** Runs one verb and ends the JVM with its exit code. */
    public static void main(String[] args) {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        System.exit(run(out, err, args));
    }

    /** Runs one verb. Thread-safe. Returns the exit code. */
    public static int run(PrintWriter out, PrintWriter err, String... args) {
        return commandLine().setOut(out).setErr(err).execute(args.length == 0 ? new String[] {"--help"} : args);
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main())
                .registerConverter(Duration.class, Main::duration)
                .registerConverter(OffsetDateTime.class, Main::time)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler(Main::complain)
                .setExecutionExceptionHandler(Main::explain);
    }

    private static Duration duration(String text) {
        try {
            return Duration.parse(text);
        } catch (DateTimeParseException e) {
            throw new CommandLine.TypeConversionException("'" + text + "' is not an ISO 8601 duration such as PT5S");
        }
    }

    private static OffsetDateTime time(String text) {
        try {
            return OffsetDateTime.parse(text);
        } catch (DateTimeParseException e) {
            throw new CommandLine.TypeConversionException(
                    "'" + text + "' is not a time with its offset such as 2030-01-31T06:00:00+01:00");
        }
    }

    private static int complain(CommandLine.ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        command.getErr().println(Text.printable(String.valueOf(e.getMessage())));
        command.getErr().println("See: " + command.getCommandSpec().qualifiedName() + " --help");
        return command.getCommandSpec().exitCodeOnInvalidInput();
    }

    private static int explain(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
        if (e instanceof Refusal refusal) {
            refusal.sentences().forEach(sentence -> command.getErr().println(Text.printable(sentence)));
        } else {
            command.getErr().println(Text.printable("gatewright failed: " + e));
        }
        return CommandLine.ExitCode.SOFTWARE;
    }
}
