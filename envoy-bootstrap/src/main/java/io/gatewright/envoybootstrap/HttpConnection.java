package io.gatewright.envoybootstrap;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One keep-alive connection to a port of this machine that sends requests as they are, any {@code Host} included, and
 * reads answers with a content-length. As little work as possible, so that what a bench measures is the gateway. One
 * thread at a time.
 */
public final class HttpConnection implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 10_000;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    public HttpConnection(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        in = new BufferedInputStream(socket.getInputStream(), 16_384);
        out = socket.getOutputStream();
    }

    /**
     * An answer.
     *
     * @param headers its lines as they came, {@code name: value}
     */
    public record Answer(int status, List<String> headers, String body) {
        /** The first value of that header, or null. */
        public @Nullable String header(String name) {
            String prefix = name.toLowerCase(Locale.ROOT) + ":";
            return headers.stream()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(prefix))
                    .map(line -> line.substring(prefix.length()).trim())
                    .findFirst()
                    .orElse(null);
        }
    }

    /**
     * The bytes of a request without a body.
     *
     * @param headers lines such as {@code host: example.com}
     */
    public static byte[] request(String method, String path, List<String> headers) {
        return (method + " " + path + " HTTP/1.1\r\n" + String.join("\r\n", headers) + "\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    /**
     * Sends a request and reads its answer.
     *
     * @throws IOException also when the gateway closed the connection
     */
    public Answer exchange(byte[] request) throws IOException {
        out.write(request);
        out.flush();
        String status = line();
        List<String> headers = new ArrayList<>(16);
        int length = 0;
        boolean chunked = false;
        for (String header = line(); !header.isEmpty(); header = line()) {
            headers.add(header);
            if (header.regionMatches(true, 0, "content-length:", 0, 15)) {
                length = Integer.parseInt(header.substring(15).trim());
            }
            chunked |= header.regionMatches(true, 0, "transfer-encoding:", 0, 18);
        }
        String body = new String(chunked ? chunks() : in.readNBytes(length), StandardCharsets.UTF_8);
        return new Answer(Integer.parseInt(status.substring(9, 12)), headers, body);
    }

    private byte[] chunks() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        int size = Integer.parseInt(line(), 16);
        while (size > 0) {
            body.writeBytes(in.readNBytes(size));
            line();
            size = Integer.parseInt(line(), 16);
        }
        line();
        return body.toByteArray();
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder(64);
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("the gateway closed the connection");
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
