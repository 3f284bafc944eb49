package io.gatewright.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "rollback",
        description = "Goes back to what a revision left, by a new revision; shows first what that changes.",
        footer = {
            "",
            "Everything after the revision is taken back but fetched signing keys. To take back one revision and",
            "keep what came after it: gatewright undo."
        })
final class RollbackCommand implements Runnable {
    @Mixin
    private final Session session = new Session();

    @Mixin
    private final Reason reason = new Reason();

    @Mixin
    private final Consent consent = new Consent();

    @Parameters(index = "0", paramLabel = "REVISION", description = "0 is before the first; see: gatewright history.")
    private long revision;

    @Option(names = "--dry-run", description = "Shows what it would change and writes nothing.")
    private boolean dryRun;

    @Override
    public void run() {
        Api api = session.api();
        String path = "/v1/revisions/" + revision + "/rollback";
        JsonNode preview = api.send("POST", path + "?dryRun=true", null, Map.of(), Api.NO_WAIT)
                .orRefusal();
        boolean nothing = preview.at("/summary/total").asInt() == 0;
        if (dryRun || nothing) {
            session.print(preview, () -> text(preview));
            return;
        }
        session.err().print(text(preview));
        session.err().flush();
        String why = reason.get();
        if (!consent.given("Make these changes?")) {
            throw new Refusal("nothing was written");
        }
        Map<String, String> headers = Map.of(
                "If-Match", '"' + preview.path("revision").asText() + '"', "Change-Reason", Documents.header(why));
        session.printReceipt(api.send("POST", path, null, headers, Api.NO_WAIT).orRefusal());
    }

    private String text(JsonNode preview) {
        String changes = DryRunText.of(preview);
        String newest = Text.cell(preview.path("revision"));
        return changes.isEmpty()
                ? "revision " + newest + " is as revision " + revision + " left it, there is nothing to change\n"
                : "from revision " + newest + " back to " + revision + ":\n" + changes;
    }
}
