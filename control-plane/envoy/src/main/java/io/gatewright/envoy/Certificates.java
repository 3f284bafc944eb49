package io.gatewright.envoy;

import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.config.core.v3.WatchedDirectory;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters.TlsProtocol;
import io.gatewright.settings.Body;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Settings;
import io.gatewright.xds.Resource;
import io.gatewright.xds.ResourceType;
import java.util.List;
import java.util.stream.Stream;

/**
 * The certificates of listeners, as secrets (SDS) that only say where the files lie on Envoy's machine: a private key is never
 * in the registry, its history or on the wire. Envoy reads the files again when something is moved into their directory
 * (tls common.proto, {@code watched_directory}), so a new certificate touches neither listener nor connection.
 */
final class Certificates {
    private Certificates() {}

    static List<Resource> of(Settings settings) {
        return settings.all(Kind.LISTENER).stream()
                .flatMap(document -> document.body() instanceof Body.Listener listener
                        ? Stream.ofNullable(listener.certificate())
                        : Stream.empty())
                .distinct()
                .sorted()
                .map(directory -> Resource.of(ResourceType.SECRET, name(directory), secret(directory)))
                .toList();
    }

    static TransportSocket transport(String directory) {
        DownstreamTlsContext tls = DownstreamTlsContext.newBuilder()
                .setCommonTlsContext(CommonTlsContext.newBuilder()
                        .setTlsParams(TlsParameters.newBuilder().setTlsMinimumProtocolVersion(TlsProtocol.TLSv1_2))
                        .addAlpnProtocols("h2")
                        .addAlpnProtocols("http/1.1")
                        .addTlsCertificateSdsSecretConfigs(SdsSecretConfig.newBuilder()
                                .setName(name(directory))
                                .setSdsConfig(HttpConnections.ads())))
                .build();
        return TransportSocket.newBuilder()
                .setName("envoy.transport_sockets.tls")
                .setTypedConfig(Protos.any(tls))
                .build();
    }

    private static String name(String directory) {
        return "certificate" + directory;
    }

    private static Secret secret(String directory) {
        return Secret.newBuilder()
                .setName(name(directory))
                .setTlsCertificate(TlsCertificate.newBuilder()
                        .setCertificateChain(DataSource.newBuilder().setFilename(directory + "/tls.crt"))
                        .setPrivateKey(DataSource.newBuilder().setFilename(directory + "/tls.key"))
                        .setWatchedDirectory(WatchedDirectory.newBuilder().setPath(directory)))
                .build();
    }
}
