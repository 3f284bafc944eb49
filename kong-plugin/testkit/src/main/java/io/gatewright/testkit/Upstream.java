package io.gatewright.testkit;

import io.gatewright.testkit.Answer.Source;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Set;

/** The way from Kong to the one upstream: real requests by HTTP/1.1. Thread-safe. */
final class Upstream implements AutoCloseable {
    private static final Set<String> NOT_FORWARDED = Set.of(
            "connection",
            "content-length",
            "expect",
            "host",
            "keep-alive",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    private static final Set<String> REPEATED_BY_KONG = Set.of("PUT", "DELETE", "GET", "HEAD", "OPTIONS");

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI base;
    private final Duration readTimeout;
    private final int retries;

    /** A response whose body is still under way. */
    record Begun(int status, HeaderMap headers, InputStream body) {}

    /** The upstream did not answer; 502 or 504. */
    static final class Unanswered extends Exception {
        private static final long serialVersionUID = 1;
        final int status;

        Unanswered(int status, Throwable cause) {
            super(cause);
            this.status = status;
        }
    }

    /**
     * @param retries how often a request is sent again; Kong does so after a read timeout too, for methods it holds to be
     *     idempotent
     */
    Upstream(URI base, Duration readTimeout, int retries) {
        this.base = base;
        this.readTimeout = readTimeout;
        this.retries = retries;
    }

    Begun begin(ProxiedRequest request) throws Unanswered, InterruptedException {
        request.ctx.put(ProxiedRequest.TRIED, System.currentTimeMillis());
        for (int attempt = 0; ; attempt++) {
            try {
                HttpResponse<InputStream> response = client.send(message(request), BodyHandlers.ofInputStream());
                HeaderMap headers = new HeaderMap(response.headers().map());
                headers.remove("connection");
                headers.remove("transfer-encoding");
                headers.remove("content-length");
                return new Begun(response.statusCode(), headers, response.body());
            } catch (HttpTimeoutException e) {
                if (attempt >= retries || !REPEATED_BY_KONG.contains(request.upstreamMethod)) {
                    throw new Unanswered(504, e);
                }
            } catch (IOException e) {
                throw new Unanswered(502, e);
            }
        }
    }

    private HttpRequest message(ProxiedRequest request) {
        String query =
                request.upstreamQuery == null || request.upstreamQuery.isEmpty() ? "" : "?" + request.upstreamQuery;
        String method =
                request.isBuffered() && !RequestCalls.isKnown(request.upstreamMethod) ? "GET" : request.upstreamMethod;
        HttpRequest.Builder message = HttpRequest.newBuilder(base.resolve(request.upstreamPath + query))
                .timeout(readTimeout)
                .method(
                        method,
                        request.upstreamBody.length == 0
                                ? BodyPublishers.noBody()
                                : BodyPublishers.ofByteArray(request.upstreamBody));
        request.upstreamHeaders.forEach((name, value) -> {
            if (!NOT_FORWARDED.contains(name)) {
                message.header(name, value);
            }
        });
        return message.header("x-forwarded-for", request.clientIp)
                .header("x-forwarded-proto", "http")
                .header("x-kong-request-id", request.id)
                .build();
    }

    /** Takes the whole response; one that breaks off is Kong's error with the upstream's status. */
    static Answer whole(Begun begun, String requestId) {
        try (InputStream body = begun.body()) {
            return new Answer(begun.status(), begun.headers(), body.readAllBytes(), Source.SERVICE);
        } catch (IOException e) {
            return Answer.error(begun.status(), Source.EXIT, requestId);
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
