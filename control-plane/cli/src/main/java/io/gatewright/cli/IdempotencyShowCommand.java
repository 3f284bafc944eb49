package io.gatewright.cli;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "show",
        description = "Shows in which state a key is, since when, and the correlation id of then; never the answer.",
        footer = {
            "",
            "gatewright idempotency show acme-de orders/create 0b6f7b1e-58b0-4d0c-9a0f-3f5a3f0f2c11 --actor alice"
        })
final class IdempotencyShowCommand implements Runnable {
    @Mixin
    private final Session session = new Session();

    @Mixin
    private final GuardedKey key = new GuardedKey();

    @Override
    public void run() {
        JsonNode answer = key.show(session);
        session.print(answer, () -> GuardedKey.text(answer));
    }
}
