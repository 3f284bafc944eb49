package io.gatewright.xds;

import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.function.Function;

/**
 * The gRPC door of the ADS server, for any gRPC server. Thread-safe. Serves the delta and the state-of-the-world variant.
 */
public final class AggregatedDiscovery extends AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceImplBase {
    private final XdsCache cache;
    private final Deployments deployments;

    /**
     * Serves one cache.
     *
     * @param deployments of the same cache
     */
    public AggregatedDiscovery(XdsCache cache, Deployments deployments) {
        this.cache = cache;
        this.deployments = deployments;
    }

    @Override
    public StreamObserver<DeltaDiscoveryRequest> deltaAggregatedResources(
            StreamObserver<DeltaDiscoveryResponse> responses) {
        return open(new DeltaWire((ServerCallStreamObserver<DeltaDiscoveryResponse>) responses), DeltaWire::ask);
    }

    @Override
    public StreamObserver<DiscoveryRequest> streamAggregatedResources(StreamObserver<DiscoveryResponse> responses) {
        return open(new SotwWire((ServerCallStreamObserver<DiscoveryResponse>) responses), SotwWire::ask);
    }

    private <T> StreamObserver<T> open(Wire wire, Function<T, Ask> ask) {
        AdsStream stream = new AdsStream(cache, deployments, wire);
        wire.call().setOnReadyHandler(stream::proceed);
        wire.call().setOnCancelHandler(stream::broken);
        return new StreamObserver<>() {
            @Override
            public void onNext(T request) {
                stream.receive(ask.apply(request));
            }

            @Override
            public void onError(Throwable failure) {
                stream.broken();
            }

            @Override
            public void onCompleted() {
                stream.complete();
            }
        };
    }
}
