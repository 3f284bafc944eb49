package io.gatewright.testkit;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is sent to the client. One thread at a time. */
final class Answer {
    /** Who made it, as {@code kong.response.get_source} says. */
    enum Source {
        SERVICE,
        EXIT,
        ERROR
    }

    private static final byte[] NO_BODY = {};

    int status;
    final HeaderMap headers;
    byte[] body;
    Source source;

    Answer(int status, HeaderMap headers, byte[] body, Source source) {
        this.status = status;
        this.headers = headers;
        this.body = body;
        this.source = source;
    }

    static Answer error(int status, Source source, String requestId) {
        return error(status, source, requestId, new HeaderMap());
    }

    /** Kong's own error; headers of an upstream that were already copied stay on it. */
    static Answer error(int status, Source source, String requestId, HeaderMap headers) {
        headers.set("content-type", List.of("application/json; charset=utf-8"));
        String json = "{\"message\":\"" + message(status) + "\",\"request_id\":\"" + requestId + "\"}";
        return new Answer(status, headers, json.getBytes(StandardCharsets.UTF_8), source);
    }

    static Answer empty(int status, HeaderMap headers, Source source) {
        return new Answer(status, headers, NO_BODY, source);
    }

    @Nullable
    String etag() {
        return headers.first("etag");
    }

    private static String message(int status) {
        return switch (status) {
            case 400 -> "Request header or cookie too large";
            case 412 -> "Precondition failed";
            case 502 -> "An invalid response was received from the upstream server";
            case 504 -> "The upstream server is timing out";
            default -> "An unexpected error occurred";
        };
    }
}
