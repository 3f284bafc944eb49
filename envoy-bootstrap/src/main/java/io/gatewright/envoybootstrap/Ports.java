package io.gatewright.envoybootstrap;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Ports for servers that are about to start. Thread-safe. */
public final class Ports {
    private Ports() {}

    /**
     * A port of 127.0.0.1 that the system picked, for a server that starts within a minute and sets SO_REUSEADDR, as servers
     * do. Until then the system gives it to nobody else, neither to a client nor to who asks for any port: a connection to it
     * has just been closed from this side (TIME-WAIT, RFC 9293, 3.6.1).
     */
    public static int free() {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocket server = new ServerSocket(0, 1, loopback);
                Socket client = new Socket(loopback, server.getLocalPort());
                Socket accepted = server.accept()) {
            accepted.shutdownOutput(); // first, so that this end is the one that waits
            if (client.getInputStream().read() >= 0) {
                throw new IOException("somebody else sent something to port " + server.getLocalPort());
            }
            client.shutdownOutput();
            return server.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("no free port on loopback", e);
        }
    }
}
