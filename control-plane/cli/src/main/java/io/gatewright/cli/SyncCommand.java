package io.gatewright.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "sync",
        description = "Compares what every gateway runs with what it should run, and repairs it.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:nothing is refused; with --wait: every gateway has proved it",
            "1:something is refused, a tenant is held back, or with --wait an answer is missing",
            "2:the command line is wrong"
        })
final class SyncCommand implements Runnable {
    @Mixin
    private final Session session = new Session();

    @Option(
            names = "--gateway",
            paramLabel = "envoy|kong",
            description =
                    "Only gateways of that kind; else all. A dry run of Kongs says by entity what each would be sent.")
    private @Nullable String gateway;

    @Option(names = "--dry-run", description = "Only says what would be sent.")
    private boolean dryRun;

    @Option(
            names = "--wait",
            arity = "0..1",
            paramLabel = "DURATION",
            fallbackValue = "PT10S",
            description = "Waits for the gateways' answers (${FALLBACK-VALUE}) and says when each has answered.")
    private @Nullable Duration wait;

    @Override
    public void run() {
        String path = "/v1/syncs"
                + Api.query(
                        "dryRun",
                        dryRun ? "true" : null,
                        "wait",
                        wait == null ? null : wait.toString(),
                        "gateway",
                        gateway);
        JsonNode sync = session.api().lines(path, wait == null ? Api.NO_WAIT : wait, this::progress);
        session.print(sync, () -> table(sync));
        complain(sync);
    }

    private void progress(JsonNode line) {
        if (line.has("started") && wait != null && !dryRun) {
            session.err()
                    .println("revision " + Text.cell(line.at("/started/revision")) + ": waiting for "
                            + line.at("/started/nodes").size() + " gateways");
        }
        if (line.has("node")) {
            JsonNode node = line.path("node");
            session.err().println(Text.cell(node.path("id")) + ": " + answer(node));
        }
    }

    private static String answer(JsonNode node) {
        int rejected = node.path("rejected").size();
        return "accepted " + Text.cell(node.path("accepted")) + " of " + Text.cell(node.path("sent"))
                + (rejected == 0 ? "" : ", rejects " + rejected);
    }

    private void complain(JsonNode sync) {
        List<String> sentences = new ArrayList<>();
        String outcome = sync.path("outcome").asText();
        if (outcome.equals("failed")) {
            sentences.add(
                    "the sync failed: " + Text.cell(sync.path("failure")) + "; the log of the control plane says more");
        }
        if (wait != null && outcome.equals("no-gateways")) {
            sentences.add("no gateway is connected, so nothing is proved");
        }
        for (JsonNode node : sync.path("nodes")) {
            if (wait != null && outcome.equals("timed-out") && node.path("open").asInt() > 0) {
                sentences.add(Text.cell(node.path("id")) + ": has not answered " + Text.cell(node.path("open")) + " of "
                        + Text.cell(node.path("sent")) + " within " + wait);
            }
        }
        for (JsonNode held : sync.path("quarantined")) {
            sentences.add(Text.held(held));
        }
        if (!sentences.isEmpty()) {
            throw new Refusal(sentences);
        }
    }

    private static String table(JsonNode sync) {
        List<List<String>> rows = new ArrayList<>();
        for (JsonNode node : sync.path("nodes")) {
            rows.add(List.of(
                    Text.cell(node.path("id")),
                    Text.cell(node.path("state")),
                    Text.cell(node.path("sent")),
                    Text.cell(node.path("accepted")),
                    Text.cell(node.path("open")),
                    Integer.toString(node.path("rejected").size())));
        }
        int changed = sync.path("changed").asInt();
        int drift = sync.path("drift").asInt();
        String id = sync.path("id").isNull()
                ? "(its row is written when the database is back)"
                : Text.cell(sync.path("id"));
        return "sync " + id + " of revision " + Text.cell(sync.path("revision"))
                + (sync.path("dryRun").asBoolean() ? " would send " : " sent ")
                + (changed == 0 ? "nothing" : changed + (changed == 1 ? " resource" : " resources"))
                + (drift == 0 ? "" : ", drift " + drift) + "\n"
                + drifted(sync.path("drifted"))
                + Text.table(List.of("NODE", "STATE", "SENT", "ACCEPTED", "OPEN", "REJECTED"), rows)
                + entities(sync.path("nodes"));
    }

    /** What a dry run says of Kongs. */
    private static String entities(JsonNode nodes) {
        StringBuilder text = new StringBuilder();
        for (JsonNode node : nodes) {
            for (String change : List.of("creating", "updating", "deleting")) {
                JsonNode named = node.path("changes").path(change);
                named.forEach(entity -> text.append(Text.cell(node.path("id")))
                        .append(' ')
                        .append(change)
                        .append(' ')
                        .append(Text.cell(entity))
                        .append('\n'));
                int more = node.path("summary").path(change).asInt() - named.size();
                if (more > 0) {
                    text.append(Text.cell(node.path("id")))
                            .append(' ')
                            .append(change)
                            .append(' ')
                            .append(more)
                            .append(" more\n");
                }
            }
        }
        return text.toString();
    }

    private static String drifted(JsonNode drifted) {
        StringBuilder text = new StringBuilder();
        for (JsonNode drift : drifted) {
            text.append("drift: ")
                    .append(drift.has("node") ? Text.cell(drift.path("node")) + " " : "")
                    .append(drift.has("resource") ? Text.cell(drift.path("resource")) + " " : "")
                    .append(Text.cell(drift.path("found")))
                    .append('\n');
        }
        return text.toString();
    }
}
