package io.gatewright.gateway;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;

/**
 * A module that keeps a version of each path and compares conditions in the step that writes, as API_STANDARDS.md asks. All
 * its writes fall into one second. Answers are plain text, in gzip for whom takes it, with whatever a careless module says to caches
 * and browsers. A POST is answered as if it were a replay. One to {@code /held} is answered after {@link #release}, one to
 * {@code /later} by 503, one to {@code /large} with {@link #LARGE} bytes. Thread-safe.
 */
final class VersionedUpstream implements AutoCloseable {
    static final String WRITTEN = "Wed, 01 Jan 2025 00:00:00 GMT";
    static final int LARGE = 4 << 20;
    static final String COOKIE = "session=of-somebody-else";

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicInteger requests = new AtomicInteger();
    private final Semaphore released = new Semaphore(0);
    private final Map<String, Integer> versions = new HashMap<>();

    VersionedUpstream() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    String endpoint() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    int requests() {
        return requests.get();
    }

    /** Lets one request to {@code /held} be answered. */
    void release() {
        released.release();
    }

    private void answer(HttpExchange exchange) throws IOException {
        int run = requests.incrementAndGet();
        exchange.getRequestBody().transferTo(OutputStream.nullOutputStream());
        String path = exchange.getRequestURI().getPath();
        Headers request = exchange.getRequestHeaders();
        switch (exchange.getRequestMethod()) {
            case "POST" -> {
                await(path);
                exchange.getResponseHeaders().set("Location", path + "/" + run);
                exchange.getResponseHeaders().set("Idempotent-Replayed", "true");
                exchange.getResponseHeaders().set("Idempotency-Status", "replayed;age=9");
                if (path.endsWith("/later")) {
                    exchange.getResponseHeaders().set("Retry-After", "1");
                    answer(exchange, 503, 1, "later");
                } else {
                    answer(exchange, 201, 1, path.endsWith("/large") ? "x".repeat(LARGE) : "run " + run);
                }
            }
            case "PUT" -> put(exchange, path, request);
            default -> {
                int version = version(path);
                answer(exchange, version == 0 ? 404 : 200, version, "version " + version);
            }
        }
    }

    private synchronized int version(String path) {
        return versions.getOrDefault(path, 0);
    }

    private void put(HttpExchange exchange, String path, Headers request) throws IOException {
        int current;
        boolean holds;
        synchronized (this) {
            current = version(path);
            holds = holds(request, current);
            if (holds) {
                versions.put(path, current + 1);
            }
        }
        int status = current == 0 ? 201 : 200;
        answer(exchange, holds ? status : 412, holds ? current + 1 : current, holds ? "written" : "stale");
    }

    private static boolean holds(Headers request, int current) {
        String match = request.getFirst("If-Match");
        if (match != null) {
            return current > 0 && (match.equals("*") || names(match, current));
        }
        if ("*".equals(request.getFirst("If-None-Match")) && current > 0) {
            return false;
        }
        String since = request.getFirst("If-Unmodified-Since");
        try {
            return since == null || !date(WRITTEN).isAfter(date(since));
        } catch (DateTimeException e) {
            return true; // RFC 9110 §13.1.4: a date that is none is no condition
        }
    }

    private static boolean names(String list, int version) {
        return Arrays.stream(list.split(","))
                .map(String::strip)
                .anyMatch(tag -> tag.equals("\"v" + version + "\"") || tag.equals("\"v" + version + "-gzip\""));
    }

    private static ZonedDateTime date(String text) {
        return ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME);
    }

    private void await(String path) throws IOException {
        try {
            if (path.endsWith("/held") && !released.tryAcquire(20, TimeUnit.SECONDS)) {
                throw new IOException("nobody released it");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("closed while a request waited", e);
        }
    }

    private static void answer(HttpExchange exchange, int status, int version, String text) throws IOException {
        String accepted = String.valueOf(exchange.getRequestHeaders().getFirst("Accept-Encoding"));
        boolean gzip = accepted.contains("gzip");
        Headers headers = exchange.getResponseHeaders();
        headers.set("Content-Type", "text/plain");
        headers.set("Vary", "Accept-Encoding");
        headers.set("Cache-Control", "public, max-age=3600");
        headers.set("Age", "7");
        headers.set("Expires", "Fri, 01 Jan 2100 00:00:00 GMT");
        headers.set("Set-Cookie", COOKIE);
        headers.set("Last-Modified", WRITTEN);
        if (version > 0) {
            headers.set("ETag", "\"v" + version + (gzip ? "-gzip\"" : "\""));
        }
        if (gzip) {
            headers.set("Content-Encoding", "gzip");
        }
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        byte[] sent = gzip ? gzip(body) : body;
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, head ? -1 : sent.length);
        if (!head) {
            exchange.getResponseBody().write(sent);
        }
        exchange.close();
    }

    static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(plain);
        }
        return out.toByteArray();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
