package io.gatewright.testkit;

import com.sun.net.httpserver.HttpServer;
import io.gatewright.pdk.KongVersion;
import io.gatewright.pdk.Phase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Kong as a plugin server and a client see it: one worker, one route, one upstream. Thread-safe.
 *
 * <p>Without an upstream it only sends the events that a test asks for ({@link #event}); with one it is also an HTTP proxy on a
 * port of loopback that the system picks. In proxy mode it has the traps of Kong 3.9: the leak after a failed log event, nginx's
 * filter on conditional requests, 200 for a response that breaks off, unknown methods that become GET, repeated PUTs.
 */
public final class SimulatedKong implements AutoCloseable {
    private final KongWorker worker;
    private final ErrorLog log;
    private final @Nullable Upstream upstream;
    private final @Nullable HttpServer server;
    private final @Nullable Proxy proxy;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private SimulatedKong(Builder builder) throws IOException {
        log = new ErrorLog();
        worker = new KongWorker(builder.socket, builder.version, builder.readTimeout);
        if (builder.upstream == null) {
            upstream = null;
            server = null;
            proxy = null;
            return;
        }
        upstream = new Upstream(builder.upstream, builder.upstreamTimeout, builder.retries);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
        Surroundings surroundings =
                new Surroundings(log, "localhost", server.getAddress().getPort());
        proxy = new Proxy(worker, builder.plugins, upstream, surroundings, log, Clock.systemUTC());
        server.setExecutor(threads);
        server.createContext("/", proxy::handle);
        server.start();
    }

    /** A Kong that talks to the plugin server on this Unix socket. */
    public static Builder on(Path socket) {
        return new Builder(socket);
    }

    /** Sends an event of a request of its own. */
    public EventResult event(ConfiguredPlugin plugin, Phase phase, Calls calls) {
        return worker.event(plugin, phase, calls);
    }

    /** The worker, for what a test wants to know of connections and instances. */
    public KongWorker worker() {
        return worker;
    }

    /**
     * Where clients connect.
     *
     * @throws IllegalStateException without an upstream
     */
    public URI proxy() {
        if (server == null) {
            throw new IllegalStateException("Without an upstream there is no proxy: call upstream(…) on the builder");
        }
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** The error log so far. */
    public List<String> log() {
        return log.lines();
    }

    /**
     * Waits until the log phase of so many requests is over.
     *
     * @throws TimeoutException if it is not in time
     */
    public void awaitLogged(long requests, Duration timeout) throws TimeoutException {
        if (proxy == null) {
            throw new IllegalStateException("Without an upstream there are no requests");
        }
        long end = System.nanoTime() + timeout.toNanos();
        while (proxy.logEvents() < requests) {
            if (System.nanoTime() > end) {
                throw new TimeoutException(proxy.logEvents() + " of " + requests + " requests were logged");
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** Lets the next log event fail, as when the plugin server dies in it: the leak between requests begins. */
    public void failNextLogEvent() {
        if (proxy != null) {
            proxy.failNextLog();
        }
    }

    @Override
    public void close() {
        if (server != null) {
            server.stop(0);
        }
        threads.close();
        if (upstream != null) {
            upstream.close();
        }
        worker.close();
    }

    /** What it is to be like. One thread at a time. */
    public static final class Builder {
        private final Path socket;
        private final List<ConfiguredPlugin> plugins = new ArrayList<>();
        private KongVersion version = KongVersion.DEFAULT;
        private Duration readTimeout = Duration.ofSeconds(60);
        private @Nullable URI upstream;
        private Duration upstreamTimeout = Duration.ofSeconds(60);
        private int retries = 5;

        private Builder(Path socket) {
            this.socket = socket;
        }

        /** 3.9 unless called. */
        public Builder version(String text) {
            version = KongVersion.parse(text);
            return this;
        }

        /** How long it waits for the plugin server; 60 s unless called. */
        public Builder readTimeout(Duration timeout) {
            readTimeout = timeout;
            return this;
        }

        /** Adds a plugin on the route. */
        public Builder plugin(ConfiguredPlugin plugin) {
            plugins.add(plugin);
            return this;
        }

        /**
         * Adds a plugin on the route, with the priority and phases that a dump says, if this version of Kong would load it from there.
         *
         * @param dump what the server's {@code --dump} prints, or {@code --dump-to} writes
         * @throws IllegalArgumentException that says why Kong would not start; call {@link #version} before
         */
        public Builder plugin(String dump, String name, String config) {
            return plugin(new Dump(dump).configured(name, config, version));
        }

        /** Makes it a proxy to this server. */
        public Builder upstream(URI base) {
            upstream = base;
            return this;
        }

        /** How long it waits for the upstream; 60 s unless called. */
        public Builder upstreamTimeout(Duration timeout) {
            upstreamTimeout = timeout;
            return this;
        }

        /** How often it repeats a request that it holds to be idempotent after a timeout; 5 unless called. */
        public Builder retries(int most) {
            retries = most;
            return this;
        }

        /** Starts it. */
        public SimulatedKong start() throws IOException {
            return new SimulatedKong(this);
        }
    }
}
