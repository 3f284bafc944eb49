package io.gatewright.reference;

import io.gatewright.settings.Body.Module;
import io.gatewright.settings.Body.Route;
import io.gatewright.settings.Document;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Scope;
import io.gatewright.settings.Settings;
import io.gatewright.settings.What;
import io.gatewright.settings.Who;
import java.util.Comparator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a path asks for. Immutable. */
sealed interface Target {
    String BEACON_PATH = "/.well-known/gatewright";

    /** No module serves it. */
    record Nothing() implements Target {}

    /** The gateway itself says which policy it runs, to anybody who names the tenant. */
    record Beacon() implements Target {}

    /** A module, or one of its routes. */
    record Served(What what) implements Target {
        @Override
        public String toString() {
            return new Scope(Who.GLOBAL, what).toString();
        }
    }

    /** The longest prefix wins, then the template with the fewest parameters. */
    static Target of(Settings settings, String method, String path) {
        if (path.equals(BEACON_PATH)) {
            return new Beacon();
        }
        return settings.all(Kind.MODULE).stream()
                .flatMap(document -> served(document, method, path))
                .max(Comparator.comparingInt(Candidate::length))
                .<Target>map(candidate -> new Served(candidate.what()))
                .orElse(new Nothing());
    }

    /** A module whose prefix has that length. */
    record Candidate(int length, What what) {}

    private static Stream<Candidate> served(Document document, String method, String path) {
        if (!(document.body() instanceof Module module)
                || !(path.equals(module.prefix()) || path.startsWith(module.prefix() + "/"))) {
            return Stream.empty();
        }
        Route route = route(module, method, path);
        String id = document.key().id();
        return Stream.of(new Candidate(
                module.prefix().length(), route == null ? new What.Module(id) : new What.Route(id, route.name())));
    }

    private static @Nullable Route route(Module module, String method, String path) {
        String below = path.substring(module.prefix().length());
        return module.routes().stream()
                .filter(route -> route.methods().isEmpty() || route.methods().contains(method))
                .filter(route -> matches(route.path(), below))
                .min(Comparator.comparingLong((Route route) ->
                                route.path().chars().filter(c -> c == '{').count())
                        .thenComparing(Route::name))
                .orElse(null);
    }

    private static boolean matches(String template, String below) {
        if (template.equals("/")) {
            return below.isEmpty() || below.equals("/");
        }
        StringBuilder expression = new StringBuilder();
        for (String segment : template.substring(1).split("/", -1)) {
            expression.append('/').append(segment.startsWith("{") ? "[^/]+" : Pattern.quote(segment));
        }
        return below.matches(expression.toString());
    }
}
