package io.gatewright.testkit;

import com.sun.net.httpserver.HttpExchange;
import io.gatewright.pdk.Phase;
import io.gatewright.proto.kong.ExitArgs;
import io.gatewright.testkit.Answer.Source;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A request from client to upstream and back, with the events of the plugins in Kong's order. Thread-safe. */
final class Proxy {
    private static final int INLINE_BODY_BYTES = 8 << 10;
    private static final int HEADER_LINE_BYTES = 8 << 10;
    private static final int HEADERS_BYTES = 32 << 10;

    private final KongWorker worker;
    private final List<ConfiguredPlugin> plugins;
    private final Upstream upstream;
    private final Surroundings surroundings;
    private final ErrorLog log;
    private final Clock clock;
    private final Leak leak = new Leak();
    private final AtomicLong logEvents = new AtomicLong();
    private final AtomicBoolean failsNextLog = new AtomicBoolean();

    Proxy(
            KongWorker worker,
            List<ConfiguredPlugin> plugins,
            Upstream upstream,
            Surroundings surroundings,
            ErrorLog log,
            Clock clock) {
        this.worker = worker;
        this.plugins = plugins.stream()
                .sorted(Comparator.comparingInt(ConfiguredPlugin::priority).reversed())
                .toList();
        this.upstream = upstream;
        this.surroundings = surroundings;
        this.log = log;
        this.clock = clock;
    }

    long logEvents() {
        return logEvents.get();
    }

    void failNextLog() {
        failsNextLog.set(true);
    }

    void handle(HttpExchange exchange) throws IOException {
        List<KongConnection> abandoned = new ArrayList<>();
        ProxiedRequest request = read(exchange);
        try {
            Answer answer = tooLarge(request) ? Answer.error(400, Source.ERROR, request.id) : pass(request, abandoned);
            if (answer != null) {
                request.answer = answer;
                send(exchange, request, answer);
            } else {
                stream(exchange, request);
            }
        } catch (Upstream.Unanswered e) {
            log.write("error: " + e.getCause());
            Answer failed = Answer.error(e.status, request.isBuffered() ? Source.EXIT : Source.ERROR, request.id);
            request.answer = failed;
            send(exchange, request, failed);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            abandoned.forEach(KongConnection::close);
            exchange.close();
        }
        Thread.ofVirtual().name("kong-log-timer").start(() -> logged(request));
    }

    private ProxiedRequest read(HttpExchange exchange) throws IOException {
        URI uri = exchange.getRequestURI();
        byte[] body;
        try (InputStream in = exchange.getRequestBody()) {
            body = in.readAllBytes();
        }
        ProxiedRequest request = new ProxiedRequest(
                exchange.getRequestMethod(),
                uri.getRawPath(),
                uri.getRawQuery(),
                new HeaderMap(exchange.getRequestHeaders()),
                body,
                exchange.getRemoteAddress().getAddress().getHostAddress(),
                exchange.getRemoteAddress().getPort(),
                clock.millis());
        if (body.length > INLINE_BODY_BYTES) {
            Path file = Files.createTempFile("kong-body", null);
            Files.write(file, body);
            request.bodyFile = file;
        }
        return request;
    }

    private static boolean tooLarge(ProxiedRequest request) {
        int[] bytes = {0, 0};
        request.headers.forEach((name, value) -> {
            int line = name.length() + value.length() + 4;
            bytes[0] = Math.max(bytes[0], line);
            bytes[1] += line;
        });
        return bytes[0] > HEADER_LINE_BYTES || bytes[1] > HEADERS_BYTES;
    }

    /** Everything up to the answer; null when the upstream's answer is to be passed on as it comes. */
    private @Nullable Answer pass(ProxiedRequest request, List<KongConnection> abandoned)
            throws Upstream.Unanswered, InterruptedException {
        for (ConfiguredPlugin plugin : plugins) {
            Answer early = plugin.has(Phase.REWRITE) ? event(plugin, Phase.REWRITE, request, abandoned) : null;
            if (early != null) {
                return early;
            }
        }
        for (ConfiguredPlugin plugin : plugins) {
            if (plugin.has(Phase.RESPONSE)) { // set when the iterator comes to it, not before
                request.ctx.put(ProxiedRequest.BUFFERED, true);
            }
            Answer early = plugin.has(Phase.ACCESS) ? event(plugin, Phase.ACCESS, request, abandoned) : null;
            if (early != null) {
                return early;
            }
        }
        boolean upgrades = "websocket".equalsIgnoreCase(request.headers.first("upgrade"));
        return request.isBuffered() && !upgrades ? held(request, abandoned) : null;
    }

    private Answer held(ProxiedRequest request, List<KongConnection> abandoned)
            throws Upstream.Unanswered, InterruptedException {
        Answer answer = Upstream.whole(upstream.begin(request), request.id);
        if (answer.source != Source.SERVICE) {
            return answer;
        }
        request.serviceAnswer = new Answer(answer.status, answer.headers.copy(), answer.body, Source.SERVICE);
        request.answer = answer;
        addLater(request, answer);
        for (ConfiguredPlugin plugin : plugins) {
            Answer other = plugin.has(Phase.RESPONSE) ? event(plugin, Phase.RESPONSE, request, abandoned) : null;
            if (other != null) {
                return other;
            }
        }
        return answer;
    }

