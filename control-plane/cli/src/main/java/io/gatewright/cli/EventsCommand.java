package io.gatewright.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "events",
        description = "Shows events and who reads them, has parked ones tried again, and checks their schemas.",
        subcommands = {
            EventsTailCommand.class,
            EventsLagCommand.class,
            EventsParkedCommand.class,
            EventsReplayCommand.class,
            EventsDiscardCommand.class,
            EventsCheckCommand.class
        },
        synopsisSubcommandLabel = "VERB")
final class EventsCommand {
    @SuppressWarnings("UnusedVariable") // picocli reads it
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Prints this.")
    private boolean help;
}
