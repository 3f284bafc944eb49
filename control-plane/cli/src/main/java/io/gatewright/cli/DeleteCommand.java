package io.gatewright.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "delete", description = "Removes one document that no other refers to.")
final class DeleteCommand implements Runnable {
    @Mixin
    private final Session session = new Session();

    @Mixin
    private final Reason reason = new Reason();

    @Parameters(index = "0", paramLabel = "KIND", description = "org, tenant, module, issuer, listener or setting.")
    private String kind = "";

    @Parameters(index = "1", paramLabel = "ID")
    private String id = "";

    @Override
    public void run() {
        session.printReceipt(session.documents().delete(kind, id, reason.get()));
    }
}
