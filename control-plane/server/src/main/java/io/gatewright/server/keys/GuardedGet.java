package io.gatewright.server.keys;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A GET of a small document from a host that is not trusted: to the one address that was checked, no redirect, no proxy, no
 * compression, {@value #MAX_BYTES} bytes, and a limited time for all of it. TLS is verified against the JDK's authorities and
 * the name of the host. Thread-safe.
 */
final class GuardedGet {
    static final int MAX_BYTES = 65_536;

    private final HttpClient http;
    private final AllowedAddresses allowed;
    private final Duration timeout;

    /** @param timeout from the first packet to the last byte */
    GuardedGet(Vertx vertx, AllowedAddresses allowed, Duration timeout) {
        this.allowed = allowed;
        this.timeout = timeout;
        this.http = vertx.createHttpClient(new HttpClientOptions()
                .setKeepAlive(false)
                .setMaxHeaderSize(16_384)
                .setConnectTimeout(Math.toIntExact(timeout.toMillis())));
    }

    /**
     * The body of a 200.
     *
     * @param loopbackIssuer see {@link AllowedAddresses#of}
     * @throws IOException with a sentence that names what went wrong
     */
    byte[] get(URI uri, boolean loopbackIssuer) throws IOException, InterruptedException {
        InetAddress address = allowed.of(uri, loopbackIssuer);
        AtomicReference<@Nullable HttpClientRequest> sent = new AtomicReference<>();
        CompletableFuture<byte[]> body = new CompletableFuture<>();
        http.request(options(uri, address))
                .onSuccess(request -> {
                    sent.set(request);
                    // Before it is sent: what comes before somebody listens is lost, and the end with it.
                    request.response()
                            .onSuccess(response -> read(uri, response, body))
                            .onFailure(body::completeExceptionally);
                    request.end().onFailure(body::completeExceptionally);
                })
                .onFailure(body::completeExceptionally);
        try {
            return body.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IOException(uri + " did not answer within " + timeout, e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (cause instanceof Refused) {
                throw new IOException(cause.getMessage(), cause);
            }
            throw new IOException(uri + " cannot be asked: " + message(cause), cause);
        } finally {
            HttpClientRequest request = sent.get();
            if (request != null) {
                request.connection().close();
            }
        }
    }

    private static RequestOptions options(URI uri, InetAddress address) {
        boolean https = "https".equals(uri.getScheme());
        int port = uri.getPort() > 0 ? uri.getPort() : https ? 443 : 80;
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        return new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setServer(SocketAddress.inetSocketAddress(port, address.getHostAddress()))
                .setHost(uri.getHost())
                .setPort(port)
                .setSsl(https)
                .setURI(path + query)
                .setFollowRedirects(false)
                .putHeader("accept", "application/json");
    }

    private static void read(URI uri, HttpClientResponse response, CompletableFuture<byte[]> body) {
        if (response.statusCode() != 200) {
            body.completeExceptionally(new Refused(uri + " answered " + response.statusCode()));
            return;
        }
        Buffer read = Buffer.buffer();
        response.handler(chunk -> {
            if (read.length() + chunk.length() <= MAX_BYTES) {
                read.appendBuffer(chunk);
            } else {
                body.completeExceptionally(new Refused(uri + " answered with more than " + MAX_BYTES + " bytes"));
                response.request().connection().close();
            }
        });
        response.exceptionHandler(body::completeExceptionally);
        response.endHandler(end -> body.complete(read.getBytes()));
    }

    private static String message(Throwable cause) {
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    /** An answer that we do not take; its message is the sentence. */
    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        Refused(String message) {
            super(message);
        }
    }
}
