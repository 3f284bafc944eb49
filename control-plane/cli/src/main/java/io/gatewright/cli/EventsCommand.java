package io.gatewright.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "events",
        description = "What there is to do with events.",
        subcommands = {EventsCheckCommand.class},
        synopsisSubcommandLabel = "VERB")
final class EventsCommand {
    @SuppressWarnings("UnusedVariable") // picocli reads it
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Prints this.")
    private boolean help;
}
