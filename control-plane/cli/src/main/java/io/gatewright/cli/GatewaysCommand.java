package io.gatewright.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "gateways", description = "Shows every gateway, the revision it runs, and what it rejected.")
final class GatewaysCommand implements Runnable {
    @Mixin
    private final Session session = new Session();

    @Override
    public void run() {
        JsonNode answer = session.api().get("/v1/gateways");
        session.print(answer, () -> table(answer));
    }

    /** The settings that it comes from, where the gateway's answer tells, and who wrote the newest. */
    private static String origin(JsonNode rejected) {
        if (!rejected.has("settings")) {
            return "";
        }
        List<String> settings = new ArrayList<>();
        rejected.path("settings").forEach(setting -> settings.add(Text.cell(setting)));
        return " (" + (settings.isEmpty() ? "" : String.join(", ", settings) + ", ") + "revision "
                + Text.cell(rejected.path("revision"))
                + (rejected.has("actor") ? " by " + Text.cell(rejected.path("actor")) : "") + ")";
    }

    private static String table(JsonNode answer) {
        List<List<String>> rows = new ArrayList<>();
        StringBuilder rejections = new StringBuilder();
        for (JsonNode node : answer.path("nodes")) {
            rows.add(List.of(
                    Text.cell(node.path("id")),
                    Text.cell(node.path("cluster")),
                    Text.cell(node.path("version")),
                    node.path("connected").asBoolean() ? "connected" : "away",
                    Text.cell(node.path("since")),
                    Text.cell(node.path("acknowledged")),
                    Text.cell(node.path("pending")),
                    Integer.toString(node.path("rejected").size())));
            for (JsonNode rejected : node.path("rejected")) {
                rejections.append("%s rejects %s of tenant %s since %s: %s%s%n"
                        .formatted(
                                Text.cell(node.path("id")),
                                Text.cell(rejected.path("resource")),
                                Text.cell(rejected.path("tenant")),
                                Text.cell(rejected.path("since")),
                                Text.cell(rejected.path("reason")),
                                origin(rejected)));
            }
        }
        for (JsonNode node : answer.path("nodes")) {
            if (node.has("problem")) {
                rejections.append("%s: %s%n".formatted(Text.cell(node.path("id")), Text.cell(node.path("problem"))));
            }
        }
        for (JsonNode failed : answer.path("untranslatable")) {
            rejections.append(Text.held(failed)).append('\n');
        }
        return Text.table(
                        List.of("NODE", "CLUSTER", "VERSION", "STATE", "SINCE", "ACKNOWLEDGED", "PENDING", "REJECTED"),
                        rows)
                + rejections;
    }
}
