package io.gatewright.cli;

import java.io.Console;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The options {@code --reason}, asked for when a person sits there, and {@code --not-before} of every verb that writes. One
 * thread at a time.
 */
final class Reason {
    static final String NOT_BEFORE = "--not-before";

    @SuppressWarnings("NullAway.Init") // picocli sets it
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why; kept in the history.")
    private @Nullable String text;

    @SuppressWarnings("UnusedVariable") // the session reads it, and sends it along
    @Option(
            names = NOT_BEFORE,
            paramLabel = "TIME",
            description = "Makes the change then, such as 2030-01-31T06:00:00+01:00, instead of now.")
    private @Nullable OffsetDateTime notBefore;

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
