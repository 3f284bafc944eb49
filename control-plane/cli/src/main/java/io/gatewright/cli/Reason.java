package io.gatewright.cli;

import java.io.Console;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The option {@code --reason} of every verb that writes; asked for when a person sits there. One thread at a time. */
final class Reason {
    @SuppressWarnings("NullAway.Init") // picocli sets it
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why; kept in the history.")
    private @Nullable String text;

    /** Why, in printable text. Called before anything is sent. */
    @SuppressWarnings("SystemConsoleNull") // it is null again in JDK 25 when nobody sits there
    String get() {
        Console console = System.console();
        if (text == null && console != null && console.isTerminal()) {
            text = console.readLine("Reason for this change: ");
        }
        String reason = text == null ? "" : Text.printable(text);
        if (reason.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "A change needs its reason, which is kept in the history: add --reason 'why you do it'.");
        }
        return reason;
    }
}
