package io.gatewright.gateway;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A server of somebody else, as a process of its own that listens on a port of loopback. One thread at a time. */
final class Daemon implements AutoCloseable {
    private final List<String> command;
    private final Map<String, String> environment;
    private final File log;
    private final int port;
    private Process process;

    /** Starts it and waits until it listens. */
    Daemon(Path log, int port, Map<String, String> environment, List<String> command) throws IOException {
        this.log = log.toFile();
        this.port = port;
        this.environment = environment;
        this.command = command;
        start();
    }

    /** Starts it again as before, after {@link #kill}. */
    void start() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log));
        builder.environment().putAll(environment);
        process = builder.start();
        Waiting.until(command.getFirst() + " listens; log: " + log, this::listens);
    }

    private boolean listens() {
        if (!process.isAlive()) {
            throw new AssertionError(command.getFirst() + " ended with " + process.exitValue() + "; log: " + log);
        }
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Ends it at once, as a crash would. */
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    @Override
    public void close() {
        kill();
    }
}
