package io.gatewright.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An upstream on loopback that says what it received. Thread-safe.
 *
 * <p>Each answer is 200 with {@code {"method", "path", "headers": {name: [value, …]}, "bodyBytes"}}: header names in lower
 * case, every line of a header as it came. A path that ends in {@code /slow?ms=N} is answered N ms later, at most 30 s.
 */
public final class EchoUpstream implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern SLOW = Pattern.compile("ms=([0-9]{1,5})");
    private static final long LONGEST_WAIT_MILLIS = 30_000;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final AtomicLong requests = new AtomicLong();

    /** An upstream at a free port. */
    public EchoUpstream() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::echo);
        server.start();
    }

    public int port() {
        return server.getAddress().getPort();
    }

    /** Where it is, as the endpoint of a module's upstream. */
    public String endpoint() {
        return "127.0.0.1:" + port();
    }

    /** How many requests reached it. */
    public long requests() {
        return requests.get();
    }

    private void echo(HttpExchange exchange) throws IOException {
        requests.incrementAndGet();
        long bodyBytes = exchange.getRequestBody().transferTo(OutputStream.nullOutputStream());
        if (exchange.getRequestURI().getPath().endsWith("/slow")) {
            await(exchange.getRequestURI().getQuery());
        }
        ObjectNode echo = JSON.createObjectNode()
                .put("method", exchange.getRequestMethod())
                .put("path", exchange.getRequestURI().toString());
        ObjectNode headers = echo.putObject("headers");
        new TreeMap<>(exchange.getRequestHeaders()).forEach((name, values) -> {
            ArrayNode lines = headers.putArray(name.toLowerCase(Locale.ROOT));
            values.forEach(lines::add);
        });
        echo.put("bodyBytes", bodyBytes);
        byte[] answer = JSON.writeValueAsBytes(echo);
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, head ? -1 : answer.length);
        if (!head) {
            exchange.getResponseBody().write(answer);
        }
        exchange.close();
    }

    private void await(@Nullable String query) throws IOException {
        Matcher wanted = SLOW.matcher(query == null ? "" : query);
        long millis = wanted.find() ? Math.min(Long.parseLong(wanted.group(1)), LONGEST_WAIT_MILLIS) : 0;
        try {
            if (closed.await(millis, TimeUnit.MILLISECONDS)) {
                throw new IOException("closed while a request waited");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("closed while a request waited").initCause(e);
        }
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
