package io.gatewright.envoy;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.DiscoveryType;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.Http1ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.gatewright.settings.Body;
import io.gatewright.settings.Body.Module;
import io.gatewright.settings.Body.Upstream;
import io.gatewright.settings.Document;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Settings;
import io.gatewright.xds.Resource;
import io.gatewright.xds.ResourceType;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** One cluster for each module's upstream, shared by all tenants. */
final class Clusters {
    private static final Pattern ADDRESS = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|\\[.*\\]");
    private static final String SYSTEM_AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt";

    /** Below the idle time of common servers, so that a request seldom meets a connection that is just closed. */
    private static final Duration IDLE = Duration.ofSeconds(30);

    private Clusters() {}

    static String name(String module) {
        return "module/" + module;
    }

    static List<Resource> of(Settings settings) {
        return settings.all(Kind.MODULE).stream().map(Clusters::resource).toList();
    }

    private static Resource resource(Document document) {
        if (!(document.body() instanceof Module module)) {
            throw new IllegalArgumentException(document.key() + " is not a module");
        }
        String name = name(document.key().id());
        return Resource.of(ResourceType.CLUSTER, name, cluster(name, module.upstream()));
    }

    private static Cluster cluster(String name, Upstream upstream) {
        boolean addresses = upstream.endpoints().stream()
                .allMatch(endpoint -> ADDRESS.matcher(endpoint.host()).matches());
        Cluster.Builder cluster = Cluster.newBuilder()
                .setName(name)
                .setAltStatName(name.replace('/', '_'))
                .setType(addresses ? DiscoveryType.STATIC : DiscoveryType.STRICT_DNS)
                .setConnectTimeout(Protos.duration(upstream.connectTimeout()))
                .setLoadAssignment(endpoints(name, upstream))
                .putTypedExtensionProtocolOptions(
                        "envoy.extensions.upstreams.http.v3.HttpProtocolOptions", Protos.any(protocol()));
        if (upstream.tls()) {
            cluster.setTransportSocket(tls(upstream.endpoints().getFirst().host()));
        }
        return cluster.build();
    }

    private static io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions protocol() {
        return io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions.newBuilder()
                .setCommonHttpProtocolOptions(HttpProtocolOptions.newBuilder().setIdleTimeout(Protos.duration(IDLE)))
                .setExplicitHttpConfig(
                        io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions.ExplicitHttpConfig
                                .newBuilder()
                                .setHttpProtocolOptions(Http1ProtocolOptions.getDefaultInstance()))
                .build();
    }

    private static ClusterLoadAssignment endpoints(String name, Upstream upstream) {
        LocalityLbEndpoints.Builder endpoints = LocalityLbEndpoints.newBuilder();
        for (Body.Endpoint endpoint : upstream.endpoints()) {
            endpoints.addLbEndpoints(LbEndpoint.newBuilder()
                    .setEndpoint(Endpoint.newBuilder()
                            .setAddress(Address.newBuilder()
                                    .setSocketAddress(SocketAddress.newBuilder()
                                            .setAddress(endpoint.host().replaceAll("[\\[\\]]", ""))
                                            .setPortValue(endpoint.port())))));
        }
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
