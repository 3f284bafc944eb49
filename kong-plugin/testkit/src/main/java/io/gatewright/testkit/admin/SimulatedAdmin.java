package io.gatewright.testkit.admin;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The Admin API of one Kong without a database, on a loopback port, and its proxy's port as far as a beacon needs it: a route
 * of the loaded configuration that terminates requests. Thread-safe.
 *
 * <p>Held to what was seen of Kong 3.9.3: a document that comes as {@code {"config": "<text>"}} is hashed as it is, so that
 * {@code check_hash=1} answers 304 to the same again; a document that is the body itself never matches. A restart loses
 * everything.
 */
public final class SimulatedAdmin implements AutoCloseable {
    /** What {@code /status} shows of a Kong that has nothing. */
    public static final String EMPTY_HASH = "0".repeat(32);

    private static final ObjectMapper MAPPER = new ObjectMapper(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE) // a whole configuration is one text
                    .build())
            .build());

    private final Function<JsonNode, List<EntityFault>> schema;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Scripted> scripted = new ArrayDeque<>();
    private volatile HttpServer server;
    private JsonNode config = JsonNodeFactory.instance.objectNode();
    private String hash = EMPTY_HASH;
    private int posts;
    private int loads;

    private record Scripted(int status, Map<String, String> headers) {}

    private SimulatedAdmin(Function<JsonNode, List<EntityFault>> schema) throws IOException {
        this.schema = schema;
        this.server = listen(0);
    }

    /**
     * A Kong that has nothing yet.
     *
     * @param schema what of a document is refused; nothing means that it is loaded
     */
    public static SimulatedAdmin start(Function<JsonNode, List<EntityFault>> schema) throws IOException {
        return new SimulatedAdmin(schema);
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** The proxy's port, which here is the same: whatever is no path of the Admin API is proxied. */
    public URI proxy() {
        return uri();
    }

    /** What is loaded; an empty object at first. */
    public JsonNode config() {
        return locked(() -> config);
    }

    /** What {@code /status} shows as {@code configuration_hash}. */
    public String hash() {
        return locked(() -> hash);
    }

    /** Posts that arrived, whatever became of them. */
    public int posts() {
        return locked(() -> posts);
    }

    /** Posts that were loaded; each restarts every external plugin instance. */
    public int loads() {
        return locked(() -> loads);
    }

    /** Has the next post answered so, without looking at it: 413, 429, 503, 504. */
    public void answerNext(int status, Map<String, String> headers) {
        locked(() -> scripted.add(new Scripted(status, Map.copyOf(headers))));
    }

    /** Loses what is loaded, as a restart does. */
    public void restart() {
        locked(() -> {
            config = JsonNodeFactory.instance.objectNode();
            hash = EMPTY_HASH;
            changed.signalAll();
            return true;
        });
    }

    /** Loads a document as if somebody else had posted it. */
    public void overwrite(String text) {
        locked(() -> load(text, md5(text)));
    }

    /** Nobody answers at the port from now on. */
    public void goAway() {
        server.stop(0);
    }

    /** The same Kong with an empty memory, at the same port. */
    public void comeBack() throws IOException {
        server = listen(server.getAddress().getPort());
        restart();
    }

    /** Waits until so many documents were loaded. */
    public void awaitLoads(int wanted) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (loads < wanted) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private HttpServer listen(int port) throws IOException {
        HttpServer listening = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        listening.setExecutor(threads);
        listening.createContext("/", this::handle);
        listening.start();
        return listening;
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            switch (exchange.getRequestMethod() + " " + path) {
                case "GET /" -> send(exchange, 200, "{\"version\":\"3.9.3\",\"configuration\":{\"database\":\"off\"}}");
                case "GET /status" -> send(exchange, 200, "{\"configuration_hash\":\"" + hash() + "\"}");
                case "POST /config" -> post(exchange);
                default -> proxy(exchange, path);
            }
        }
    }

    private void post(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String query = String.valueOf(exchange.getRequestURI().getQuery());
        Scripted answer = locked(() -> {
            posts++;
            return scripted.poll();
        });
        if (answer != null) {
            answer.headers()
                    .forEach((name, value) -> exchange.getResponseHeaders().add(name, value));
            send(exchange, answer.status(), "{\"message\":\"as scripted\"}");
            return;
        }
        JsonNode json = json(body);
        String text = json != null && json.path("config").isTextual()
                ? json.get("config").asText()
                : null;
        String known =
                text == null ? md5(body + posts()) : md5(text); // of another form Kong hashes what nobody can predict
        if (query.contains("check_hash=1") && known.equals(hash())) {
            exchange.sendResponseHeaders(304, -1);
            return;
        }
        JsonNode document = text == null ? json : json(text);
        if (document == null) {
            send(
                    exchange,
                    400,
                    Flattened.invalid("declarative config is invalid: not a table")
                            .toString());
            return;
        }
        List<EntityFault> faults = schema.apply(document);
        if (!faults.isEmpty()) {
            send(exchange, 400, Flattened.answer(faults).toString());
            return;
        }
        locked(() -> load(text == null ? body : text, known));
        send(exchange, 201, document.toString());
    }

    private boolean load(String text, String newHash) {
        JsonNode document = json(text);
        config = document == null ? JsonNodeFactory.instance.objectNode() : document;
        hash = newHash;
        loads++;
        changed.signalAll();
        return true;
    }

    /** Answers what a route at the top terminates; anything else is 404. */
    private void proxy(HttpExchange exchange, String path) throws IOException {
        for (JsonNode route : config().path("routes")) {
            for (JsonNode pattern : route.path("paths")) {
                JsonNode termination = route.path("plugins").path(0);
                if (path.matches(pattern.asText().replaceFirst("^~", ""))
                        && termination.path("name").asText().equals("request-termination")) {
                    send(
                            exchange,
                            termination.at("/config/status_code").asInt(),
                            termination.at("/config/body").asText());
                    return;
                }
            }
        }
        send(exchange, 404, "{\"message\":\"no Route matched with those values\"}");
    }

    private static @Nullable JsonNode json(String text) {
        try {
            JsonNode json = MAPPER.readTree(text);
            return json.isObject() ? json : null;
        } catch (JsonProcessingException e) {
            return null;
        }
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json; charset=utf-8");
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private <T extends @Nullable Object> T locked(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    private static String md5(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has MD5", e);
        }
    }
}
