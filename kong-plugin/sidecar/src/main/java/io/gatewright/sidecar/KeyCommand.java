package io.gatewright.sidecar;

import io.gatewright.guard.KeyDesk;
import io.gatewright.guard.KeyDesk.Whose;
import io.gatewright.guard.store.KeyState;
import io.gatewright.guard.store.StoreUnavailable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** {@code key show|release|reconcile TENANT MODULE[/ROUTE] KEY [--OPTION=VALUE…]}. Immutable. */
record KeyCommand(String verb, Whose whose, int status, String location, String reason) {
    static final String USAGE = """
            key show TENANT MODULE[/ROUTE] KEY [--actor=ID]
            key release TENANT MODULE[/ROUTE] KEY [--actor=ID] --reason=TEXT
            key reconcile TENANT MODULE[/ROUTE] KEY [--actor=ID] --status=N [--location=URL] --reason=TEXT""";

    private static final Set<String> OPTIONS = Set.of("--actor", "--reason", "--status", "--location");

    private static final int LONGEST = 2_000;

    /** Thrown with what is wrong. */
    static final class Invalid extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Invalid(String problem) {
            super(problem + "\n" + USAGE);
        }
    }

    /** @param words after {@code key} */
    static KeyCommand read(List<String> words) {
        List<String> places = new ArrayList<>();
        Map<String, String> options = new TreeMap<>();
        for (String word : words) {
            String[] parts = word.split("=", 2);
            if (!word.startsWith("--")) {
                places.add(word);
            } else if (parts.length < 2 || !OPTIONS.contains(parts[0])) {
                throw new Invalid(word + " is no option with a value.");
            } else {
                options.put(parts[0], parts[1]);
            }
        }
        if (places.size() != 4 || !Set.of("show", "release", "reconcile").contains(places.getFirst())) {
            throw new Invalid("Say what to do with which key.");
        }
        String verb = places.getFirst();
        String reason = options.getOrDefault("--reason", "");
        if (!verb.equals("show") && reason.isBlank()) {
            throw new Invalid("Say why with --reason; it is kept.");
        }
        String status = options.getOrDefault("--status", "0");
        if (verb.equals("reconcile") && !status.matches("[1-5][0-9]{2}")) {
            throw new Invalid("Say with --status what the module answered, 100 to 599.");
        }
        if (options.getOrDefault("--location", "").getBytes(StandardCharsets.UTF_8).length > LONGEST
                || reason.length() > LONGEST) {
            throw new Invalid("--location and --reason have at most " + LONGEST + " characters.");
        }
        String[] route = places.get(2).split("/", 2);
        return new KeyCommand(
                verb,
                new Whose(
                        places.get(1),
                        options.getOrDefault("--actor", ""),
                        route[0],
                        route.length < 2 ? "" : route[1],
                        places.get(3)),
                Integer.parseInt(status),
                options.getOrDefault("--location", ""),
                reason);
    }

    /** What came of it, for people; nothing when there is no such key, or its outcome is not unknown. */
    Optional<String> run(KeyDesk desk) throws StoreUnavailable {
        return switch (verb) {
            case "release" ->
                desk.release(whose, "released: " + reason)
                        ? Optional.of("The key is free; the next attempt runs.")
                        : Optional.empty();
            case "reconcile" ->
                desk.reconcile(whose, status, location, "reconciled: " + reason)
                        ? Optional.of("The key is done; retries are told so.")
                        : Optional.empty();
            default -> desk.show(whose).map(KeyCommand::text);
        };
    }

    private static String text(KeyState state) {
        return "state=%s status=%d created=%s since=%s expires=%s route=%s correlation=%s cause=\"%s\""
                .formatted(
                        state.state().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                        state.status(),
                        state.created(),
                        state.since(),
                        state.expires(),
                        state.route(),
                        state.correlationId(),
                        state.cause() == null ? "" : state.cause());
    }
}
