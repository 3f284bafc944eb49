package io.gatewright.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "unset", description = "Removes a key at a scope, so that a broader scope or the default counts.")
final class UnsetCommand implements Runnable {
    @Mixin
    private final Session session = new Session();

    @Mixin
    private final Reason reason = new Reason();

    @Parameters(index = "0", paramLabel = "SCOPE", description = "As for set.")
    private String scope = "";

    @Parameters(index = "1", paramLabel = "KEY", description = "See: gatewright get catalog.")
    private String key = "";

    @Override
    public void run() {
        session.printReceipt(session.documents().delete("setting", scope + "/" + key, reason.get()));
    }
}
