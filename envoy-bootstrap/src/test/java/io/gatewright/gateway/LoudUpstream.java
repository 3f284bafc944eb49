package io.gatewright.gateway;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An upstream that answers each request, on a connection of its own, with header lines as they are given. Thread-safe. */
final class LoudUpstream implements AutoCloseable {
    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: ([0-9]{1,6})\r\n");

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final AtomicInteger requests = new AtomicInteger();
    private volatile String lines = "";

    LoudUpstream() throws IOException {
        Thread.ofVirtual().start(this::run);
    }

    String endpoint() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    int requests() {
        return requests.get();
    }

    /** Each line with its end. */
    void answersWith(String headerLines) {
        lines = headerLines;
    }

    private void run() {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                read(socket.getInputStream());
                requests.incrementAndGet();
                String answer = "HTTP/1.1 201 Created\r\n" + lines + "content-length: 2\r\nconnection: close\r\n\r\nok";
                socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
            } catch (IOException e) {
                // the next one, or the end
            }
        }
    }

    private static void read(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int c = in.read();
            if (c < 0) {
                throw new IOException("no request came");
            }
            head.write(c);
        }
        Matcher length = LENGTH.matcher(head.toString(StandardCharsets.ISO_8859_1));
        in.skipNBytes(length.find() ? Integer.parseInt(length.group(1)) : 0);
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
