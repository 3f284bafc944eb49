package io.gatewright.pdk;

import io.gatewright.proto.kong.RouteEntity;
import io.gatewright.proto.kong.ServiceEntity;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** {@code kong.router}: what the request matched. In access, response and log. One thread at a time. */
public final class Router {
    private static final Ask<Optional<Route>> ROUTE =
            Ask.of(Method.ROUTER_GET_ROUTE, Ask.NOTHING, RouteEntity.parser(), Router::route);
    private static final Ask<Optional<MatchedService>> SERVICE =
            Ask.of(Method.ROUTER_GET_SERVICE, Ask.NOTHING, ServiceEntity.parser(), Router::service);

    private final Calls calls;

    Router(Calls calls) {
        this.calls = calls;
    }

    /**
     * A route of Kong, without its headers, which Kong does not tell. Immutable.
     *
     * @param id a UUID
     * @param serviceId absent for a route without service
     */
    public record Route(
            String id,
            Optional<String> name,
            List<String> protocols,
            List<String> methods,
            List<String> hosts,
            List<String> paths,
            List<String> tags,
            boolean stripPath,
            boolean preserveHost,
            Optional<String> serviceId) {}

    /**
     * A service of Kong. Immutable.
     *
     * @param id a UUID
     * @param retries how often Kong sends a request again; it does so for PUT, DELETE and GET even after a timeout
     */
    public record MatchedService(
            String id,
            Optional<String> name,
            String protocol,
            String host,
            int port,
            Optional<String> path,
            int retries,
            Duration connectTimeout,
            Duration writeTimeout,
            Duration readTimeout,
            List<String> tags) {}

    /** The route; absent if none matched. */
    public Optional<Route> getRoute() {
        return calls.get(ROUTE);
    }

    /** The question behind {@link #getRoute}. */
    public static Ask<Optional<Route>> route() {
        return ROUTE;
    }

    /** The service of the route; absent if there is none. */
    public Optional<MatchedService> getService() {
        return calls.get(SERVICE);
    }

    /** The question behind {@link #getService}. */
    public static Ask<Optional<MatchedService>> service() {
        return SERVICE;
    }

    private static Optional<Route> route(RouteEntity route) {
        return route.getId().isEmpty()
                ? Optional.empty()
                : Optional.of(new Route(
                        Texts.text(route.getId()),
                        Texts.optional(route.getName()),
                        Texts.texts(route.getProtocolsList()),
                        Texts.texts(route.getMethodsList()),
                        Texts.texts(route.getHostsList()),
                        Texts.texts(route.getPathsList()),
                        Texts.texts(route.getTagsList()),
                        route.getStripPath(),
                        route.getPreserveHost(),
                        Texts.optional(route.getService().getId())));
    }

    private static Optional<MatchedService> service(ServiceEntity service) {
        return service.getId().isEmpty()
                ? Optional.empty()
                : Optional.of(new MatchedService(
                        Texts.text(service.getId()),
                        Texts.optional(service.getName()),
                        Texts.text(service.getProtocol()),
                        Texts.text(service.getHost()),
                        service.getPort(),
                        Texts.optional(service.getPath()),
                        service.getRetries(),
                        Duration.ofMillis(service.getConnectTimeout()),
                        Duration.ofMillis(service.getWriteTimeout()),
                        Duration.ofMillis(service.getReadTimeout()),
                        Texts.texts(service.getTagsList())));
    }
}
