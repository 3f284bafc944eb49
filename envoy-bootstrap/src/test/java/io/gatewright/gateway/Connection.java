package io.gatewright.gateway;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One keep-alive connection that sends exactly what it is told to. One thread at a time. */
final class Connection implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 20_000;

    private final Socket socket;
    private final InputStream in;

    Connection(int port) throws IOException {
        this(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    /** On a socket that is connected already, such as one with TLS. */
    Connection(Socket connected) throws IOException {
        socket = connected;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** Sends one request on a connection of its own. */
    static Answer once(int port, Request request) throws IOException {
        try (Connection connection = new Connection(port)) {
            return connection.send(request);
        }
    }

    /** Sends without waiting for the answer. */
    void write(Request request) throws IOException {
        socket.getOutputStream().write(request.bytes());
    }

    Answer send(Request request) throws IOException {
        try {
            write(request);
        } catch (IOException e) {
            // the gateway may refuse a large request and close before it has read it: its answer is still there to read
        }
        return read(request.method().equals("HEAD"));
    }

    /** Sends the rest of a request of which {@link #write} sent the beginning. */
    Answer finish(String rest) throws IOException {
        socket.getOutputStream().write(rest.getBytes(StandardCharsets.ISO_8859_1));
        return read(false);
    }

    private Answer read(boolean bodyless) throws IOException {
        String status = line();
        Map<String, List<String>> headers = new HashMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.computeIfAbsent(line.substring(0, colon).toLowerCase(Locale.ROOT), name -> new ArrayList<>())
                    .add(line.substring(colon + 1).trim());
        }
        int code = Integer.parseInt(status.substring(9, 12));
        boolean empty = bodyless || code == 204 || code == 304;
        return new Answer(code, headers, empty ? "" : body(headers));
    }

    private String body(Map<String, List<String>> headers) throws IOException {
        if (headers.containsKey("transfer-encoding")) {
            StringBuilder body = new StringBuilder();
            for (int size = chunk(); size > 0; size = chunk()) {
                body.append(new String(in.readNBytes(size), StandardCharsets.UTF_8));
                line();
            }
            line();
            return body.toString();
        }
        int length = Integer.parseInt(
                headers.getOrDefault("content-length", List.of("0")).getFirst());
        return new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }

    private int chunk() throws IOException {
        return Integer.parseInt(line(), 16);
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the gateway closed the connection");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
