package io.gatewright.cli;

import java.io.Console;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The option {@code --yes} of a verb that asks before it writes. One thread at a time. */
final class Consent {
    @SuppressWarnings("NullAway.Init") // picocli sets it
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = {"-y", "--yes"},
            description = "Does not ask; needed where nobody sits.")
    private boolean yes;

    /** Whether to go on. What is to be agreed to has been shown. */
    @SuppressWarnings("SystemConsoleNull") // it is null again in JDK 25 when nobody sits there
    boolean given(String question) {
        Console console = System.console();
        if (yes) {
            return true;
        }
        if (console == null || !console.isTerminal()) {
            throw new ParameterException(spec.commandLine(), "Nobody is there to agree to it: add --yes.");
        }
        String answer = console.readLine("%s [y/N] ", question);
        return answer != null && answer.strip().matches("(?i)y(es)?");
    }
}
