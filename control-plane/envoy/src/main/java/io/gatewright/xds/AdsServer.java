package io.gatewright.xds;

import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A gRPC server with the ADS on one address, in plain text or by TLS. Thread-safe. Started once, stopped once. */
public final class AdsServer {
    /** 100,000 scopes with their versions are 3 MB in the first message of a client that comes back. */
    private static final int MAX_INBOUND_BYTES = 32 << 20;

    private static final int KEEP_ALIVE_SECONDS = 30;
    private static final int KEEP_ALIVE_TIMEOUT_SECONDS = 10;
    private static final int CLIENT_KEEP_ALIVE_MIN_SECONDS = 5;
    private static final int STOP_SECONDS = 5;

    private final InetSocketAddress address;
    private final ExecutorService executor;
    private final ScheduledExecutorService reloads;
    private final Server server;

    /**
     * Prepares a server for this address, in plain text: for loopback only.
     *
     * @param port 0 for any free one
     */
    public AdsServer(AggregatedDiscovery service, String host, int port) {
        this(service, host, port, null);
    }

    /**
     * The same with TLS.
     *
     * @param tls null: plain text
     * @throws UncheckedIOException if its files cannot be used; the message names them
     */
    public AdsServer(AggregatedDiscovery service, String host, int port, @Nullable AdsTls tls) {
        address = new InetSocketAddress(host, port);
        executor = Executors.newVirtualThreadPerTaskExecutor();
        reloads = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("ads-certificates").factory());
        server = NettyServerBuilder.forAddress(
                        address, tls == null ? InsecureServerCredentials.create() : tls.credentials(reloads))
                .addService(
                        tls == null
                                ? service.bindService()
                                : ServerInterceptors.intercept(service, new NodeAccess(tls.nodes())))
                .executor(executor)
                .maxInboundMessageSize(MAX_INBOUND_BYTES)
                .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(KEEP_ALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .permitKeepAliveTime(CLIENT_KEEP_ALIVE_MIN_SECONDS, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .build();
    }

    /**
     * Listens.
     *
     * @throws UncheckedIOException if the address cannot be had; the message names it
     */
    public void start() {
        try {
            server.start();
        } catch (IOException e) {
            executor.close();
            reloads.shutdownNow();
            throw new UncheckedIOException(
                    "The ADS server cannot listen on %s:%d; is the address of this machine, and the port free?"
                            .formatted(address.getHostString(), address.getPort()),
                    e);
        }
    }

    /** The port it listens on, or -1 if it does not. */
    public int port() {
        return server.getPort();
    }

    /** Breaks all streams and waits up to 5 seconds for their end; nodes keep their configuration and connect again. */
    public void stop() {
        server.shutdownNow();
        reloads.shutdownNow();
        try {
            if (!server.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("The ADS server on port %d has not stopped within %d s"
                        .formatted(address.getPort(), STOP_SECONDS));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            executor.close();
        }
    }
}
