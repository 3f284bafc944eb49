package io.gatewright.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "release",
        description = "Says that a request of which nobody knows how it ended has not run: the next attempt will.",
        footer = {
            "",
            "gatewright idempotency release acme-de orders/create 0b6f7b1e-58b0-4d0c-9a0f-3f5a3f0f2c11 --actor alice \\",
            "    --reason 'not in the books'"
        })
final class IdempotencyReleaseCommand implements Runnable {
    @Mixin
    private final Session session = new Session();

    @Mixin
    private final GuardedKey key = new GuardedKey();

    @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "Why; kept.")
    private String reason = "";

    @Override
    public void run() {
        JsonNode answer = key.settle(
                session, "release", JsonNodeFactory.instance.objectNode().put("reason", reason));
        session.print(answer, () -> "The key is free; the next attempt runs.\n");
    }
}
