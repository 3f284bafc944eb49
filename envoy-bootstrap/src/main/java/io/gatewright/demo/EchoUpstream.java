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
import java.util.Optional;
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
 * case, every line of a header as it came. A path that ends in {@code /slow?ms=N} is answered N ms later, at most 30 s. In
 * the query {@code status=N} asks for another status, {@code status=0} for none and an end of the connection, {@code cut=1} for an
 * answer that breaks off before its last byte, {@code etag=T} for an entity tag, {@code outcome=T} for {@code Idempotency-Outcome}.
 */
public final class EchoUpstream implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern SLOW = Pattern.compile("ms=([0-9]{1,5})");
    private static final Pattern STATUS = Pattern.compile("status=([0-9]{1,3})");
    private static final Pattern CUT = Pattern.compile("cut=(1)");
    private static final Pattern ETAG = Pattern.compile("etag=([A-Za-z0-9]+)");
    private static final Pattern OUTCOME = Pattern.compile("outcome=([a-z-]+)");
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
        String query = String.valueOf(exchange.getRequestURI().getQuery());
        asked(ETAG, query).ifPresent(tag -> exchange.getResponseHeaders().set("ETag", '"' + tag + '"'));
        asked(OUTCOME, query).ifPresent(outcome -> exchange.getResponseHeaders().set("Idempotency-Outcome", outcome));
        int status = asked(STATUS, query).map(Integer::parseInt).orElse(200);
        if (status == 0) {
            exchange.close(); // without having answered: the connection ends
            return;
        }
        boolean empty = head || status == 204 || status == 304;
        int missing = asked(CUT, query).isPresent() ? 1 : 0;
        exchange.sendResponseHeaders(status, empty ? -1 : answer.length + missing);
        if (!empty) {
            exchange.getResponseBody().write(answer);
            exchange.getResponseBody().flush(); // also what breaks off is to arrive
        }
        exchange.close();
    }

    private static Optional<String> asked(Pattern what, String query) {
        Matcher matcher = what.matcher(query);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
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
