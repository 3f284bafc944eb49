package io.gatewright.sidecar.policy;

import io.gatewright.settings.Body;
import io.gatewright.settings.Body.Module;
import io.gatewright.settings.Document;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Settings;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which module and named route a method and path meet, by the registry alone, and so the same on every gateway: the longest
 * module prefix, then the route with the fewest parameters. Immutable.
 */
final class RouteTable {
    private final List<Entry> modules;

    private record Entry(String id, Module body, List<Named> routes) {}

    private record Named(Body.Route route, Pattern path) {}

    /** @param route null when only the module's prefix matches */
    record Match(String module, Module body, Body.@Nullable Route route) {
        String routeName() {
            return route == null ? "" : route.name();
        }
    }

    private RouteTable(List<Entry> modules) {
        this.modules = modules;
    }

    static RouteTable of(Settings settings) {
        List<Entry> modules = new ArrayList<>();
        for (Document document : settings.all(Kind.MODULE)) {
            if (document.body() instanceof Module module) {
                modules.add(new Entry(document.key().id(), module, routes(module)));
            }
        }
        modules.sort(Comparator.comparingInt(entry -> -entry.body().prefix().length()));
        return new RouteTable(List.copyOf(modules));
    }

    private static List<Named> routes(Module module) {
        return module.routes().stream()
                .sorted(Comparator.comparingInt((Body.Route route) -> parameters(route.path()))
                        .thenComparing(Body.Route::name))
                .map(route -> new Named(route, Pattern.compile(expression(module.prefix(), route.path()))))
                .toList();
    }

    private static int parameters(String template) {
        return Math.toIntExact(template.chars().filter(c -> c == '{').count());
    }

    private static String expression(String prefix, String template) {
        String path = template.equals("/") ? prefix + "/?" : prefix + template;
        return path.replace(".", "\\.").replaceAll("\\{[^}]*\\}", "[^/]+");
    }

    Optional<Match> find(String method, String path) {
        for (Entry module : modules) {
            String prefix = module.body().prefix();
            if (path.startsWith(prefix) && (path.length() == prefix.length() || path.charAt(prefix.length()) == '/')) {
                return Optional.of(new Match(module.id(), module.body(), route(module, method, path)));
            }
        }
        return Optional.empty();
    }

    private static Body.@Nullable Route route(Entry module, String method, String path) {
        for (Named named : module.routes()) {
            boolean forMethod =
                    named.route().methods().isEmpty() || named.route().methods().contains(method);
            if (forMethod && named.path().matcher(path).matches()) {
                return named.route();
            }
        }
        return null;
    }
}
