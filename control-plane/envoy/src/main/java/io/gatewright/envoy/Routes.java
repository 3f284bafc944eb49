package io.gatewright.envoy;

import com.github.xds.type.matcher.v3.Matcher.MatcherList.Predicate;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.route.v3.DirectResponseAction;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.gatewright.settings.Body;
import io.gatewright.settings.Body.Module;
import java.time.Duration;

/** The routes inside a scope. Every route has a name: {@link Preflight} tells from it that a scope was found. */
final class Routes {
    static final String BEACON_PATH = "/.well-known/gatewright";

    /** What holds where a route says nothing (RouteAction.timeout), which saves each route of each tenant some memory. */
    private static final Duration ENVOYS_TIMEOUT = Duration.ofSeconds(15);

    private Routes() {}

    /** Everything below a module's prefix. */
    static Route.Builder module(String id, Module module) {
        return Route.newBuilder()
                .setName("module/" + id)
                .setMatch(RouteMatch.newBuilder().setPathSeparatedPrefix(module.prefix()))
                .setRoute(action(id, module));
    }

    /** One route of a module, by method and path template. */
    static Route.Builder route(String id, Module module, Body.Route route) {
        RouteMatch.Builder match = RouteMatch.newBuilder()
                .setSafeRegex(RegexMatcher.newBuilder().setRegex(expression(module.prefix(), route.path())));
        if (!route.methods().isEmpty()) {
            match.addHeaders(HeaderMatcher.newBuilder()
                    .setName(":method")
                    .setStringMatch(StringMatcher.newBuilder()
                            .setSafeRegex(RegexMatcher.newBuilder().setRegex(String.join("|", route.methods())))));
        }
        return Route.newBuilder()
                .setName("route/" + id + "/" + route.name())
                .setMatch(match)
                .setRoute(action(id, module));
    }

    private static String expression(String prefix, String template) {
        String path = template.equals("/") ? prefix + "/?" : prefix + template;
        return path.replace(".", "\\.").replaceAll("\\{[^}]*\\}", "[^/]+");
    }

    private static RouteAction action(String id, Module module) {
        RouteAction.Builder action = RouteAction.newBuilder().setCluster(Clusters.name(id));
        Duration timeout = module.upstream().requestTimeout();
        if (!timeout.equals(ENVOYS_TIMEOUT)) {
            action.setTimeout(Protos.duration(timeout));
        }
        return action.build();
    }

    /**
     * Tells the router, which takes it away, to try once more; never an upstream that may have seen the request. A header that
     * every request carries, since the same in a route policy would cost each tenant memory.
     */
    static HeaderValueOption retries() {
        return Protos.header("x-envoy-retry-on", "connect-failure,refused-stream");
    }

    /** Answers with the policy that this scope runs; {@link LocalReplies} says that it is JSON. */
    static Route beacon(String tenant, String policy) {
        return direct("beacon", RouteMatch.newBuilder().setPath(BEACON_PATH), 200)
                .setDirectResponse(DirectResponseAction.newBuilder()
                        .setStatus(200)
                        .setBody(DataSource.newBuilder()
                                .setInlineString("{\"tenant\":\"%s\",\"policy\":\"%s\"}".formatted(tenant, policy))))
                .build();
    }

    /** For filters that let the beacon pass: it needs no token, since it says nothing but its policy, and uses no quota. */
    static Predicate notBeacon() {
        return Conditional.not(Conditional.any(
                Conditional.headerIs(":path", BEACON_PATH), Conditional.headerStarts(":path", BEACON_PATH + "?")));
    }

    /** Whatever no module serves. */
    static Route.Builder nothing() {
        return direct("nothing", RouteMatch.newBuilder().setPrefix("/"), 404);
    }

    static Route.Builder direct(String name, RouteMatch.Builder match, int status) {
        return Route.newBuilder()
                .setName(name)
                .setMatch(match)
                .setDirectResponse(DirectResponseAction.newBuilder().setStatus(status));
    }
}
