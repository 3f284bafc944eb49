package io.gatewright.pdk.server;

import io.gatewright.pdk.KongPlugin;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;

/**
 * A plugin server: what Kong starts, or finds, at a Unix socket. Thread-safe. Several plugins may share one.
 *
 * <p>{@link #run} is the whole of a plugin's {@code main}. {@link #start} is for tests and for processes that do more.
 */
public final class KongPluginServer implements AutoCloseable {
    private static final Duration IDLE_INSTANCE_LIMIT = Duration.ofMinutes(30);
    private static final long ACCEPT_PAUSE_NANOS = 50_000_000;

    /**
     * About how many connections have a thread of the system each: as many as a worker of Kong keeps. Such a thread sleeps in the
     * read itself, so that Kong wakes it without a detour over pollers and carriers, which is half of what an event costs a quiet server.
     * Those beyond, which are many at once or idle, have virtual threads, which take hardly any memory.
     */
    private static final int SYSTEM_THREADS = 256;

    private final long parent;
    private final SocketFile socket;
    private final Plugins plugins;
    private final Instances instances;
    private final Journal journal;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final Thread acceptor;
    private final Thread overseer;
    private volatile boolean closed;

    private KongPluginServer(long parent, SocketFile socket, Plugins plugins, Instances instances, Journal journal) {
        this.parent = parent;
        this.socket = socket;
        this.plugins = plugins;
        this.instances = instances;
        this.journal = journal;
        acceptor = Thread.ofPlatform().name("acceptor").unstarted(this::accept);
        overseer = Thread.ofPlatform().daemon().name("overseer").unstarted(this::oversee);
    }

    /**
     * Does what the command line says: serves, or prints or writes the dump; see {@code --help}. Returns when it is done or the server
     * listens, or exits the process: with 1 when the machine does not let it, 2 when the flags or the plugin are wrong.
     */
    public static void run(String[] args, KongPlugin<?>... plugins) {
        int status = new CommandLine(System.out, System.err).run(List.of(args), List.of(plugins));
        if (status != 0) {
            System.exit(status);
        }
    }

    /**
     * Listens.
     *
     * @throws IOException that says why it cannot
     * @throws IllegalArgumentException that names a plugin that Kong would refuse, and why
     */
    public static KongPluginServer start(ServerOptions options, KongPlugin<?>... plugins) throws IOException {
        SecureRandom random = new SecureRandom();
        return start(options, () -> 1 + random.nextInt(Integer.MAX_VALUE), InstantSource.system(), System.err, plugins);
    }

    static KongPluginServer start(
            ServerOptions options, IntSupplier ids, InstantSource clock, PrintStream err, KongPlugin<?>... plugins)
            throws IOException {
        long parent = parent();
        Plugins served = new Plugins(List.of(plugins), options, clock.instant());
        Journal journal = new Journal(err);
        KongPluginServer server = new KongPluginServer(
                parent,
                SocketFile.listen(options.socket()),
                served,
                new Instances(ids, clock, System::nanoTime, journal),
                journal);
        server.acceptor.start();
        server.overseer.start();
        return server;
    }

    /** Where it listens. */
    public Path socket() {
        return socket.path();
    }

    /** How many connections are open. */
    public int connections() {
        return connections.size();
    }

    /** How many instances Kong has started and not closed. */
    public int instances() {
        return instances.size();
    }

    /** Ends at once, without a word to handlers that run. The path goes unless another server has taken it. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(overseer);
        try {
            socket.close();
        } catch (IOException e) {
            journal.say("socket not closed: " + e);
        } finally {
            connections.forEach(Connection::close);
        }
    }

    private void accept() {
        while (!closed) {
            try {
                serve(socket.channel().accept());
            } catch (ClosedChannelException e) {
                return;
            } catch (Throwable e) {
                journal.say("a connection could not be accepted: " + e);
                LockSupport.parkNanos(ACCEPT_PAUSE_NANOS);
            }
        }
    }

    private void serve(SocketChannel channel) {
        try {
            if (connections.size() < SYSTEM_THREADS) {
                Thread.ofPlatform().daemon().name("connection").start(() -> serveOn(channel));
                return;
            }
        } catch (OutOfMemoryError e) {
            journal.say("no more threads of the system, so a virtual one serves: " + e.getMessage());
        }
        try {
            Thread.ofVirtual().start(() -> serveOn(channel));
        } catch (Throwable e) {
            close(channel);
            throw e;
        }
    }

    private void serveOn(SocketChannel channel) {
        try {
            Connection connection = new Connection(channel, plugins, instances, journal, connections::remove);
            connections.add(connection);
            if (closed) {
                connection.close();
            }
            connection.serve();
        } catch (Throwable e) {
            journal.say("a connection could not be served: " + e);
            close(channel);
        }
    }

    private void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            journal.say("a connection could not be closed: " + e);
        }
    }

    private void oversee() {
        long limitNanos = plugins.options().handlerLimit().toNanos();
        long pauseNanos = Math.clamp(limitNanos / 8, 1_000_000, 1_000_000_000);
        while (!closed) {
            LockSupport.parkNanos(pauseNanos);
            try {
                connections.forEach(connection -> connection.checkTime(limitNanos));
                instances.closeIdle(IDLE_INSTANCE_LIMIT.toNanos());
                if (plugins.options().exitWithParent() && parent() != parent) {
                    System.exit(0);
                }
            } catch (Throwable e) {
                journal.say("overseer: " + e);
            }
        }
    }

    private static long parent() {
        return ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(0L);
    }
}
