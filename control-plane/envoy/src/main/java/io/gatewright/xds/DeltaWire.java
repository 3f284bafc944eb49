package io.gatewright.xds;

import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import org.jspecify.annotations.Nullable;

/** The delta variant of the protocol on one gRPC call. Guarded by the stream's lock. */
final class DeltaWire {
    private final ServerCallStreamObserver<DeltaDiscoveryResponse> call;

    DeltaWire(ServerCallStreamObserver<DeltaDiscoveryResponse> call) {
        this.call = call;
    }

    static Ask ask(DeltaDiscoveryRequest request) {
        @Nullable
        String error = request.hasErrorDetail() ? request.getErrorDetail().getMessage() : null;
        return new Ask(
                request.getTypeUrl(),
                request.getNode(),
                request.getResponseNonce(),
                error,
                request.getResourceNamesSubscribeList(),
                request.getResourceNamesUnsubscribeList(),
                request.getInitialResourceVersionsMap());
    }

    /** Whether the transport takes more now; the stream is told when it does again. */
    boolean isReady() {
        return call.isReady();
    }

    /** Sends it and returns its size in bytes. */
    int send(Batch batch, String nonce, String systemVersion) {
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

    void fail(Status status) {
        call.onError(status.asRuntimeException());
    }

    void complete() {
        call.onCompleted();
    }
}
