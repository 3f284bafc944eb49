package io.gatewright.xds;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;

/** One gRPC call that speaks one variant of the protocol. Guarded by the stream's lock. */
sealed interface Wire permits DeltaWire, SotwWire {
    ServerCallStreamObserver<?> call();

    /** Sends it and returns its size in bytes. */
    int send(Batch batch, String nonce, String systemVersion);

    /** Whether the transport takes more now; the stream is told when it does again. */
    default boolean isReady() {
        return call().isReady();
    }

    default void fail(Status status) {
        call().onError(status.asRuntimeException());
    }

    default void complete() {
        call().onCompleted();
    }
}
