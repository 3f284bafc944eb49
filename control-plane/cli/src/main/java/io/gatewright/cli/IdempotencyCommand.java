package io.gatewright.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "idempotency",
        description =
                "Shows what the guard keeps of an idempotency key, and settles a request of which nobody knows how it"
                        + " ended.",
        footer = {
            "",
            "Needs a control plane with the sidecars' pepper (--pepper). Without one, ask where a sidecar runs:",
            "gatewright sidecar key show|release|reconcile."
        },
        subcommands = {IdempotencyShowCommand.class, IdempotencyReleaseCommand.class, IdempotencyReconcileCommand.class
        },
        synopsisSubcommandLabel = "VERB")
final class IdempotencyCommand {
    @SuppressWarnings("UnusedVariable") // picocli reads it
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Prints this.")
    private boolean help;
}
