package io.gatewright.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which idempotency key of whom on which route. One thread at a time. */
final class GuardedKey {
    private static final String UNRESERVED = "-._~"; // RFC 3986 §2.3

    @Parameters(index = "0", paramLabel = "TENANT", description = "The tenant.")
    private String tenant = "";

    @Parameters(
            index = "1",
            paramLabel = "MODULE[/ROUTE]",
            description = "The route; the module alone where only its prefix matches.")
    private String route = "";

    @Parameters(index = "2", paramLabel = "KEY", description = "As the client sends it, without quotes.")
    private String key = "";

    @Option(
            names = "--actor",
            paramLabel = "ID",
            description = "The user's id in the token; none for a caller without one.")
    private @Nullable String actor;

    JsonNode show(Session session) {
        return session.api().get(path(""));
    }

    JsonNode settle(Session session, String verb, JsonNode body) {
        return session.api()
                .send("POST", path("/" + verb), body, Map.of(), Api.NO_WAIT)
                .orRefusal();
    }

    private String path(String verb) {
        return "/v1/idempotency/" + Api.encoded(tenant, UNRESERVED) + "/" + Api.encoded(route, UNRESERVED + "/") + "/"
                + Api.encoded(key, UNRESERVED) + verb + Api.query("actor", actor);
    }

    /** For people. */
    static String text(JsonNode state) {
        List<List<String>> rows = new ArrayList<>();
        for (String name : List.of("state", "status", "created", "since", "expires", "correlationId", "cause")) {
            if (state.has(name)) {
                rows.add(List.of(name, Text.cell(state.path(name))));
            }
        }
        return Text.table(List.of("KEY", "OF " + Text.cell(state.path("route"))), rows);
    }
}
