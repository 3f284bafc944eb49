package io.gatewright.envoy;

import com.google.protobuf.BoolValue;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.gatewright.settings.Body;
import io.gatewright.settings.Document;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Settings;
import io.gatewright.xds.Resource;
import io.gatewright.xds.ResourceType;
import java.time.Duration;
import java.util.List;

/** The ports. A listener never changes for a tenant's policy, since its connections drain when it does. */
final class Listeners {
    private static final int BUFFER_BYTES = 32_768;

    /** The guard reads bodies of 1 MiB whole; a little more, since Envoy counts what is around them. */
    private static final int GUARDED_BUFFER_BYTES = 1_114_112;

    private static final String PRIMER = "_primer";

    private Listeners() {}

    static List<Resource> of(Settings settings) {
        return settings.all(Kind.LISTENER).stream()
                .map(document -> resource(settings, document))
                .toList();
    }

    private static Resource resource(Settings settings, Document document) {
        if (!(document.body() instanceof Body.Listener listener)) {
            throw new IllegalArgumentException(document.key() + " is not a listener");
        }
        String name = document.key().id();
        return Resource.of(
                ResourceType.LISTENER, name, listener(settings, name, listener).build());
    }

    /**
     * A listener on no port that makes an Envoy fetch all scopes. The real listeners follow when it has them, so that no
     * tenant meets a 404 while they arrive.
     */
    static Resource primer(Settings settings) {
        Body.Listener nowhere = new Body.Listener("127.0.0.1", 1, null, null);
        return Resource.of(
                ResourceType.LISTENER,
                PRIMER,
                listener(settings, PRIMER, nowhere)
                        .setBindToPort(BoolValue.of(false))
                        .build());
    }

    private static Listener.Builder listener(Settings settings, String name, Body.Listener listener) {
        FilterChain.Builder chain = FilterChain.newBuilder()
                .addFilters(Filter.newBuilder()
                        .setName("envoy.filters.network.http_connection_manager")
                        .setTypedConfig(Protos.any(HttpConnections.of(settings, listener))));
        if (listener.certificate() != null) {
            chain.setTransportSocket(Certificates.transport(listener.certificate()));
        }
        return Listener.newBuilder()
                .setName(name)
                .setAddress(Address.newBuilder()
                        .setSocketAddress(SocketAddress.newBuilder()
                                .setAddress(listener.address())
                                .setPortValue(listener.port())))
                .setPerConnectionBufferLimitBytes(
                        Protos.uint32(GuardCall.available(settings) ? GUARDED_BUFFER_BYTES : BUFFER_BYTES))
                .setListenerFiltersTimeout(Protos.duration(Duration.ofSeconds(5)))
                .addFilterChains(chain);
    }
}
