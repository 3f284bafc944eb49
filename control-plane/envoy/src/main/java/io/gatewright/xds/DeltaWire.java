package io.gatewright.xds;

import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.grpc.stub.ServerCallStreamObserver;
import org.jspecify.annotations.Nullable;

/** The delta variant of the protocol on one gRPC call. Guarded by the stream's lock. */
record DeltaWire(ServerCallStreamObserver<DeltaDiscoveryResponse> call) implements Wire {
    static Ask ask(DeltaDiscoveryRequest request) {
        @Nullable
        String error = request.hasErrorDetail() ? request.getErrorDetail().getMessage() : null;
        return new Ask(
                request.getTypeUrl(),
                request.getNode(),
                request.getResponseNonce(),
                error,
                new Interest.Delta(
                        request.getResourceNamesSubscribeList(),
                        request.getResourceNamesUnsubscribeList(),
                        request.getInitialResourceVersionsMap()));
    }

    @Override
    public int send(Batch batch, String nonce, String systemVersion) {
        DeltaDiscoveryResponse.Builder response = DeltaDiscoveryResponse.newBuilder()
                .setTypeUrl(batch.type().typeUrl())
                .setNonce(nonce)
                .setSystemVersionInfo(systemVersion);
        batch.members().forEach((name, member) -> {
            if (member.packed() == null) {
                response.addRemovedResources(name);
            } else {
                response.addResourcesBuilder()
                        .setName(name)
                        .setVersion(member.version())
                        .setResource(Resource.unpack(member.packed()));
            }
        });
        DeltaDiscoveryResponse built = response.build();
        call.onNext(built);
        return built.getSerializedSize();
    }
}
