package io.gatewright.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "preview",
        description =
                "Says what a change would come to: values, gateway resources, warnings, sample requests. Stores nothing.",
        footer = {
            "",
            "gatewright preview -f change.yaml",
            "gatewright preview -f change.yaml --request 'GET https://shop.example/orders/7' --as acme-de -H 'Origin: https://a.example'",
            "gatewright preview --rollback 41 --diff"
        })
final class PreviewCommand implements Runnable {
    private static final Duration LONG = Duration.ofMinutes(2);

    @Mixin
    private final Session session = new Session();

    @SuppressWarnings("NullAway.Init") // picocli sets it
    @ArgGroup(multiplicity = "1")
    private Wanted wanted;

    /** What is looked at. */
    static final class Wanted {
        @Option(
                names = {"-f", "--file"},
                required = true,
                paramLabel = "FILE",
                description = "Documents as for apply, in JSON or YAML; - reads standard input.")
        private @Nullable String file;

        @Option(
                names = "--rollback",
                required = true,
                paramLabel = "REVISION",
                description = "Everything as that revision left it.")
        private @Nullable Long rollback;
    }

    @Option(
            names = "--request",
            paramLabel = "'METHOD URL'",
            description = "A sample request; says what it gets now, and would get. May be given several times.")
    private List<String> requests = List.of();

    @Option(
            names = {"-H", "--header"},
            paramLabel = "'NAME: VALUE'",
            description = "A header of all sample requests.")
    private List<String> headers = List.of();

    @Option(names = "--as", paramLabel = "TENANT", description = "They carry a good token of that tenant.")
    private @Nullable String tenant;

    @Option(names = "--body-bytes", paramLabel = "N", description = "They have a body of that size.")
    private @Nullable Long bodyBytes;

    @Option(names = "--listener", paramLabel = "ID", description = "They come in on that listener.")
    private @Nullable String listener;

    @Option(names = "--diff", description = "Shows what differs inside the gateway resources.")
    private boolean diff;

    @Option(names = "--limit", paramLabel = "N", description = "How much of each kind is listed, 1 to 500.")
    private @Nullable Integer limit;

    @Option(names = "--json", description = "The same as -o json.")
    private boolean json;

    @Override
    public void run() {
        ObjectNode asked = JsonNodeFactory.instance.objectNode();
        if (wanted.file != null) {
            asked.set("changes", changes(wanted.file));
        } else {
            asked.put("rollback", wanted.rollback);
        }
        if (limit != null) {
            asked.put("limit", limit);
        }
        ArrayNode samples = asked.putArray("requests");
        requests.forEach(request -> samples.add(sample(request)));
        if (requests.isEmpty() && (!headers.isEmpty() || tenant != null || bodyBytes != null || listener != null)) {
            throw session.usage("-H, --as, --body-bytes and --listener describe a request; name one with --request");
        }
        JsonNode answer =
                session.api().send("POST", "/v1/preview", asked, Map.of(), LONG).orRefusal();
        session.print(answer, json ? Session.Format.json : session.format(), () -> PreviewText.of(answer, diff));
    }

    private ArrayNode changes(String file) {
        ArrayNode changes = JsonNodeFactory.instance.arrayNode();
        for (Declared document : DocumentFiles.read(List.of(file)).documents()) {
            changes.addObject()
                    .put("kind", document.kind())
                    .put("id", document.id())
                    .set("body", document.body());
        }
        if (changes.isEmpty()) {
            throw session.usage(file + " holds no documents");
        }
        return changes;
    }

    private ObjectNode sample(String request) {
        String[] words = request.strip().split("\\s+", -1);
        if (words.length != 2) {
            throw session.usage("'" + request + "' is not a request; write it as 'GET https://host/path'");
        }
        ObjectNode sample =
                JsonNodeFactory.instance.objectNode().put("method", words[0]).put("url", words[1]);
        ObjectNode lines = sample.putObject("headers");
        for (String header : headers) {
            int colon = header.indexOf(':');
            if (colon < 1) {
                throw session.usage("'" + header + "' is not a header; write it as 'Name: value'");
            }
            lines.withArrayProperty(header.substring(0, colon).strip())
                    .add(header.substring(colon + 1).strip());
        }
        if (tenant != null) {
            sample.put("as", tenant);
        }
        if (bodyBytes != null) {
            sample.put("bodyBytes", bodyBytes);
        }
        if (listener != null) {
            sample.put("listener", listener);
        }
        return sample;
    }
}
