package io.gatewright.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "parked",
        description = "Shows the keys that stand still for a consumer, or what was done with such keys before.")
final class EventsParkedCommand implements Runnable {
    @Mixin
    private final Session session = new Session();

    @Parameters(index = "0", paramLabel = "CONSUMER", description = "See: gatewright events lag.")
    private String consumer = "";

    @Option(names = "--past", description = "Shows who replayed or discarded what, and why.")
    private boolean past;

    @Override
    public void run() {
        String path = "/v1/consumers/" + Api.path(consumer) + (past ? "/interventions?limit=200" : "/parked");
        JsonNode answer = session.api().get(path);
        session.print(answer, () -> past ? past(answer) : parked(answer));
    }

    private static String parked(JsonNode answer) {
        List<List<String>> rows = new ArrayList<>();
        for (JsonNode each : answer.path("parked")) {
            rows.add(List.of(
                    Text.cell(each.path("tenant")),
                    Text.cell(each.path("key")),
                    Text.cell(each.path("partition")),
                    Text.cell(each.path("offset")),
                    Text.cell(each.path("queued")),
                    each.path("dead").asBoolean() ? "waits for you" : "is tried again",
                    Text.cell(each.path("since")),
                    Text.cell(each.path("reason"))));
        }
        return Text.table(List.of("TENANT", "KEY", "PARTITION", "OFFSET", "QUEUED", "STATE", "SINCE", "REASON"), rows);
    }

    private static String past(JsonNode answer) {
        List<List<String>> rows = new ArrayList<>();
        for (JsonNode each : answer.path("interventions")) {
            rows.add(List.of(
                    Text.cell(each.path("at")),
                    Text.cell(each.path("action")),
                    Text.cell(each.path("tenant")),
                    Text.cell(each.path("key")),
                    Text.cell(each.path("offset")),
                    Text.cell(each.path("actor")),
                    Text.cell(each.path("reason"))));
        }
        return Text.table(List.of("AT", "ACTION", "TENANT", "KEY", "OFFSET", "BY", "REASON"), rows);
    }
}
