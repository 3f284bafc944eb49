package io.gatewright.sidecar.extproc;

import io.envoyproxy.envoy.config.core.v3.HeaderMap;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.service.ext_proc.v3.ExternalProcessorGrpc;
import io.envoyproxy.envoy.service.ext_proc.v3.HttpHeaders;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingResponse;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Calls of a door that nobody else can reach yet. The first call of a new process takes long, since most of its classes are
 * loaded by it, and Envoy gives up a message after two seconds: so it is not Envoy's. A door that cannot answer is not
 * published either. Stateless.
 */
final class WarmUp {
    /** Enough to have every class of the way and back loaded; the compiler learns from Envoy's calls. */
    private static final int CALLS = 20;

    private static final long PATIENCE_SECONDS = 10;

    private static final ProcessingRequest READ = ProcessingRequest.newBuilder()
            .setRequestHeaders(HttpHeaders.newBuilder()
                    .setHeaders(HeaderMap.newBuilder()
                            .addHeaders(
                                    HeaderValue.newBuilder().setKey(":method").setValue("GET"))
                            .addHeaders(HeaderValue.newBuilder().setKey(":path").setValue("/")))
                    .setEndOfStream(true))
            .build();

    private WarmUp() {}

    /**
     * Reads what belongs to nobody, which the guard lets pass.
     *
     * @throws IOException when the door does not answer
     */
    static void of(Path socket, EventLoopGroup loop) throws IOException {
        ManagedChannel channel = NettyChannelBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
                .eventLoopGroup(loop)
                .channelType(EpollDomainSocketChannel.class)
                .usePlaintext()
                .directExecutor()
                .build();
        try {
            for (int i = 0; i < CALLS; i++) {
                First first = new First();
                StreamObserver<ProcessingRequest> requests =
                        ExternalProcessorGrpc.newStub(channel).process(first);
                requests.onNext(READ);
                first.answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
                requests.onCompleted();
            }
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("The door at " + socket + " does not answer itself", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted before the door was open", e);
        } finally {
            channel.shutdownNow();
        }
    }

    /** Waits for the first answer. */
    private static final class First implements StreamObserver<ProcessingResponse> {
        final CompletableFuture<ProcessingResponse> answer = new CompletableFuture<>();

        @Override
        public void onNext(ProcessingResponse response) {
            answer.complete(response);
        }

        @Override
        public void onError(Throwable t) {
            answer.completeExceptionally(t);
        }

        @Override
        public void onCompleted() {
            answer.completeExceptionally(new IOException("the stream ended without an answer"));
        }
    }
}
