package io.gatewright.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "diff", description = "Shows what a revision changed, or what differs between it and another.")
final class DiffCommand implements Runnable {
    @Mixin
    private final Session session = new Session();

    @Parameters(index = "0", paramLabel = "REVISION", description = "See: gatewright history.")
    private long revision;

    @Option(
            names = "--from",
            paramLabel = "REVISION",
            description = "Compares with that one, earlier or later; else with the one before. 0 is before the first.")
    private @Nullable Long from;

    @Override
    public void run() {
        String query = Api.query("from", from == null ? null : from.toString());
        JsonNode answer = session.api().get("/v1/revisions/" + revision + "/diff" + query);
        session.print(answer, () -> {
            List<List<String>> rows = new ArrayList<>();
            for (JsonNode difference : answer.path("differences")) {
                rows.add(List.of(
                        Text.name(difference),
                        Text.cell(difference.path("revision")),
                        Text.body(difference.path("old")),
                        Text.body(difference.path("new"))));
            }
            return Text.table(
                    List.of(
                            "DOCUMENT",
                            "CHANGED BY",
                            "AT " + Text.cell(answer.path("from")),
                            "AT " + Text.cell(answer.path("revision"))),
                    rows);
        });
    }
}
