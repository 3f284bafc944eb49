package io.gatewright.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "reconcile",
        description = "Says that a request of which nobody knows how it ended has run: retries are told so.",
        footer = {
            "",
            "gatewright idempotency reconcile acme-de orders/create 0b6f7b1e-58b0-4d0c-9a0f-3f5a3f0f2c11 --actor alice \\",
            "    --status 201 --location /orders/7 --reason 'order 7'"
        })
final class IdempotencyReconcileCommand implements Runnable {
    @Mixin
    private final Session session = new Session();

    @Mixin
    private final GuardedKey key = new GuardedKey();

    @Option(
            names = "--status",
            paramLabel = "N",
            required = true,
            description = "What the module answered then, 100 to 599.")
    private int status;

    @Option(names = "--location", paramLabel = "URL", description = "Where what it made is.")
    private @Nullable String location;

    @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "Why; kept.")
    private String reason = "";

    @Override
    public void run() {
        ObjectNode body =
                JsonNodeFactory.instance.objectNode().put("status", status).put("reason", reason);
        if (location != null) {
            body.put("location", location);
        }
        JsonNode answer = key.settle(session, "reconcile", body);
        session.print(answer, () -> "The key is done; retries are told so.\n");
    }
}
