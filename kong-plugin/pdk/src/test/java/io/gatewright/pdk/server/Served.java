package io.gatewright.pdk.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.pdk.KongPlugin;
import io.gatewright.pdk.KongVersion;
import io.gatewright.pdk.Log;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assertions;

/** A server with these plugins, and connections to it; at the end nothing of it may be left. One thread at a time. */
final class Served implements AutoCloseable {
    /** Of an instance of {@link Probe}. */
    static final String CONFIG = "{\"word\":\"w\"}";

    private final Path directory;
    private final KongPluginServer server;
    private final ByteArrayOutputStream err;
    private final List<KongPeer> peers = new ArrayList<>();

    private Served(Path directory, KongPluginServer server, ByteArrayOutputStream err) {
        this.directory = directory;
        this.server = server;
        this.err = err;
    }

    static Served by(KongPlugin<?>... plugins) throws IOException {
        return by(KongVersion.DEFAULT, ServerOptions.HANDLER_LIMIT, plugins);
    }

    static Served by(KongVersion target, Duration handlerLimit, KongPlugin<?>... plugins) throws IOException {
        Path directory = Files.createTempDirectory("pdk");
        ServerOptions options =
                new ServerOptions(directory.resolve("probe.socket"), target, Log.Level.NOTICE, handlerLimit, false);
        SecureRandom random = new SecureRandom();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        return new Served(
                directory,
                KongPluginServer.start(
                        options,
                        () -> 1 + random.nextInt(Integer.MAX_VALUE),
                        InstantSource.system(),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        plugins),
                err);
    }

    /** What the server has said on stderr so far. */
    String said() {
        return err.toString(StandardCharsets.UTF_8);
    }

    /** Waits until the server has said this on stderr. */
    void awaitSaid(String text) {
        Assertions.assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            while (!err.toString(StandardCharsets.UTF_8).contains(text)) {
                Thread.onSpinWait();
            }
        });
    }

    KongPluginServer server() {
        return server;
    }

    /** A new connection. */
    KongPeer connect() throws IOException {
        KongPeer peer = KongPeer.connect(server.socket());
        peers.add(peer);
        return peer;
    }

    /** That it is alive: a new connection starts an instance of the first plugin. */
    void isAlive(String plugin) throws IOException {
        try (KongPeer peer = KongPeer.connect(server.socket())) {
            assertThat(peer.start(plugin, CONFIG)).isPositive();
        }
    }

    /** Waits until so many connections are open. */
    void awaitConnections(int count) {
        Assertions.assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            while (server.connections() != count) {
                Thread.onSpinWait();
            }
        });
    }

    @Override
    public void close() throws IOException {
        for (KongPeer peer : peers) {
            peer.close();
        }
        awaitConnections(0);
        server.close();
        assertThat(server.socket()).doesNotExist();
        Files.delete(directory);
    }
}
