package io.gatewright.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "apply",
        exitCodeOnInvalidInput = 1,
        description = "Makes the registry say what files declare, in one revision: all or none.",
        footer = {
            "",
            "A document is {kind, id, body}; body null removes it. A file holds any number of them, as lists, as",
            "{documents: [...]}, or one after another. What 'gatewright export' writes can be applied.",
            "",
            "Exit code: 0 done or nothing to do, 1 an error and nothing written, 2 --dry-run found changes."
        })
final class ApplyCommand implements Callable<Integer> {
    private static final int CHANGES_FOUND = 2;
    private static final int MANY = 1_000;
    private static final Duration LONG = Duration.ofMinutes(10);

    @SuppressWarnings("NullAway.Init") // picocli sets it
    @Spec
    private CommandSpec spec;

    @Mixin
    private final Session session = new Session();

    @Mixin
    private final Reason reason = new Reason();

    @Option(
            names = {"-f", "--file"},
            required = true,
            paramLabel = "PATH",
            description = "JSON or YAML, or a folder with such files in it and below; - reads standard input.")
    private List<String> files = List.of();

    @Option(names = "--prune", description = "Removes what no file declares; never the signing keys of issuers.")
    private boolean prune;

    @Option(names = "--allow-empty", description = "Lets --prune remove everything when no file declares anything.")
    private boolean allowEmpty;

    @Option(names = "--dry-run", description = "Says what would change and writes nothing.")
    private boolean dryRun;

    @Override
    public Integer call() {
        String why = dryRun ? "" : reason.get();
        DocumentFiles read = DocumentFiles.read(files);
        List<Declared> documents = read.documents();
        if (documents.isEmpty() && !prune) {
            throw new Refusal(String.join(", ", files) + ": holds no documents; write kind, id and body of one");
        }
        Progress progress = new Progress(spec.commandLine().getErr(), documents.size() >= MANY);
        progress.say(documents.size() + " documents read from " + files(read.files()));
        Plan plan = new Plan(session.api(), documents);
        refuseToEmpty(documents, plan);
        ArrayNode changes = plan.changes(prune);
        progress.say(changes.size() + " of them differ from revision " + plan.revision());
        if (changes.isEmpty()) {
            nothingToDo(plan);
            return 0;
        }
        ObjectNode changeset = JsonNodeFactory.instance.objectNode();
        if (!dryRun) {
            changeset.put("reason", why);
        }
        changeset.set("changes", changes);
        String path = "/v1/changesets" + (dryRun ? "?dryRun=true" : "");
        Api api = session.api();
        Api.Answer answer = progress.during(
                "asking the control plane to check " + (dryRun ? "them" : "and write them as one revision"),
                () -> api.send("POST", path, changeset, Map.of(), LONG));
        if (!answer.done()) {
            throw plan.refusal(answer, changes);
        }
        return dryRun ? difference(answer.body()) : receipt(answer.body());
    }

    private static String files(int count) {
        return count == 1 ? "1 file" : count + " files";
    }

    private void refuseToEmpty(List<Declared> documents, Plan plan) {
        if (documents.isEmpty() && !allowEmpty && plan.undeclared() > 0) {
            throw new Refusal(String.join(", ", files) + ": holds no documents, so --prune would remove all "
                    + plan.undeclared() + " of the registry; name the right folder, or add --allow-empty");
        }
    }

    private void nothingToDo(Plan plan) {
        ObjectNode answer = JsonNodeFactory.instance
                .objectNode()
                .put("revision", plan.revision())
                .put("unchanged", true);
        answer.putArray("documents");
        session.printReceipt(answer);
    }

    private int receipt(JsonNode answer) {
        session.printReceipt(answer);
        if (session.forPeople()) {
            for (JsonNode document : answer.path("documents")) {
                if (!document.path("body").isObject()) {
                    session.out().println("removed " + Text.name(document));
                }
            }
        }
        return 0;
    }

    private int difference(JsonNode answer) {
        JsonNode summary = answer.path("summary");
        session.print(
                answer,
                () -> DryRunText.of(answer)
                        + "%s to create, %s to update, %s to remove; nothing was written\n"
                                .formatted(
                                        Text.cell(summary.path("creating")),
                                        Text.cell(summary.path("updating")),
                                        Text.cell(summary.path("deleting"))));
        return summary.path("total").asInt() == 0 ? 0 : CHANGES_FOUND;
    }
}
