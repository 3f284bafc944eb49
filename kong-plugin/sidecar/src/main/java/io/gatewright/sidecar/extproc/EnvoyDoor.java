package io.gatewright.sidecar.extproc;

import io.envoyproxy.envoy.service.ext_proc.v3.ExternalProcessorGrpc;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingResponse;
import io.gatewright.guard.Caller;
import io.gatewright.guard.Guard;
import io.gatewright.guard.http.Fields;
import io.gatewright.sidecar.policy.Policies;
import io.gatewright.sidecar.policy.Policies.Met;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Envoy's external processing service at a Unix socket. Thread-safe. Messages are handled on the event loop, which costs a
 * request least; what waits for the store has a virtual thread.
 */
public final class EnvoyDoor implements AutoCloseable {
    private static final Metadata.Key<String> TENANT =
            Metadata.Key.of("x-gatewright-tenant", Metadata.ASCII_STRING_MARSHALLER);

    /** Set by the gateway from the verified token, after it removed what the client sent under this name. */
    private static final String ACTOR = "x-user-id";

    private static final Context.Key<String> WHOSE = Context.key("tenant");

    /** Above twice what Envoy buffers, since BUFFERED_PARTIAL may bring that much in one message. */
    private static final int LARGEST_MESSAGE = 8 << 20;

    private static final int THREADS = 2;

    private final SocketLink socket;
    private final EventLoopGroup acceptor = new EpollEventLoopGroup(1);
    private final EventLoopGroup workers = new EpollEventLoopGroup(THREADS);
    private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
    private final Transports transports = new Transports();
    private final Server server;

    /**
     * Listens, and takes the path over from a process that listens there, when it has answered some calls of its own.
     *
     * @param path of the socket that Envoy is configured with
     * @throws IOException that says why it cannot
     */
    public EnvoyDoor(SocketLink path, Guard guard, Policies policies) throws IOException {
        socket = path;
        server = NettyServerBuilder.forAddress(
                        new DomainSocketAddress(path.own().toFile()))
                .channelType(EpollServerDomainSocketChannel.class)
                .bossEventLoopGroup(acceptor)
                .workerEventLoopGroup(workers)
                .directExecutor()
                .maxInboundMessageSize(LARGEST_MESSAGE)
                .intercept(new Whose())
                .addTransportFilter(transports)
                .addService(new Processor(guard, policies))
                .build()
                .start();
        try {
            WarmUp.of(path.own(), workers);
            socket.publish();
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Puts what Envoy's configuration says of the tenant where the call finds it. */
    private static final class Whose implements ServerInterceptor {
        @Override
        public <A, B> ServerCall.Listener<A> interceptCall(
                ServerCall<A, B> call, Metadata metadata, ServerCallHandler<A, B> next) {
            String tenant = metadata.get(TENANT);
            return Contexts.interceptCall(
                    Context.current().withValue(WHOSE, tenant == null ? "" : tenant), call, metadata, next);
        }
    }

    private final class Processor extends ExternalProcessorGrpc.ExternalProcessorImplBase {
        private final Guard guard;
        private final Policies policies;

        Processor(Guard guard, Policies policies) {
            this.guard = guard;
            this.policies = policies;
        }

        @Override
        public StreamObserver<ProcessingRequest> process(StreamObserver<ProcessingResponse> envoy) {
            String tenant = WHOSE.get();
            return new Conversation(guard, new Tenant(policies, tenant), blocking, envoy);
        }
    }

    private record Tenant(Policies policies, String id) implements Conversation.Envelope {
        @Override
        public Optional<Met> met(String method, String path) {
            return id.isEmpty() ? Optional.empty() : policies.find(id, method, path);
        }

        @Override
        public Caller caller(Met met, Fields fields, String requestId) {
            return new Caller(
                    id,
                    met.org(),
                    fields.first(ACTOR),
                    met.module(),
                    met.route(),
                    fields.first("x-correlation-id"),
                    requestId);
        }
    }

    /**
     * Waits until Envoy has left for the process that took the path over, which it does by itself within seconds, and the requests
     * that run have ended; without such a process, only for the requests.
     */
    public void drain(Duration atMost) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        if (socket.isTakenOver()) {
            transports.awaitNone(atMost);
        }
        server.shutdown();
        if (!server.awaitTermination(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS)) {
            server.shutdownNow().awaitTermination(1, TimeUnit.SECONDS);
        }
    }

    /** Ends at once what still runs, and waits until its ends are kept. */
    @Override
    public void close() {
        try {
            server.shutdownNow().awaitTermination(1, TimeUnit.SECONDS); // each stream that ends has an end to keep
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        socket.close();
        blocking.close();
        var _ = acceptor.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        var _ = workers.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
