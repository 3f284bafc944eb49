package io.gatewright.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "put", description = "Writes one document.")
final class PutCommand implements Runnable {
    @Mixin
    private final Session session = new Session();

    @Mixin
    private final Reason reason = new Reason();

    @Parameters(index = "0", paramLabel = "KIND", description = "org, tenant, module, issuer, listener or setting.")
    private String kind = "";

    @Parameters(index = "1", paramLabel = "ID")
    private String id = "";

    @Parameters(index = "2", paramLabel = "FILE", description = "Its body in JSON or YAML; - reads standard input.")
    private String file = "";

    @Override
    public void run() {
        List<JsonNode> bodies = InputFile.read(session, file);
        if (bodies.size() != 1 || !bodies.getFirst().isObject()) {
            throw session.usage(file + " does not hold one object, the body of the document");
        }
        session.printReceipt(session.documents().put(kind, id, bodies.getFirst(), reason.get()));
    }
}
