package io.gatewright.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "status",
        description =
                "Shows whether a tenant's newest settings are live on every gateway; without a tenant, whether all is well.")
final class StatusCommand implements Runnable {
    @Mixin
    private final Session session = new Session();

    @Parameters(index = "0", arity = "0..1", paramLabel = "TENANT")
    private @Nullable String tenant;

    @Option(names = "--revision", paramLabel = "N", description = "Of that revision; else of the newest.")
    private @Nullable Long revision;

    @Option(
            names = "--wait",
            paramLabel = "DURATION",
            description = "Waits until it is live, at most so long (such as PT5S); exit code 1 when it is not by then.")
    private @Nullable Duration wait;

    @Override
    public void run() {
        if (tenant == null) {
            printAll();
        } else {
            printTenant(tenant);
        }
    }

    private void printTenant(String tenant) {
        Duration waiting = wait == null ? Api.NO_WAIT : wait;
        String query = Api.query(
                "revision",
                revision == null ? null : revision.toString(),
                "wait",
                wait == null ? null : wait.toString());
        JsonNode answer = session.api()
                .get("/v1/tenants/" + Api.path(tenant) + "/status" + query, waiting)
                .orRefusal();
        boolean live = answer.path("live").asBoolean();
        session.print(answer, () -> {
            List<List<String>> rows = new ArrayList<>();
            for (JsonNode node : answer.path("nodes")) {
                rows.add(List.of(
                        Text.cell(node.path("id")),
                        Text.cell(node.path("state")),
                        Text.cell(node.path("acknowledgedAt")),
                        Text.cell(node.path("reason"))));
            }
            return tenant + ": revision " + Text.cell(answer.path("revision")) + (live ? " is live" : " is not live")
                    + "\n" + Text.table(List.of("NODE", "STATE", "ACKNOWLEDGED", "REASON"), rows)
                    + held(answer.path("quarantined"));
        });
        if (wait != null && !live) {
            throw new Refusal(tenant + ": was not live within " + wait + "; see: gatewright gateways");
        }
    }

    private static String held(JsonNode quarantined) {
        StringBuilder text = new StringBuilder();
        quarantined.forEach(each -> text.append(Text.held(each)).append('\n'));
        return text.toString();
    }

    private void printAll() {
        Api api = session.api();
        ObjectNode all = JsonNodeFactory.instance.objectNode();
        JsonNode health = api.get("/q/health/ready", Api.NO_WAIT).body();
        all.set("health", health);
        boolean ready = health.path("status").asText().equals("UP");
        if (ready) {
            all.set("newest", api.get("/v1/revisions?limit=1").path("revisions").path(0));
            all.set("gateways", api.get("/v1/gateways").path("nodes"));
        }
        session.print(all, () -> table(all));
        if (!ready) {
            throw new Refusal("the control plane is not ready; the checks that are DOWN say why");
        }
    }

    private static String table(JsonNode all) {
        List<List<String>> rows = new ArrayList<>();
        for (JsonNode check : all.at("/health/checks")) {
            JsonNode data = check.path("data");
            rows.add(List.of(Text.cell(check.path("name")), Text.cell(check.path("status")), Text.cell(data)));
        }
        String checks = Text.table(List.of("CHECK", "STATUS", "DATA"), rows);
        if (!all.has("gateways")) {
            return checks;
        }
        int connected = 0;
        int rejected = 0;
        for (JsonNode node : all.path("gateways")) {
            connected += node.path("connected").asBoolean() ? 1 : 0;
            rejected += node.path("rejected").size();
        }
        JsonNode newest = all.path("newest");
        return checks + "revision " + Text.cell(newest.path("revision")) + " by " + Text.cell(newest.path("actor"))
                + " at " + Text.cell(newest.path("at")) + ": " + Text.cell(newest.path("reason")) + "\n" + connected
                + " of " + all.path("gateways").size() + " gateways connected, " + rejected + " resources rejected\n";
    }
}
