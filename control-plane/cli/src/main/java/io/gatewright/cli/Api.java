package io.gatewright.cli;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The control plane's HTTP API. Thread-safe. Everything but a 2xx is a {@link Refusal}, unless a method says otherwise. */
final class Api {
    static final Duration NO_WAIT = Duration.ZERO;
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Duration LONG_ANSWER = Duration.ofMinutes(2);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final URI server;
    private final Map<String, String> always;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    /** What the server answered; the body is missing when there was none. */
    record Answer(int status, JsonNode body) {
        boolean done() {
            return status >= 200 && status < 300;
        }

        JsonNode orRefusal() {
            if (!done()) {
                throw Refusal.of(status, body);
            }
            return body;
        }
    }

    /** @param always headers that every request carries */
    Api(URI server, Map<String, String> always) {
        this.server = server;
        this.always = Map.copyOf(always);
    }

    JsonNode get(String path) {
        return get(path, NO_WAIT).orRefusal();
    }

    /** A GET with whatever answer; {@code wait} is how long the server was asked to wait. */
    Answer get(String path, Duration wait) {
        return send("GET", path, null, Map.of(), wait);
    }

    /** Any request with whatever answer. */
    Answer send(String method, String path, @Nullable JsonNode body, Map<String, String> headers, Duration wait) {
        HttpRequest.Builder request = request(path, wait)
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body.toString()));
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        headers.forEach(request::header);
        HttpResponse<String> answer = exchange(request.build(), BodyHandlers.ofString());
        return new Answer(answer.statusCode(), parse(answer.statusCode(), answer.body()));
    }

    /** Reads JSON of any size while it comes. */
    <T> T stream(String path, Reading<T> reading) {
        HttpResponse<InputStream> answer = exchange(request(path, LONG_ANSWER).build(), BodyHandlers.ofInputStream());
        try (InputStream body = answer.body()) {
            requireDone(answer.statusCode(), body);
            return reading.of(JSON.createParser(body));
        } catch (JsonEOFException e) {
            throw unreachable("its answer was cut off");
        } catch (JsonProcessingException e) {
            throw strange(answer.statusCode());
        } catch (IOException e) {
            throw unreachable("its answer was cut off");
        }
    }

    /** What reads JSON while it comes. */
    interface Reading<T> {
        T of(JsonParser parser) throws IOException;
    }

    private void requireDone(int status, InputStream body) throws IOException {
        if (status != 200) {
            String text = new String(body.readAllBytes(), StandardCharsets.UTF_8);
            throw Refusal.of(status, parse(status, text));
        }
    }

    /** Copies an answer of JSON lines, of any size, while it comes. */
    void download(String path, OutputStream to) throws IOException {
        HttpRequest request = request(path, NO_WAIT)
                .setHeader("Accept", "application/x-ndjson")
                .build();
        HttpResponse<InputStream> answer = exchange(request, BodyHandlers.ofInputStream());
        try (InputStream body = answer.body()) {
            requireDone(answer.statusCode(), body);
            copy(body, to);
        }
    }

    private void copy(InputStream from, OutputStream to) throws IOException {
        byte[] buffer = new byte[1 << 16];
        for (int read = read(from, buffer); read >= 0; read = read(from, buffer)) {
            to.write(buffer, 0, read);
        }
    }

    private int read(InputStream from, byte[] buffer) {
        try {
            return from.read(buffer);
        } catch (IOException e) {
            throw unreachable("its answer was cut off");
        }
    }

    private HttpRequest.Builder request(String path, Duration wait) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server + path))
                .timeout(TIMEOUT.plus(wait))
                .header("Accept", "application/json");
        always.forEach(request::header);
        return request;
    }

    private <T> HttpResponse<T> exchange(HttpRequest request, BodyHandler<T> handler) {
        try {
            return http.send(request, handler);
        } catch (HttpTimeoutException e) {
            throw unreachable("it did not answer in time");
        } catch (ConnectException e) {
            throw unreachable(
                    e.getCause() instanceof UnresolvedAddressException
                            ? "no host has that name"
                            : "nobody listens there");
        } catch (IOException e) {
            throw unreachable(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unreachable("interrupted");
        }
    }

    /**
     * A POST whose answer comes line by line, each a JSON object with one field.
     *
     * @param progress called with each line at the moment it comes
     * @return what the field {@code sync} of the last line holds
     */
    JsonNode lines(String path, Duration wait, Consumer<JsonNode> progress) {
        HttpRequest request = request(path, wait)
                .setHeader("Accept", "application/x-ndjson")
                .POST(BodyPublishers.noBody())
                .build();
        HttpResponse<Stream<String>> answer = exchange(request, BodyHandlers.ofLines());
        try (Stream<String> lines = answer.body()) {
            if (answer.statusCode() / 100 != 2) {
                throw Refusal.of(answer.statusCode(), parse(answer.statusCode(), lines.collect(Collectors.joining())));
            }
            JsonNode last = MissingNode.getInstance();
            for (Iterator<String> each = lines.iterator(); each.hasNext(); ) {
                last = parse(answer.statusCode(), each.next());
                progress.accept(last);
            }
            if (!last.has("sync")) {
                throw unreachable("it broke off before the end");
            }
            return last.path("sync");
        } catch (UncheckedIOException e) {
            throw unreachable("it broke off before the end");
        }
    }

    /**
     * Reads server-sent events over one connection.
     *
     * @param place the last that was seen; null: begins with the next event
     * @param taker called with each event, and with a missing one when only the place is told
     * @return false when the taker had enough, true when the connection ended
     */
    boolean serverSentEvents(String path, @Nullable String place, EventStream.Taker taker) {
        HttpRequest.Builder request = request(path, NO_WAIT).setHeader("Accept", "text/event-stream");
        if (place != null) {
            request.header("Last-Event-ID", place);
        }
        HttpResponse<Stream<String>> answer = exchange(request.build(), BodyHandlers.ofLines());
        try (Stream<String> lines = answer.body()) {
            if (answer.statusCode() != 200) {
                throw Refusal.of(answer.statusCode(), parse(answer.statusCode(), lines.collect(Collectors.joining())));
            }
            String id = "";
            StringBuilder data = new StringBuilder();
            for (Iterator<String> each = lines.iterator(); each.hasNext(); ) {
                String line = each.next();
                if (line.startsWith("id: ")) {
                    id = line.substring("id: ".length());
                } else if (line.startsWith("data: ")) {
                    data.append(line, "data: ".length(), line.length()).append('\n');
                } else if (line.isEmpty()) {
                    if (!taker.take(id, parse(200, data.toString()))) {
                        return false;
                    }
                    data.setLength(0);
                }
            }
            return true;
        } catch (UncheckedIOException e) {
            return true;
        }
    }

    private Refusal unreachable(String why) {
        return Refusal.passing("cannot reach " + server + ": " + why
                + "; start a control plane with 'gatewright serve', or name one with --server or GATEWRIGHT_URL");
    }

    private JsonNode parse(int status, String body) {
        try {
            return body.isBlank() ? MissingNode.getInstance() : JSON.readTree(body);
        } catch (JsonProcessingException e) {
            throw strange(status);
        }
    }

    private Refusal strange(int status) {
        return new Refusal(server + " answered " + status + " without JSON; is it a control plane of Gatewright?");
    }

    /** A query of the pairs whose value is not null, with its question mark, or nothing. */
    static String query(@Nullable String... namesAndValues) {
        StringBuilder query = new StringBuilder();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            String value = namesAndValues[i + 1];
            if (value != null) {
                query.append(query.isEmpty() ? '?' : '&')
                        .append(namesAndValues[i])
                        .append('=');
                query.append(URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20"));
            }
        }
        return query.toString();
    }

    /** A path with only those characters encoded that RFC 3986 does not allow in one. */
    static String path(String text) {
        return encoded(text, "-._~!$&'()*+,;=:@/");
    }

    /** Percent-encoded UTF-8 of the text, but for ASCII letters, digits and those marks. */
    static String encoded(String text, String marks) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean plain = c < 0x80 && (Character.isLetterOrDigit(c) || marks.indexOf(c) >= 0);
            encoded.append(plain ? String.valueOf(c) : "%%%02X".formatted((int) c));
        }
        return encoded.toString();
    }
}
