package io.gatewright.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "proposals",
        description = "Shows the changes that wait for a second person or for their time, and decides about them.",
        footer = {
            "",
            "gatewright proposals",
            "gatewright proposals show 7",
            "gatewright proposals approve 7",
            "gatewright proposals reject 7 --comment 'not before the holidays'"
        })
final class ProposalsCommand implements Runnable {
    /** What can be done. */
    enum Action {
        list,
        show,
        approve,
        reject,
        withdraw
    }

    @Mixin
    private final Session session = new Session();

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "ACTION",
            description = "${COMPLETION-CANDIDATES}.",
            defaultValue = "list")
    private Action action = Action.list;

    @Parameters(index = "1", arity = "0..1", paramLabel = "N", description = "The number of the proposal.")
    private @Nullable Long number;

    @Option(
            names = "--state",
            paramLabel = "STATE",
            description =
                    "Lists those in that state: open, all, pending, scheduled, committed, rejected, withdrawn, failed.",
            defaultValue = "open")
    private String state = "open";

    @Option(names = "--comment", paramLabel = "TEXT", description = "Why it is rejected or withdrawn.")
    private @Nullable String comment;

    @Override
    public void run() {
        if (action == Action.list) {
            list();
            return;
        }
        if (number == null) {
            throw session.usage("name the proposal by its number; see: gatewright proposals");
        }
        if (action == Action.show) {
            show(session.api().get("/v1/proposals/" + number));
            return;
        }
        ObjectNode body = null;
        if (comment != null) {
            body = JsonNodeFactory.instance.objectNode().put("comment", comment);
        }
        JsonNode answer = session.api()
                .send("POST", "/v1/proposals/" + number + "/" + action, body, Map.of(), Api.NO_WAIT)
                .orRefusal();
        session.printReceipt(answer);
    }

    private void list() {
        JsonNode answer = session.api().get("/v1/proposals" + Api.query("state", state));
        session.print(answer, () -> {
            List<List<String>> rows = new ArrayList<>();
            for (JsonNode proposal : answer.path("proposals")) {
                rows.add(List.of(
                        Text.cell(proposal.path("proposal")),
                        Text.cell(proposal.path("state")),
                        Text.cell(proposal.path("notBefore")),
                        Text.cell(proposal.path("actor")),
                        Text.cell(proposal.path("reason")),
                        Text.cell(proposal.path("documents"))));
            }
            return Text.table(List.of("PROPOSAL", "STATE", "NOT BEFORE", "ACTOR", "REASON", "DOCUMENTS"), rows);
        });
    }

    private void show(JsonNode proposal) {
        session.print(proposal, () -> {
            List<List<String>> rows = new ArrayList<>();
            proposal.properties().forEach(field -> {
                if (!field.getKey().equals("changes")) {
                    rows.add(List.of(field.getKey(), Text.cell(field.getValue())));
                }
            });
            List<List<String>> changes = new ArrayList<>();
            for (JsonNode change : proposal.path("changes")) {
                changes.add(List.of(Text.name(change), Text.cell(change.path("old")), Text.cell(change.path("new"))));
            }
            return Text.table(List.of("FIELD", "VALUE"), rows)
                    + Text.table(List.of("DOCUMENT", "NOW", "PROPOSED"), changes);
        });
    }

    /** What a proposal came to, or for what it waits. */
    static String receipt(JsonNode proposal, String command) {
        String number = Text.cell(proposal.path("proposal"));
        return switch (proposal.path("state").asText()) {
            case "pending" ->
                "proposal " + number + " waits for a second person\napprove: " + command + " proposals approve "
                        + number + "\n";
            case "scheduled" ->
                "proposal " + number + " waits until " + Text.cell(proposal.path("notBefore")) + "\nwithdraw: "
                        + command + " proposals withdraw " + number + "\n";
            case "committed" -> {
                String revision = Text.cell(proposal.path("revision"));
                yield "revision " + revision + "\nundo: " + command + " undo " + revision + " --reason '…'\n";
            }
            default -> "proposal " + number + " is " + Text.cell(proposal.path("state")) + "\n";
        };
    }
}
