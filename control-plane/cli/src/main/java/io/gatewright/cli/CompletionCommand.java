package io.gatewright.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "completion", description = "Prints the completion script for bash: source <(gatewright completion)")
final class CompletionCommand implements Runnable {
    @Mixin
    private final Session session = new Session();

    @Override
    public void run() {
        session.out().print(AutoComplete.bash("gatewright", Main.commandLine()));
        session.out().flush();
    }
}
