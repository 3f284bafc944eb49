package io.gatewright.envoy;

import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers;
import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers.Thresholds;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.DiscoveryType;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.Http1ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.Pipe;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions.ExplicitHttpConfig;
import io.gatewright.settings.Body;
import io.gatewright.settings.Body.Module;
import io.gatewright.settings.Body.Upstream;
import io.gatewright.settings.Catalog;
import io.gatewright.settings.Document;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Settings;
import io.gatewright.xds.Resource;
import io.gatewright.xds.ResourceType;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** One cluster for each module's upstream, shared by all tenants, and one for each service that the gateway itself asks. */
final class Clusters {
    private static final Pattern ADDRESS = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|.*:.*");
    private static final int MOST_CALLS = 100_000;
    private static final String UNIX = "unix:";
    private static final String SYSTEM_AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt";

    /** Below the idle time of common servers, so that a request seldom meets a connection that is just closed. */
    private static final Duration IDLE = Duration.ofSeconds(30);

    /**
     * After this Envoy itself ends a connection to a service, when its calls have ended: so a service that is replaced loses none,
     * for a connection that the service ends may have calls on it that it never saw.
     */
    private static final Duration SERVICE_CONNECTION = Duration.ofSeconds(5);

    /** The service that counts for the whole fleet. */
    static final String RATE_LIMIT_SERVICE = "gatewright/rate-limit-service";

    /** The guard beside each gateway. */
    static final String GUARD = "gatewright/guard";

    private Clusters() {}

    static String name(String module) {
        return "module/" + module;
    }

    static List<Resource> of(Settings settings) {
        Stream<Resource> modules = settings.all(Kind.MODULE).stream().map(Clusters::resource);
        Stream<Resource> own = Stream.concat(
                service(RATE_LIMIT_SERVICE, settings.global().get(Catalog.RATE_LIMIT_SERVICE)),
                service(GUARD, settings.global().get(Catalog.GUARD_SERVICE)));
        return Stream.concat(modules, own).toList();
    }

    /** One that the gateway itself asks, by gRPC. */
    private static Stream<Resource> service(String name, List<String> addresses) {
        List<Address> endpoints = addresses.stream().map(Clusters::address).toList();
        return endpoints.isEmpty()
                ? Stream.empty()
                : Stream.of(Resource.of(
                        ResourceType.CLUSTER,
                        name,
                        cluster(name, endpoints, Duration.ofSeconds(1), http2())
                                .setCircuitBreakers(plenty())
                                .build()));
    }

    /** As many as there are requests of clients: Envoy's own bounds of 1,024 calls and 3 repeats would refuse the others. */
    private static CircuitBreakers plenty() {
        return CircuitBreakers.newBuilder()
                .addThresholds(Thresholds.newBuilder()
                        .setMaxPendingRequests(Protos.uint32(MOST_CALLS))
                        .setMaxRequests(Protos.uint32(MOST_CALLS))
                        .setMaxRetries(Protos.uint32(MOST_CALLS)))
                .build();
    }

    private static Address address(String text) {
        return text.startsWith(UNIX)
                ? Address.newBuilder()
                        .setPipe(Pipe.newBuilder().setPath(text.substring(UNIX.length())))
                        .build()
                : address(Body.Endpoint.parse(text));
    }

    private static Address address(Body.Endpoint endpoint) {
        return Address.newBuilder()
                .setSocketAddress(SocketAddress.newBuilder()
                        .setAddress(endpoint.host().replaceAll("[\\[\\]]", ""))
                        .setPortValue(endpoint.port()))
                .build();
    }

    private static Resource resource(Document document) {
        if (!(document.body() instanceof Module module)) {
            throw new IllegalArgumentException(document.key() + " is not a module");
        }
        String name = name(document.key().id());
        return Resource.of(ResourceType.CLUSTER, name, cluster(name, module.upstream()));
    }

    private static Cluster cluster(String name, Upstream upstream) {
        List<Address> endpoints =
                upstream.endpoints().stream().map(Clusters::address).toList();
        Cluster.Builder cluster = cluster(name, endpoints, upstream.connectTimeout(), http1());
        if (upstream.tls()) {
            cluster.setTransportSocket(tls(upstream.endpoints().getFirst().host()));
        }
        return cluster.build();
    }

    private static Cluster.Builder cluster(
            String name, List<Address> endpoints, Duration connectTimeout, ExplicitHttpConfig protocol) {
        boolean addresses = endpoints.stream()
                .allMatch(endpoint -> endpoint.hasPipe()
                        || ADDRESS.matcher(endpoint.getSocketAddress().getAddress())
                                .matches());
        var common = io.envoyproxy.envoy.config.core.v3.HttpProtocolOptions.newBuilder()
                .setIdleTimeout(Protos.duration(IDLE));
        if (protocol.hasHttp2ProtocolOptions()) {
            common.setMaxConnectionDuration(Protos.duration(SERVICE_CONNECTION));
        }
        HttpProtocolOptions options = HttpProtocolOptions.newBuilder()
                .setCommonHttpProtocolOptions(common)
                .setExplicitHttpConfig(protocol)
                .build();
        return Cluster.newBuilder()
                .setName(name)
                .setAltStatName(name.replace('/', '_'))
                .setType(addresses ? DiscoveryType.STATIC : DiscoveryType.STRICT_DNS)
                .setConnectTimeout(Protos.duration(connectTimeout))
                .setLoadAssignment(assignment(name, endpoints))
                .putTypedExtensionProtocolOptions(
                        "envoy.extensions.upstreams.http.v3.HttpProtocolOptions", Protos.any(options));
    }

    private static ExplicitHttpConfig http1() {
        return ExplicitHttpConfig.newBuilder()
                .setHttpProtocolOptions(Http1ProtocolOptions.getDefaultInstance())
                .build();
    }

    private static ExplicitHttpConfig http2() {
        return ExplicitHttpConfig.newBuilder()
                .setHttp2ProtocolOptions(Http2ProtocolOptions.getDefaultInstance())
                .build();
    }

    private static ClusterLoadAssignment assignment(String name, List<Address> all) {
        LocalityLbEndpoints.Builder endpoints = LocalityLbEndpoints.newBuilder();
        all.forEach(address -> endpoints.addLbEndpoints(
                LbEndpoint.newBuilder().setEndpoint(Endpoint.newBuilder().setAddress(address))));
        return ClusterLoadAssignment.newBuilder()
                .setClusterName(name)
                .addEndpoints(endpoints)
                .build();
    }

    private static TransportSocket tls(String host) {
        UpstreamTlsContext context = UpstreamTlsContext.newBuilder()
                .setSni(host)
                .setAutoSniSanValidation(true)
                .setCommonTlsContext(CommonTlsContext.newBuilder()
                        .setValidationContext(CertificateValidationContext.newBuilder()
                                .setTrustedCa(DataSource.newBuilder().setFilename(SYSTEM_AUTHORITIES))))
                .build();
        return TransportSocket.newBuilder()
                .setName("envoy.transport_sockets.tls")
                .setTypedConfig(Protos.any(context))
                .build();
    }
}