    /** One event; not null when it ends the request. */
    private @Nullable Answer event(
            ConfiguredPlugin plugin, Phase phase, ProxiedRequest request, List<KongConnection> abandoned) {
        Calls calls = new RequestCalls(worker.version(), request, leak, surroundings);
        return switch (worker.event(plugin, phase, calls, abandoned::add)) {
            case EventResult.Finished finished -> null;
            case EventResult.Exited exited -> exit(request, exited.answer());
            case EventResult.PassedOver passedOver -> {
                log.write("error: [" + plugin.name() + "] " + passedOver.log());
                yield null;
            }
            case EventResult.Failed failed -> failed(plugin, request, failed.log());
            case EventResult.Wedged wedged -> failed(plugin, request, "wedged: " + wedged.log());
        };
    }

    private Answer failed(ConfiguredPlugin plugin, ProxiedRequest request, String why) {
        log.write("error: [" + plugin.name() + "] " + why);
        HeaderMap copied = request.answer == null ? new HeaderMap() : request.answer.headers;
        return Answer.error(500, Source.ERROR, request.id, copied);
    }

    private static Answer exit(ProxiedRequest request, ExitArgs exit) {
        HeaderMap headers = request.responseHeaders();
        Map<String, Object> given = Arguments.table(exit.getHeaders());
        given.forEach((name, value) -> {
            if (!(value instanceof Map)) {
                headers.set(name, Arguments.header(value));
            }
        });
        return new Answer(exit.getStatus(), headers, exit.getBody().toByteArray(), Source.EXIT);
    }

    private static void addLater(ProxiedRequest request, Answer answer) {
        request.laterHeaders.table(1000).forEach((name, value) -> answer.headers.set(name, Arguments.header(value)));
        if (request.laterStatus != null) {
            answer.status = request.laterStatus;
        }
    }

    private void send(HttpExchange exchange, ProxiedRequest request, Answer answer) throws IOException {
        switch (ConditionFilter.of(request.upstreamHeaders, answer)) {
            case PASSES -> {}
            case NOT_MODIFIED -> {
                answer.status = 304;
                answer.body = new byte[0];
            }
            case FAILED -> {
                request.answer = Answer.error(412, Source.ERROR, request.id);
                if (Behaviour.of(worker.version()).trapCloses()) {
                    log.write("error: attempt to set ngx.header.HEADER after sending out response headers");
                    exchange.close();
                    return;
                }
                write(exchange, request, request.answer);
                return;
            }
        }
        write(exchange, request, answer);
    }

    private static void write(HttpExchange exchange, ProxiedRequest request, Answer answer) throws IOException {
        head(exchange, request, answer.headers);
        boolean noBody = answer.status == 204 || answer.status == 304 || request.method.equals("HEAD");
        exchange.sendResponseHeaders(answer.status, noBody || answer.body.length == 0 ? -1 : answer.body.length);
        if (!noBody && answer.body.length > 0) {
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(answer.body);
            }
        }
    }

    /** Passes the upstream's answer on as it comes. */
    private void stream(HttpExchange exchange, ProxiedRequest request)
            throws IOException, Upstream.Unanswered, InterruptedException {
        Upstream.Begun begun = upstream.begin(request);
        Answer answer = Answer.empty(begun.status(), begun.headers(), Source.SERVICE);
        request.answer = answer;
        addLater(request, answer);
        head(exchange, request, answer.headers);
        boolean noBody = answer.status == 204 || answer.status == 304 || request.method.equals("HEAD");
        exchange.sendResponseHeaders(answer.status, noBody ? -1 : 0);
        try (InputStream in = begun.body()) {
            if (!noBody) {
                copy(in, exchange.getResponseBody(), answer);
            }
        } catch (IOException e) {
            log.write("error: upstream prematurely closed connection: " + e.getMessage());
        }
    }

    private static void copy(InputStream in, OutputStream out, Answer answer) throws IOException {
        byte[] part = new byte[8192];
        for (int n = in.read(part); n >= 0; n = in.read(part)) {
            try {
                out.write(part, 0, n);
                out.flush();
            } catch (IOException e) {
                answer.status = 499; // the client hung up
                return;
            }
        }
        out.close();
    }

    private static void head(HttpExchange exchange, ProxiedRequest request, HeaderMap headers) {
        headers.set("x-kong-request-id", List.of(request.id));
        headers.set("via", List.of("1.1 kong/3.9.3"));
        headers.forEach((name, value) -> {
            if (!name.equals("content-length") && !name.equals("transfer-encoding") && !name.equals("date")) {
                exchange.getResponseHeaders().add(name, value);
            }
        });
    }

    private void logged(ProxiedRequest request) {
        try {
            for (ConfiguredPlugin plugin : plugins) {
                if (plugin.has(Phase.LOG)) {
                    Calls calls = new RequestCalls(worker.version(), request, leak, surroundings);
                    EventResult result = failsNextLog.getAndSet(false)
                            ? new EventResult.Failed("the server died in the log event")
                            : worker.event(plugin, Phase.LOG, calls);
                    leak.logged(request, result);
                    if (!(result instanceof EventResult.Finished)) {
                        log.write("error: [" + plugin.name() + "] in log: " + result);
                    }
                }
            }
            if (request.bodyFile != null) {
                Files.deleteIfExists(request.bodyFile);
            }
        } catch (IOException e) {
            log.write("error: " + e.getMessage());
        } finally {
            logEvents.incrementAndGet();
        }
    }
}
