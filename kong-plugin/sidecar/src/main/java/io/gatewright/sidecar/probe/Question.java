package io.gatewright.sidecar.probe;

import io.gatewright.guard.store.Unsettled;
import io.gatewright.settings.Body.Endpoint;
import io.gatewright.sidecar.policy.Probe;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One question to a module, on its way. It goes to an endpoint of the module's own upstream and nowhere else: no redirect is
 * followed and no proxy asked. One thread at a time.
 */
final class Question implements AutoCloseable {
    static final int MOST_BYTES = 16_384;
    private static final int LONGEST_MESSAGE = 200;

    private final CompletableFuture<HttpResponse<byte[]>> answer;
    private final long askedNanos = System.nanoTime();

    private Question(CompletableFuture<HttpResponse<byte[]>> answer) {
        this.answer = answer;
    }

    /** A client that can ask. */
    static HttpClient client(Duration connectTimeout) {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .proxy(HttpClient.Builder.NO_PROXY)
                .connectTimeout(connectTimeout)
                .build();
    }

    /** Asks another endpoint each time, and waits for nothing. */
    static Question ask(HttpClient http, Probe probe, Unsettled one) {
        List<Endpoint> endpoints = probe.upstream().endpoints();
        Endpoint endpoint = endpoints.get(one.asked() % endpoints.size());
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(probe, endpoint, one))
                .header("accept", "application/json")
                .header("x-tenant-id", one.tenant());
        if (one.correlationId().matches("[!-~]{1,128}")) { // as gateways make them
            request.header("x-correlation-id", one.correlationId());
        }
        return new Question(
                http.sendAsync(request.build(), BodyHandlers.limiting(BodyHandlers.ofByteArray(), MOST_BYTES)));
    }

    private static URI uri(Probe probe, Endpoint endpoint, Unsettled one) {
        String path = probe.path().replace("{attempt}", one.attempt().toString());
        return URI.create((probe.upstream().tls() ? "https://" : "http://") + endpoint + path);
    }

    /**
     * Waits for the answer's last byte.
     *
     * @param timeout since it was asked
     */
    Outcome outcome(Duration timeout) throws InterruptedException {
        long left = timeout.toNanos() - (System.nanoTime() - askedNanos);
        try {
            HttpResponse<byte[]> response = answer.get(Math.max(0, left), TimeUnit.NANOSECONDS);
            return response.statusCode() == 200
                    ? Outcome.read(response.body())
                    : new Outcome.Unclear("it answered " + response.statusCode());
        } catch (TimeoutException e) {
            return new Outcome.Unclear("it did not answer within " + timeout);
        } catch (ExecutionException e) {
            return new Outcome.Unclear("it could not be asked: " + message(e.getCause() == null ? e : e.getCause()));
        }
    }

    /** In a short line of a log, for it may quote what the module sent. */
    private static String message(Throwable cause) {
        String message = String.valueOf(cause.getMessage()).replaceAll("[^ -~]|\"", " ");
        return cause.getClass().getSimpleName() + " "
                + message.substring(0, Math.min(message.length(), LONGEST_MESSAGE));
    }

    /** Gives up an answer that has not ended, and its connection. */
    @Override
    public void close() {
        answer.cancel(true);
    }
}
