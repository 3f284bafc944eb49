package io.gatewright.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "lag", description = "Shows who reads the event log, and how far each is behind.")
final class EventsLagCommand implements Runnable {
    @Mixin
    private final Session session = new Session();

    @Override
    public void run() {
        JsonNode answer = session.api().get("/v1/consumers");
        session.print(answer, () -> table(answer));
    }

    private static String table(JsonNode answer) {
        List<List<String>> rows = new ArrayList<>();
        for (JsonNode each : answer.path("consumers")) {
            rows.add(List.of(
                    Text.cell(each.path("consumer")),
                    Text.cell(each.path("lag")),
                    seconds(each.path("lagSeconds")),
                    Text.cell(each.path("parkedKeys")),
                    Text.cell(each.path("parkedEvents")),
                    Text.cell(each.path("deadEvents"))));
        }
        return "committed, without an offset yet: " + Text.cell(answer.path("backlog")) + " (the oldest since "
                + seconds(answer.path("backlogAgeSeconds")) + " s)\n"
                + Text.table(List.of("CONSUMER", "BEHIND", "SECONDS", "PARKED KEYS", "EVENTS", "DEAD"), rows);
    }

    private static String seconds(JsonNode value) {
        return String.format(Locale.ROOT, "%.1f", value.asDouble());
    }
}
