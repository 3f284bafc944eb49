package io.gatewright.xds;

import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.stub.ServerCallStreamObserver;
import org.jspecify.annotations.Nullable;

/**
 * The state-of-the-world variant of the protocol on one gRPC call. Guarded by the stream's lock.
 *
 * <p>The version of a response is a hash of the names and versions in it, so it is equal on every replica.
 */
record SotwWire(ServerCallStreamObserver<DiscoveryResponse> call) implements Wire {
    static Ask ask(DiscoveryRequest request) {
        @Nullable
        String error = request.hasErrorDetail() ? request.getErrorDetail().getMessage() : null;
        return new Ask(
                request.getTypeUrl(),
                request.getNode(),
                request.getResponseNonce(),
                error,
                new Interest.Whole(request.getResourceNamesList(), request.getVersionInfo()));
    }

    @Override
    public int send(Batch batch, String nonce, String systemVersion) {
        WholeSet content = WholeSet.EMPTY.with(batch);
        DiscoveryResponse.Builder response = DiscoveryResponse.newBuilder()
                .setTypeUrl(batch.type().typeUrl())
                .setNonce(nonce)
                .setVersionInfo(content.version());
        content.members().values().forEach(member -> {
            if (member.packed() != null) {
                response.addResources(Resource.unpack(member.packed()));
            }
        });
        DiscoveryResponse built = response.build();
        call.onNext(built);
        return built.getSerializedSize();
    }
}
