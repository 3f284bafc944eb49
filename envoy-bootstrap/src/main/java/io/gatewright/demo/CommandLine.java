package io.gatewright.demo;

import io.gatewright.cli.Main;
import io.gatewright.envoybootstrap.ApiClient;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * A run of the command line, in this JVM. Immutable.
 *
 * @param output what it printed, errors included
 */
record CommandLine(int exitCode, String output) {
    static CommandLine run(Stage stage, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        ApiClient api = stage.plane().api();
        all.addAll(
                List.of("--server", api.base(), "--token-file", api.tokenFile().toString()));
        StringWriter output = new StringWriter();
        PrintWriter writer = new PrintWriter(output);
        int exitCode = Main.run(writer, writer, all.toArray(String[]::new));
        writer.flush();
        return new CommandLine(exitCode, output.toString());
    }
}
