package io.gatewright.xds;

import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

/**
 * The gRPC door of the ADS server, for any gRPC server. Thread-safe. Serves the delta variant; the other answers UNIMPLEMENTED.
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
        var call = (ServerCallStreamObserver<DeltaDiscoveryResponse>) responses;
        AdsStream stream = new AdsStream(cache, deployments, new DeltaWire(call));
        call.setOnReadyHandler(stream::proceed);
        call.setOnCancelHandler(stream::broken);
        return new StreamObserver<>() {
            @Override
            public void onNext(DeltaDiscoveryRequest request) {
                stream.receive(DeltaWire.ask(request));
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
