package io.gatewright.testkit;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The connections of a worker: any number at work, at most 256 idle ({@code lua_socket_pool_size}), the last used first. A
 * connection belongs to no plugin, instance or phase. One that the server has ended while it was idle is noticed, as nginx does.
 * Thread-safe.
 */
final class Pool implements AutoCloseable {
    private static final int MOST_IDLE = 256;

    private final Path socket;
    private final Duration readTimeout;
    private final Deque<KongConnection> idle = new ArrayDeque<>(); // guarded by this

    Pool(Path socket, Duration readTimeout) {
        this.socket = socket;
        this.readTimeout = readTimeout;
    }

    KongConnection take() throws IOException {
        for (KongConnection last = last(); last != null; last = last()) {
            if (last.isQuiet()) {
                return last;
            }
            last.close();
        }
        return new KongConnection(socket, readTimeout);
    }

    private synchronized @Nullable KongConnection last() {
        return idle.pollLast();
    }

    void giveBack(KongConnection connection) {
        synchronized (this) {
            if (idle.size() < MOST_IDLE) {
                idle.addLast(connection);
                return;
            }
        }
        connection.close();
    }

    synchronized int idle() {
        idle.removeIf(connection -> {
            boolean gone = !connection.isQuiet();
            if (gone) {
                connection.close();
            }
            return gone;
        });
        return idle.size();
    }

    @Override
    public synchronized void close() {
        idle.forEach(KongConnection::close);
        idle.clear();
    }
}
