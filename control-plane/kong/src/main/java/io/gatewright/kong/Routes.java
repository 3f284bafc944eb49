package io.gatewright.kong;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.settings.Body;
import io.gatewright.settings.Body.Module;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * A module's routes: one for each in the registry, and one for everything else below its prefix.
 *
 * <p>Kong's router looks at the number of criteria first, then at {@code regex_priority}. Every route here has methods and a
 * regular expression, so that the priority alone decides: the longer prefix, then the template with fewer parameters, then
 * the name, as on Envoy.
 */
final class Routes {
    /** Below it, routes of one prefix are told apart. */
    private static final int PREFIX_STEP = 1 << 16;

    /** Stands for "any method"; others get 404. Preflights are OPTIONS. */
    private static final List<String> ALL_METHODS = List.of("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT");

    private Routes() {}

    /** @param plugins those that lie in the route of this name, which is empty for the one for everything else */
    static List<Entity> of(Named<Module> module, Function<Body.Route, List<Entity>> plugins) {
        List<Body.Route> ordered = module.body().routes().stream()
                .sorted(Comparator.comparingInt((Body.Route route) -> parameters(route.path()))
                        .thenComparing(Body.Route::name)
                        .reversed())
                .toList();
        List<Entity> routes = new ArrayList<>();
        int base = module.body().prefix().length() * PREFIX_STEP;
        Body.Route rest = new Body.Route("", List.of(), "", Set.of());
        routes.add(route(module, rest, base, plugins));
        for (int i = 0; i < ordered.size(); i++) {
            routes.add(route(module, ordered.get(i), base + 1 + i, plugins));
        }
        routes.sort(Comparator.comparing(Entity::name));
        return routes;
    }

    private static Entity route(
            Named<Module> module, Body.Route route, int priority, Function<Body.Route, List<Entity>> plugins) {
        String name = Names.route(module.id(), route.name());
        ObjectNode fields = Json.object().put("name", name);
        fields.set("methods", Json.array(methods(route)));
        fields.set("paths", Json.array(List.of(path(module.body().prefix(), route))));
        fields.set("protocols", Json.array(List.of("http", "https")));
        fields.put("regex_priority", priority)
                .put("strip_path", false)
                // Kong names the upstream in TLS by this host too, where a client's would not fit the certificate.
                .put("preserve_host", !module.body().upstream().tls());
        return new Entity(EntityType.ROUTE, name, fields, Services.provenance(module), plugins.apply(route));
    }

    static List<String> methods(Body.Route route) {
        return route.methods().isEmpty() ? ALL_METHODS : route.methods();
    }

    /** Kong anchors the expression at the beginning only. */
    private static String path(String prefix, Body.Route route) {
        if (route.name().isEmpty()) {
            return "~" + quoted(prefix) + "(/|$)";
        }
        String template = route.path().equals("/") ? "/?" : quoted(route.path()).replaceAll("\\{[^}]*\\}", "[^/]+");
        return "~" + quoted(prefix) + template + "$";
    }

    static String quoted(String path) {
        return path.replace(".", "\\.");
    }

    private static int parameters(String template) {
        return Math.toIntExact(template.chars().filter(c -> c == '{').count());
    }
}
