package io.gatewright.cli;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "tail",
        description = "Prints events as they come; with --output json each as one line.",
        footer = {
            "",
            "When the control plane is away it waits and goes on where it was, so that none is left out.",
            "",
            "gatewright events tail",
            "gatewright events tail --after -1 --topic policy.rejected --once -o json"
        })
final class EventsTailCommand implements Runnable {
    @Mixin
    private final Session session = new Session();

    @Option(
            names = "--after",
            paramLabel = "PLACE",
            description =
                    "Begins after that offset, or EPOCH-OFFSET; -1: with the first that is kept; else with the next.")
    private @Nullable String after;

    @Option(names = "--topic", paramLabel = "TOPIC", description = "Only of that topic, such as policy.applied.")
    private @Nullable String topic;

    @Option(names = "--limit", paramLabel = "N", description = "Ends after so many.")
    private @Nullable Integer limit;

    @Option(names = "--once", description = "Ends when there is no more.")
    private boolean once;

    private int printed;

    @Override
    public void run() {
        if (limit != null && limit < 1) {
            throw session.usage("--limit is " + limit + "; write at least 1");
        }
        if (once) {
            pages();
        } else {
            new EventStream(session::api, Api.query("topic", topic), after, session.err()).follow(this::print);
        }
    }

    private void pages() {
        Api api = session.api();
        String place = after;
        boolean more = true;
        while (more) {
            JsonNode page = api.get("/v1/events" + Api.query("after", place, "topic", topic, "limit", "1000"));
            for (JsonNode each : page.path("events")) {
                String id =
                        each.path("epoch").asText() + "-" + each.path("offset").asText();
                if (!print(id, each.path("event"))) {
                    return;
                }
            }
            String next = page.path("after").asText();
            more = !next.equals(place) && !page.path("events").isEmpty();
            place = next;
        }
    }

    /** Whether to go on. */
    private boolean print(String id, JsonNode event) {
        switch (session.format()) {
            case table -> session.out().println(line(id, event));
            case json -> session.out().println(event.toString());
            case yaml -> {
                session.out().println("---");
                session.print(event, () -> "");
            }
        }
        session.out().flush();
        printed++;
        return limit == null || printed < limit;
    }

    private static String line(String id, JsonNode event) {
        String tenant = Text.cell(event.path("tenantid"));
        String key = Text.cell(event.path("partitionkey"));
        return id + "  " + Text.cell(event.path("time")) + "  " + Text.cell(event.path("type"))
                + (tenant.isEmpty() ? "" : "  tenant=" + tenant)
                + (key.isEmpty() || key.equals(tenant) ? "" : "  key=" + key)
                + "  " + Text.cell(event.path("data"));
    }
}
